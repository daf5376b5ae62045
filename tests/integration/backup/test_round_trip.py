"""What was backed up comes back, on SQLite and on Postgres, and what it replaces is kept."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from memo_coach.operations.backup.restic import Restic
from memo_coach.operations.backup.restoring import plan, restore
from memo_coach.storage.engine import schema
from memo_coach.storage.fingerprint import fingerprint_as_found, fingerprint_of
from tests.command_line import PROGRAM
from tests.databases import database_at, only_on_postgres, only_on_sqlite
from tests.integration.backup.conftest import databases_beside
from tests.integration.backup.installation import SITE, Installation, appears
from tests.postgres_server import PostgresServer
from tests.waiting import PATIENCE_SECONDS


def test_a_restore_brings_every_row_back_and_keeps_what_it_replaced(installation: Installation) -> None:
    backed_up = installation.figures()
    said = installation.succeeds("backup")
    assert said.startswith("Backed up: run ")
    assert installation.kinds() == ["database", "installation", "manifest"]
    installation.write("second")
    assert installation.figures() != backed_up
    said = installation.succeeds("restore", "--replace", SITE)
    assert installation.figures() == backed_up
    kept = said.split("kept as ")[1].split(" ")[0].rstrip(".")
    replaced = installation.environment["DATABASE_URL"].rpartition("/")[0]
    address = f"sqlite:///{kept}" if installation.is_on_sqlite else f"{replaced}/{kept}"
    installation.environment["DATABASE_URL"] = address
    assert installation.figures()["memos"].rows == 2
    assert installation.status("restore")["result"] == "ok"


def test_a_restore_brings_accounts_back_and_asks_everybody_again_who_they_are(
    installation: Installation,
) -> None:
    installation.let_somebody_in()
    backed_up = installation.figures()
    ended = ("user_sessions", "one_time_links", "access_tokens")
    assert [backed_up[name].rows for name in ended] == [1, 1, 1]
    installation.succeeds("backup")
    installation.succeeds("restore", "--replace", SITE)
    restored = installation.figures()
    differing = {name: figures.rows for name, figures in restored.items() if figures != backed_up[name]}
    assert differing == dict.fromkeys(ended, 0)


@only_on_sqlite
def test_an_installation_without_a_database_takes_the_newest_backup_without_being_asked(
    installation: Installation,
) -> None:
    backed_up = installation.figures()
    installation.succeeds("backup")
    (installation.data / "memo_coach.db").unlink()
    installation.succeeds("restore")
    assert installation.figures() == backed_up


@only_on_postgres
def test_a_database_without_tables_takes_the_newest_backup_without_being_asked(
    installation: Installation, postgres: PostgresServer
) -> None:
    backed_up = installation.figures()
    installation.succeeds("backup")
    empty = postgres.create_database()
    installation.environment["DATABASE_URL"] = postgres.url(empty)
    try:
        installation.succeeds("restore")
        assert installation.figures() == backed_up
    finally:
        for name in (empty, *databases_beside(postgres, empty)):
            postgres.drop_database(name)


def test_the_backup_is_of_one_moment_whatever_is_written_meanwhile(installation: Installation) -> None:
    backed_up = installation.figures()
    program = "restic" if installation.is_on_sqlite else "pg_dump"
    waiting = installation.directory / "waiting"
    installation.put_program(
        program,
        f'case "$*" in *database.sqlite*|*--snapshot*) touch {waiting};'
        f' while [ -e {waiting} ]; do sleep 0.1; done;; esac\nexec "$REAL" "$@"',
    )
    running = installation.started("backup")
    appears(waiting)
    installation.write("written meanwhile")
    waiting.unlink()
    _, complaints = running.communicate(timeout=PATIENCE_SECONDS)
    assert running.returncode == 0, complaints
    installation.remove_programs()
    installation.succeeds("restore", "--replace", SITE)
    assert installation.figures() == backed_up


async def test_figures_do_not_depend_on_who_describes_the_tables(migrated_url: str, tmp_path: Path) -> None:
    database = database_at(migrated_url, pooled=False)
    if database.path is not None:
        database.path.parent.mkdir(parents=True, exist_ok=True)
    await schema.upgrade(database)
    installation = Installation(tmp_path / "other", migrated_url)
    await installation._write("memo", "text")
    async with database.read_connection() as connection:
        declared = await connection.run_sync(fingerprint_of)
        found = await connection.run_sync(fingerprint_as_found)
    await database.close()
    assert found == declared
    assert found["memos"].rows == 1


def test_a_database_with_data_is_replaced_only_when_its_site_is_named(installation: Installation) -> None:
    installation.succeeds("backup")
    before = installation.figures()
    for arguments in ([], ["--replace", "another.example.org"]):
        line = installation.fails(1, "restore", *arguments)
        assert f"--replace {SITE}" in line
    assert installation.figures() == before
    assert not (installation.status_directory / "restore.json").exists()


@only_on_sqlite
@pytest.mark.parametrize(("typed", "status"), [(SITE, 0), ("yes", 1)])
def test_on_a_terminal_the_site_is_asked_for(installation: Installation, typed: str, status: int) -> None:
    installation.succeeds("backup")
    ours, theirs = pty.openpty()
    os.write(ours, f"{typed}\n".encode())
    ended = subprocess.run(
        [*PROGRAM, "restore"],
        check=False,
        stdin=theirs,
        env=installation.environment,
        capture_output=True,
        text=True,
    )
    os.close(ours)
    os.close(theirs)
    assert ended.returncode == status, ended.stderr
    assert f"Type {SITE} to go on" in ended.stdout


@only_on_sqlite
def test_a_dry_run_tells_what_would_be_restored_and_changes_nothing(installation: Installation) -> None:
    installation.succeeds("backup")
    before = installation.figures()
    told = json.loads(installation.succeeds("restore", "--dry-run"))
    assert (told["empty"], told["replace"], told["rows"]["memos"]) == (False, SITE, 1)
    assert told["snapshot"] == installation.status("backup")["snapshot"]
    assert told["run"] == installation.status("backup")["run"]
    assert installation.figures() == before
    assert list(installation.data.glob("*.replaced-*")) == []


@only_on_sqlite
def test_an_older_backup_is_restored_by_the_beginning_of_its_id(installation: Installation) -> None:
    installation.succeeds("backup")
    older, first = installation.status("backup"), installation.figures()
    installation.write("second")
    installation.succeeds("backup")
    listed = installation.succeeds("backup", "list").splitlines()
    assert len(listed) == 3
    assert listed[1].startswith(older["run"])
    assert listed[1].endswith(SITE)
    installation.succeeds("restore", "--replace", SITE, "--snapshot", older["snapshot"][:10])
    assert installation.figures() == first


@only_on_sqlite
def test_the_files_of_a_backup_are_written_into_an_empty_directory_only(installation: Installation) -> None:
    (installation.data / "uploads").mkdir()
    (installation.data / "uploads" / "one.pdf").write_text("a document")
    installation.succeeds("backup")
    target = installation.directory / "files"
    installation.succeeds("restore", "--files-to", str(target))
    below = target / installation.directory.relative_to("/")
    assert (below / "configured" / "settings").read_text() == "colour=blue\n"
    assert (below / "data" / "uploads" / "one.pdf").read_text() == "a document"
    assert "not empty" in installation.fails(1, "restore", "--files-to", str(target))


@only_on_sqlite
def test_a_database_file_that_somebody_has_open_is_not_replaced(installation: Installation) -> None:
    installation.succeeds("backup")
    path = installation.data / "memo_coach.db"
    with closing(sqlite3.connect(path)) as server:
        server.execute("PRAGMA journal_mode = WAL")
        server.execute("SELECT count(*) FROM memos").fetchone()
        identity = path.stat().st_ino
        assert "in use" in installation.fails(1, "restore", "--replace", SITE)
    assert path.stat().st_ino == identity
    installation.succeeds("restore", "--replace", SITE)


@only_on_sqlite
def test_what_was_only_in_the_log_of_the_replaced_file_is_kept_with_it(installation: Installation) -> None:
    installation.succeeds("backup")
    path = installation.data / "memo_coach.db"
    writing = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1])\n"
        "connection.execute(\"UPDATE memos SET title = 'only in the log'\")\n"
        "connection.commit()\n"
        "os._exit(0)\n"  # as a power cut does: the log stays beside the file
    )
    subprocess.run([sys.executable, "-c", writing, str(path)], check=True)
    assert path.with_name("memo_coach.db-wal").stat().st_size > 0
    installation.succeeds("restore", "--replace", SITE)
    (kept,) = installation.data.glob("memo_coach.db.replaced-*")
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT title FROM memos").fetchone() == ("only in the log",)
    assert sorted(each.name for each in installation.data.iterdir()) == [path.name, kept.name]


@only_on_postgres
def test_a_server_that_is_connected_is_disconnected_and_finds_the_restored_database(
    installation: Installation, postgres: PostgresServer
) -> None:
    installation.succeeds("backup")
    installation.write("second")
    url = installation.environment["DATABASE_URL"]
    with psycopg.connect(url) as connected:
        connected.execute("SELECT 1")
        installation.succeeds("restore", "--replace", SITE)
        with pytest.raises(psycopg.OperationalError):
            connected.execute("SELECT 1")
    with psycopg.connect(url) as connected:
        assert connected.execute("SELECT count(*) FROM memos").fetchone() == (1,)


@only_on_postgres
def test_a_connection_that_cannot_be_ended_leaves_both_databases_as_they_are(
    installation: Installation, postgres: PostgresServer
) -> None:
    installation.succeeds("backup")
    before = installation.figures()
    name = installation.environment["DATABASE_URL"].rpartition("/")[2]
    with psycopg.connect(postgres.url(name, user="postgres")) as administrator:
        administrator.execute("SELECT 1")
        installation.fails(3, "restore", "--replace", SITE)
    assert installation.figures() == before
    assert databases_beside(postgres, name) == []
    assert installation.status("restore")["result"] == "failed"


_NEXT = "9999"
_NEXT_MIGRATION = f"""
from alembic import op
import sqlalchemy as sa

revision = "{_NEXT}"
down_revision = "{schema.newest_revision()}"


def upgrade():
    op.add_column("memos", sa.Column("colour", sa.String(), nullable=True))
"""


def test_a_backup_of_an_older_version_is_compared_and_then_migrated(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.succeeds("backup")
    newer = installation.directory / "migrations"
    shutil.copytree(schema.MIGRATIONS, newer)
    (newer / "versions" / f"v{_NEXT}_colour.py").write_text(_NEXT_MIGRATION)
    monkeypatch.setattr(schema, "MIGRATIONS", newer)
    monkeypatch.setenv("PATH", installation.environment["PATH"])
    restic = Restic(installation.configuration)
    planned = asyncio.run(plan(installation.configuration, restic, "latest"))
    asyncio.run(restore(planned, restic))
    assert asyncio.run(_colours(installation)) == [None]


async def _colours(installation: Installation) -> list[str | None]:
    database = database_at(installation.environment["DATABASE_URL"], pooled=False)
    try:
        assert (await schema.status(database)).current == _NEXT
        async with database.read_connection() as connection:
            found = await connection.exec_driver_sql("SELECT colour FROM memos")
            return [colour for (colour,) in found]
    finally:
        await database.close()
