"""Checks of the repository that are not tests of the program."""
