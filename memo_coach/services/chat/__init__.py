"""Conversations about evaluations."""
