"""Remarks under revision: what their writer made of them, and what became of them in the next version."""
