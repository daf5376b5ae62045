"""Scores over versions and over memos: what may be compared, and how it goes."""
