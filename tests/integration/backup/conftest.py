"""Installations to back up: one on each kind of database, with a repository and one memo."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.backup.installation import PASSWORD, Installation
from tests.postgres_server import PostgresServer
from tests.restic_keys import make_key_cheap


@pytest.fixture(scope="session")
def empty_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository without snapshots, to copy; restic opens it with hardly any work."""
    directory = tmp_path_factory.mktemp("empty-repository")
    installation = Installation(directory, f"sqlite:///{directory}/data/memo_coach.db")
    assert installation.succeeds("backup", "init") == "made\n"
    assert installation.succeeds("backup", "init") == "is there already\n"
    make_key_cheap(installation.repository, PASSWORD, installation.restic("cat", "masterkey"))
    return installation.repository


@pytest.fixture
def installation(
    tmp_path: Path, migrated_url: str, empty_repository: Path, request: pytest.FixtureRequest
) -> Iterator[Installation]:
    """Yield an installation with one memo."""
    installation = Installation(tmp_path, migrated_url)
    shutil.copytree(empty_repository, installation.repository)
    installation.write("first")
    server: PostgresServer | None = None
    if not installation.is_on_sqlite:
        server = request.getfixturevalue("postgres")
    yield installation
    if server is not None:
        for name in databases_beside(server, migrated_url):
            server.drop_database(name)


def databases_beside(server: PostgresServer, url: str) -> list[str]:
    """Return what restores have left beside a database."""
    name = url.rpartition("/")[2]
    found = server.administer(f"SELECT datname FROM pg_database WHERE datname LIKE '{name}\\_re%'")
    return [database for (database,) in found]
