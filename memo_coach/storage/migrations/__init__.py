"""Alembic: how the tables came to be, step by step. It ships with the package, so any directory will do."""
