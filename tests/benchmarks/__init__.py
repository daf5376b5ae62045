"""Measurements, each a command: ``make bench`` runs them all."""
