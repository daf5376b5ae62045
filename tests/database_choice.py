"""``--database``: the tests that run on Postgres, or all the others. The two together are the whole suite.

A plugin that the Makefile names (``-p tests.database_choice``), for runs on one database at a time.
"""

from __future__ import annotations

import pytest

from tests.databases import KINDS


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option; without it every test runs."""
    parser.addoption("--database", choices=KINDS, help="only the tests that run on this database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what does not run on the chosen database."""
    chosen = config.getoption("--database")
    if chosen is None:
        return
    left_out = [item for item in items if database_of(item) != chosen]
    items[:] = [item for item in items if database_of(item) == chosen]
    config.hook.pytest_deselected(items=left_out)


def database_of(item: pytest.Item) -> str:
    """Return the database that a test runs on: Postgres where it asks for it, SQLite or none elsewhere."""
    parameters: dict[str, object] = getattr(getattr(item, "callspec", None), "params", {})
    kind = parameters.get("database_kind")
    if kind is not None:
        return str(kind)
    return "postgres" if "postgres" in getattr(item, "fixturenames", ()) else "sqlite"
