"""What Postgres says is told in sentences, and never with the password."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.operations.health import Unhealthy, database_check
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.postgres import place, refuse_unfit_server, sentence
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from tests.databases import database_at, only_on_postgres
from tests.postgres_server import PostgresServer

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]
URL = "postgresql+psycopg://zoe:p%40ss-word@db.example.org:5433/memos?sslmode=require"
SAID = {
    'connection to server at "10.0.0.1", port 5433 failed: Connection refused\n\tIs the server running?':
        "The database server at db.example.org:5433 cannot be reached: nothing listens there.",
    'FATAL:  password authentication failed for user "zoe"':
        "The database server at db.example.org:5433 refused the password of user zoe.",
    'FATAL:  database "memos" does not exist':
        "The database server at db.example.org:5433 has no database named memos. Create it first.",
    "FATAL:  sorry, too many clients already":
        "The database server at db.example.org:5433 has no connection left.",
    "failed to resolve host 'db.example.org': [Errno -2] Name or service not known":
        "The database server at db.example.org:5433 cannot be reached: its name is not known.",
    "connection timeout expired":
        "The database server at db.example.org:5433 cannot be reached: it does not answer in time.",
    "canceling statement due to lock timeout": "The database stays locked by another program.",
    "odd: p@ss-word and p%40ss-word.\nDETAIL: more": "The database cannot be read: odd: *** and ***.",
}  # fmt: skip


@pytest.mark.parametrize(("said", "told"), SAID.items())
def test_what_the_driver_says_becomes_one_sentence(said: str, told: str) -> None:
    assert sentence(psycopg.OperationalError(said), URL, "read") == told


@pytest.mark.parametrize("said", SAID)
def test_a_public_sentence_names_neither_server_nor_user_nor_password(said: str) -> None:
    told = sentence(psycopg.OperationalError(said), URL, "read", public=True)
    assert told.endswith(".")
    for secret in ("example.org", "5433", "zoe", "memos", "word"):
        assert secret not in told.removeprefix("The database server refused the password")


def test_the_place_of_a_socket_is_its_folder() -> None:
    from sqlalchemy.engine import make_url  # noqa: PLC0415

    assert (
        place(make_url("postgresql+psycopg://ann@/memos?host=/run/postgresql&port=5432")) == "/run/postgresql"
    )
    assert place(make_url("postgresql+psycopg://db/memos")) == "db"


def connection(version: int, encoding: str) -> Any:
    info = SimpleNamespace(server_version=version, parameter_status=lambda _: encoding)
    return SimpleNamespace(driver_connection=SimpleNamespace(info=info))


def test_a_server_that_is_too_old_or_keeps_no_unicode_is_refused() -> None:
    with pytest.raises(DatabaseUnusable, match="Postgres 13; at least Postgres 14"):
        refuse_unfit_server(connection(130_022, "UTF8"), None)
    with pytest.raises(DatabaseUnusable, match="SQL_ASCII"):
        refuse_unfit_server(connection(170_009, "SQL_ASCII"), None)
    refuse_unfit_server(connection(140_000, "UTF8"), None)


async def test_a_database_in_another_encoding_is_refused(postgres: PostgresServer) -> None:
    of_c = "LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
    postgres.administer(f"CREATE DATABASE odd ENCODING 'LATIN1' {of_c} TEMPLATE template0")
    database = database_at(postgres.url("odd"), pooled=False)
    for use in (schema.status, schema.upgrade):
        with pytest.raises(DatabaseUnusable, match="LATIN1"):
            await use(database)
    postgres.drop_database("odd")


@only_on_postgres
async def test_a_server_that_is_set_to_read_only_is_not_healthy(
    migrated_url: str, postgres: PostgresServer
) -> None:
    database = database_at(migrated_url)
    assert "written" in await database_check(database)()
    name = migrated_url.rpartition("/")[2]
    postgres.administer(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(Unhealthy, match="read only"):
        await database_check(database)()
    await database.close()


@only_on_postgres
async def test_a_locked_row_is_waited_for_only_so_long(migrated_url: str) -> None:
    patient, hasty = database_at(migrated_url), database_at(migrated_url, patience=0.3)
    async with patient.write_connection() as holding:
        await holding.exec_driver_sql("LOCK TABLE memos IN ACCESS EXCLUSIVE MODE")
        async with asyncio.timeout(3):
            with pytest.raises(Exception, match="lock timeout"):
                async with hasty.read_connection() as waiting:
                    await waiting.exec_driver_sql("SELECT * FROM memos")
    await patient.close()
    await hasty.close()


@only_on_postgres
@pytest.mark.parametrize("when", ["within a statement", "between two statements"])
async def test_a_connection_that_is_cut_is_one_error_and_the_next_transaction_works(
    migrated_url: str, postgres: PostgresServer, when: str
) -> None:
    database = database_at(migrated_url)
    statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = "

    async def be_cut(transaction: Transaction) -> None:
        async with transaction() as session:
            pid = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            if when == "between two statements":
                await asyncio.to_thread(postgres.administer, f"{statement}{pid}")
                await session.execute(text("SELECT 1"))
            else:
                await session.execute(text(f"{statement}{pid}"))

    for transaction in (database.read, database.write):
        with pytest.raises(DBAPIError) as raised:
            await be_cut(transaction)
        assert "closed" in database.unusable("read", raised.value).public or "shutting" in str(
            database.unusable("read", raised.value)
        )
        async with database.write() as session:
            assert (await session.execute(text("SELECT 1"))).scalar_one() == 1
    assert database.sync_engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    await database.close()
