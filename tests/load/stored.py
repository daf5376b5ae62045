"""What the database has of what a server acknowledged: each thing once, and its writer's."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.load.people import Kept

_EVALUATIONS = "SELECT id, owner, status, attempt FROM evaluations"
_MEMOS = "SELECT id, owner, draft_text FROM memos"
_VERSIONS = "SELECT memo, text FROM memo_versions ORDER BY memo, number"


@dataclass(frozen=True)
class Rows:
    """What the database has."""

    evaluations: list[tuple[Any, ...]]
    memos: list[tuple[Any, ...]]
    versions: list[tuple[Any, ...]]


def read(database: str) -> Rows:
    """Return the rows of a database, by its address or the path of its file."""
    statements = (_EVALUATIONS, _MEMOS, _VERSIONS)
    if database.startswith("postgresql"):
        with psycopg.connect(database) as connection:
            return Rows(*(connection.execute(each).fetchall() for each in statements))
    with closing(sqlite3.connect(Path(database))) as file:
        return Rows(*(file.execute(each).fetchall() for each in statements))


def faults(rows: Rows, all_kept: Iterable[Kept]) -> list[str]:
    """Return what is wrong with what is kept, a sentence each."""
    found: list[str] = []
    evaluations = {each[0]: each[1:] for each in rows.evaluations}
    memos = {each[0]: each[1:] for each in rows.memos}
    newest = dict(rows.versions)
    owners: Counter[str] = Counter()
    for kept in all_kept:
        own = set()
        for evaluation in kept.evaluations:
            owner, status, _ = evaluations.get(evaluation, ("", "missing", 0))
            own.add(owner)
            if status != "done":
                found.append(f"The accepted evaluation {evaluation} is {status}.")
        if kept.memo is not None:
            owner, draft = memos.get(kept.memo, ("", None))
            own.add(owner)
            if kept.memo not in memos or kept.text not in (draft, newest.get(kept.memo)):
                found.append(f"The draft of {kept.memo} is not what was acknowledged.")
        if len(own) > 1:
            found.append(f"What one person wrote has {len(own)} owners.")
        owners.update(own)
    found += [f"{count} people share an owner." for count in owners.values() if count > 1]
    accepted = sum(len(kept.evaluations) for kept in all_kept)
    if len(rows.evaluations) != accepted:
        found.append(f"The database has {len(rows.evaluations)} evaluations, and {accepted} were accepted.")
    return found
