"""Signing in and out over plain HTTP: what is shown, what is sent, and which cookies that leaves behind."""
