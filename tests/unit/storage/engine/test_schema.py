"""The migrations make the tables that the models describe, from any state, by many processes at once."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.tables import metadata
from tests.databases import database_at, only_on_postgres, only_on_sqlite
from tests.live_server import ROOT
from tests.waiting import until_told

START = """
import asyncio, sys
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
asyncio.run(schema.upgrade(Database(sys.argv[1])))
"""

WAITING_FOR_A_LOCK = """
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
"""


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    database = database_at(empty_url)
    yield database
    await database.close()


async def tables_of(database: Database) -> set[str]:
    async with database.read_connection() as connection:
        return set(await connection.run_sync(lambda inner: inspect(inner).get_table_names()))


async def test_an_upgrade_of_nothing_makes_the_tables_and_says_so(database: Database) -> None:
    before = await schema.upgrade(database)
    assert (before.current, before.is_current) == (None, False)
    assert (await schema.status(database)).is_current
    assert set(metadata.tables) < await tables_of(database)


async def test_models_and_migrations_agree(database: Database) -> None:
    await schema.upgrade(database)
    async with database.read_connection() as connection:
        differences = await connection.run_sync(
            lambda inner: compare_metadata(
                MigrationContext.configure(inner, opts={"compare_type": True}), metadata
            )
        )
    assert differences == []


async def test_the_migrations_can_be_taken_back_and_made_again(database: Database) -> None:
    await schema.upgrade(database)
    async with database.write_connection() as connection:
        await connection.run_sync(lambda inner: command.downgrade(schema.configuration(inner), "base"))
    assert await tables_of(database) == {"alembic_version"}
    await schema.upgrade(database)
    assert (await schema.status(database)).is_current


BEFORE_MODELS = """
INSERT INTO visitors VALUES ('v', '{noon}', '{noon}');
INSERT INTO memos (id, owner, title, language, words, created, changed, draft_rubric, draft_revision,
    draft_set_aside) VALUES ('m', 'v', 'T', 'en', 1, '{noon}', '{noon}', 'r', 0, {no});
INSERT INTO memo_versions VALUES ('m', 1, 'T', 'x', 1, 'en', '{noon}');
INSERT INTO evaluations (id, owner, memo, version, rubric, rubric_version, coach, status, attempt, failures,
    changes, done_steps, total_steps, created, finished) VALUES
    ('done', 'v', 'm', 1, 'r', '1', 'builtin', 'done', 1, 0, 0, 0, 0, '{noon}', '{noon}'),
    ('failed', 'v', 'm', 1, 'r', '1', 'builtin', 'failed', 1, 3, 0, 0, 0, '{noon}', '{noon}');
INSERT INTO criterion_scores (evaluation, criterion, position, name, weight, effective_weight, justification,
    evidence) VALUES ('done', 'ask', 0, 'Ask', 1, 1, 'J', '[]')
"""


async def test_evaluations_from_before_there_were_models_are_the_builtin_coachs(database: Database) -> None:
    if database.path is not None:
        database.path.parent.mkdir(exist_ok=True)
    statements = BEFORE_MODELS.format(
        noon="2026-05-01 12:00:00+00:00", no="0" if database.is_sqlite else "false"
    )
    async with database.write_connection() as connection:
        await connection.run_sync(lambda inner: command.upgrade(schema.configuration(inner), "0001"))
        for statement in statements.split(";"):
            await connection.exec_driver_sql(statement)
    assert (await schema.upgrade(database)).current == "0001"
    async with database.read_connection() as connection:
        found = await connection.exec_driver_sql(
            "SELECT id, judged_by, model, cached FROM evaluations ORDER BY id"
        )
        assert [tuple(row) for row in found] == [("done", "builtin", None, 0), ("failed", None, None, 0)]
        found = await connection.exec_driver_sql("SELECT criterion, coach FROM criterion_scores")
        assert [tuple(row) for row in found] == [("ask", "builtin")]
    async with database.write_connection() as connection:
        await connection.run_sync(lambda inner: command.downgrade(schema.configuration(inner), "0001"))
        found = await connection.exec_driver_sql("SELECT id FROM evaluations ORDER BY id")
        assert [row[0] for row in found] == ["done", "failed"]


BEFORE_CLAIMS = (
    BEFORE_MODELS
    + """;
INSERT INTO comments (evaluation, id, criterion, kind, comment, questions, finding, rank, priority)
    VALUES ('done', 'c01', 'ask', 'opportunity', 'Hm.', '[]', 'ask.amount-missing', 0, 0.5)
