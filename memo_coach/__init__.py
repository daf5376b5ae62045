"""Memo AI Coach: what a demanding senior reader would say of a memo."""

__version__ = "0.1.0"
