"""The names of migrations, and what they tell a version of the program that does not have them.

Two versions run on one database while a new one takes over from the one before, and after a way back. So the
name of a migration says which programs still run on the tables that it leaves: ``0023_0019`` is the migration
0023, and every program runs on it that has 0019. What only adds keeps the second number; what takes away (a
contract step) raises it to the first migration whose program does without. Names up to 0019 have one number,
from the time before this was kept.
"""

from __future__ import annotations

from collections.abc import Iterable


def number(revision: str) -> str:
    """Return the number of a migration."""
    return revision.partition("_")[0]


def oldest_program(revision: str) -> str:
    """Return the migration that a program must have, by its number, to run on the tables of this one."""
    own, _, oldest = revision.partition("_")
    return oldest or own


def runs_on(known: Iterable[str], revision: str) -> bool:
    """Whether a program that has the migrations ``known`` runs on tables that are at ``revision``."""
    numbers = {number(each) for each in known}
    return oldest_program(revision) in numbers


def runs_beside(revision: str, program: str) -> bool:
    """Whether a program whose newest migration is ``program`` runs on tables that are at ``revision``."""
    return int(oldest_program(revision)) <= int(number(program))