"""
)


async def test_comments_from_before_they_claimed_anything_stay_and_claim_nothing(database: Database) -> None:
    if database.path is not None:
        database.path.parent.mkdir(exist_ok=True)
    statements = BEFORE_CLAIMS.format(
        noon="2026-05-01 12:00:00+00:00", no="0" if database.is_sqlite else "false"
    )
    async with database.write_connection() as connection:
        await connection.run_sync(lambda inner: command.upgrade(schema.configuration(inner), "0001"))
        for statement in statements.split(";"):
            await connection.exec_driver_sql(statement)
    await schema.upgrade(database)
    async with database.read_connection() as connection:
        found = await connection.exec_driver_sql(
            "SELECT id, finding, element, claim, confidence FROM comments"
        )
        assert [tuple(row) for row in found] == [("c01", "ask.amount-missing", None, None, None)]
    async with database.write_connection() as connection:
        await connection.run_sync(lambda inner: command.downgrade(schema.configuration(inner), "0004"))
        found = await connection.exec_driver_sql("SELECT id, finding FROM comments")
        assert [tuple(row) for row in found] == [("c01", "ask.amount-missing")]


async def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    await schema.upgrade(database)
    assert (await schema.upgrade(database)).is_current


async def test_processes_may_start_at_once_on_a_fresh_database(database: Database) -> None:
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", START, database.url, stderr=asyncio.subprocess.PIPE, cwd=ROOT
        )
        for _ in range(3)
    ]
    complaints = [(await process.communicate())[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], complaints
    assert (await schema.status(database)).is_current


@only_on_postgres
async def test_an_upgrade_waits_while_another_process_migrates(database: Database) -> None:
    async with database.write_connection() as other:
        await other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({schema.MIGRATION_LOCK})")
        upgrade = asyncio.create_task(schema.upgrade(database))

        async def has_come_to_the_lock() -> bool:
            waiting = await other.exec_driver_sql(WAITING_FOR_A_LOCK)
            return upgrade.done() or bool(waiting.scalar_one())

        await until_told(has_come_to_the_lock, "the upgrade has come to the lock")
        assert not upgrade.done()
    assert (await upgrade).current is None
    assert (await schema.status(database)).is_current


async def test_a_database_of_a_newer_version_is_refused_with_a_sentence(database: Database) -> None:
    await schema.upgrade(database)
    async with database.write_connection() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnusable, match="newer version"):
        await schema.upgrade(database)
    assert (await schema.status(database)).is_newer


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "memos.db"
    path.write_text("This is not a database. " * 100)
    with pytest.raises(DatabaseUnusable, match=r"cannot be opened.*not a database"):
        await schema.upgrade(Database(f"sqlite+aiosqlite:///{path}"))
    assert path.read_text().startswith("This is not a database.")


@only_on_sqlite
async def test_the_file_is_in_wal_mode_with_durable_commits_and_foreign_keys(database: Database) -> None:
    await schema.upgrade(database)
    with sqlite3.connect(str(database.path)) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    async with database.read_connection() as connection:
        for pragma, value in (("foreign_keys", 1), ("synchronous", 2)):
            assert (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one() == value


async def test_who_judged_is_kept_when_the_column_gets_its_name(database: Database) -> None:
    if database.path is not None:
        database.path.parent.mkdir(exist_ok=True)
    statements = BEFORE_MODELS.format(
        noon="2026-05-01 12:00:00+00:00", no="0" if database.is_sqlite else "false"
    )
    async with database.write_connection() as connection:
        await connection.run_sync(lambda inner: command.upgrade(schema.configuration(inner), "0001"))
        for statement in statements.split(";"):
            await connection.exec_driver_sql(statement)
        await connection.run_sync(lambda inner: command.upgrade(schema.configuration(inner), "0005"))
        await connection.exec_driver_sql("UPDATE evaluations SET spoke = 'llm' WHERE id = 'failed'")
    assert (await schema.upgrade(database)).current == "0005"
    async with database.write_connection() as connection:
        found = await connection.exec_driver_sql("SELECT id, judged_by FROM evaluations ORDER BY id")
        assert [tuple(row) for row in found] == [("done", "builtin"), ("failed", "llm")]
        await connection.run_sync(lambda inner: command.downgrade(schema.configuration(inner), "0005"))
        found = await connection.exec_driver_sql("SELECT id, spoke FROM evaluations ORDER BY id")
        assert [tuple(row) for row in found] == [("done", "builtin"), ("failed", "llm")]
