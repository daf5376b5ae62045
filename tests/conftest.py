"""What all tests share: the build of the pages, made once where its inputs changed, and both databases."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from memo_coach.operations import metrics
from memo_coach.server.build import build
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.web.site import SITE
from tests import compiled_statements
from tests.databases import KINDS, database_at
from tests.live_server import ROOT, LiveServer, serving
from tests.postgres_server import ROLE, TEMPLATE, PostgresServer, running_postgres

pytest_plugins = ["tests.clock", "tests.closing_lines", "tests.collecting", "tests.spreading"]

# A run has some hundred processes that import the same modules: compiled once, whatever the shell says.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
compiled_statements.share()


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the built pages."""
    build()
    return ROOT / SITE


@pytest.fixture(scope="session")
def server(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Yield a server that all tests of a run share; a test that stops or fills one takes its own."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Yield a Postgres that all tests of a run share, with a migrated database to copy from."""
    with running_postgres() as server:
        server.administer(f"CREATE DATABASE {TEMPLATE} OWNER {ROLE} TEMPLATE template0")
        address = server.url(TEMPLATE).replace("postgresql://", "postgresql+psycopg://")
        asyncio.run(schema.upgrade(Database(address, pooled=False)))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated database file to copy from, whole in itself: migrating takes ten times as long."""
    path = tmp_path_factory.mktemp("template") / "memo_coach.db"
    asyncio.run(schema.upgrade(database_at(f"sqlite:///{path}", pooled=False)))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    return path


@pytest.fixture
def fresh_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count from nought, and leave what other tests counted as it was: figures are the process's."""
    monkeypatch.setattr(metrics, "_made", [])
    monkeypatch.setattr(metrics, "_models", set())
    monkeypatch.setattr(metrics, "_errors", set())
    monkeypatch.setattr(metrics, "_refreshes", {})


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Return the database that a test runs on; a test that asks for one runs once on each."""
    return str(request.param)


@pytest.fixture
def empty_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the address, as an operator writes it, of a database without tables; on SQLite without a file."""
    if database_kind == "sqlite":
        yield _sqlite_url(tmp_path)
    else:
        yield from _postgres_url(request, "template0")


@pytest.fixture
def migrated_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the address of a fresh database with its tables."""
    if database_kind == "sqlite":
        (tmp_path / "data").mkdir()
        shutil.copy2(request.getfixturevalue("sqlite_template"), tmp_path / "data" / "memo_coach.db")
        yield _sqlite_url(tmp_path)
    else:
        yield from _postgres_url(request, TEMPLATE)


def _sqlite_url(directory: Path) -> str:
    return f"sqlite:///{directory}/data/memo_coach.db"


def _postgres_url(request: pytest.FixtureRequest, template: str) -> Iterator[str]:
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database(template)
    yield server.url(name)
    server.drop_database(name)
