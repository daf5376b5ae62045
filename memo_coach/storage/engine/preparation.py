"""A look at the database before anything is served: what is wrong is said at once, by the first process."""

from __future__ import annotations

import asyncio

from memo_coach.database_url import sqlite_path
from memo_coach.storage.engine.sqlite_file import prepare_sqlite_file, refuse_damaged_file

_PATIENCE_SECONDS = 5.0
LONGEST_LOOK_SECONDS = 1.0
"""A start looks through an SQLite file for so long; what is larger is looked through by the doctor."""


def prepare(database_url: str) -> None:
    """Make an SQLite file where there is none, and look through one that is there; see that Postgres fits.

    Raises:
        DatabaseUnusable: it is damaged, cannot be made, opened or reached, or a newer version migrated it.
    """
    path = sqlite_path(database_url)
    if path is not None:
        prepare_sqlite_file(path)
        refuse_damaged_file(path, LONGEST_LOOK_SECONDS)
        return
    asyncio.run(_look_at_server(database_url))


async def _look_at_server(database_url: str) -> None:
    from memo_coach.storage.engine import schema  # noqa: PLC0415 - for SQLite no driver has to be loaded
    from memo_coach.storage.engine.database import Database  # noqa: PLC0415

    schema.refuse_newer(await schema.status(Database(database_url, pooled=False, patience=_PATIENCE_SECONDS)))
