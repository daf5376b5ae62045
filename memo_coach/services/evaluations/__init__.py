"""Evaluations: handed in, worked at, recorded, followed."""
