"""The databases that tests run on."""

from __future__ import annotations

import pytest

from memo_coach.database_url import read_database_url
from memo_coach.storage.engine.database import Database

KINDS = ("sqlite", "postgres")

only_on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
only_on_postgres = pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)


def database_at(url: str, *, pooled: bool = True, patience: float = 10.0) -> Database:
    """Describe the connection to an address as an operator writes it."""
    return Database(read_database_url(url), pooled=pooled, patience=patience)
