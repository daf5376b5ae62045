"""All rows go from one database into another, and their fingerprints say so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from memo_coach.storage import copying
from memo_coach.storage.copying import TargetHoldsData
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.fingerprint import ROWS_AT_ONCE, TableFingerprint, fingerprint
from memo_coach.storage.tables import CommentRow, InstallationSecret, Memo, Visitor, metadata
from tests.databases import database_at
from tests.postgres_server import PostgresServer
from tests.stored_rows import (
    NOON,
    add_account_rows,
    add_audit_entry,
    add_deletion,
    add_document,
    add_lease,
    add_rows_of_a_model,
    add_rows_of_a_review,
    add_rows_of_access,
    add_rows_of_sharing,
    add_rows_of_webhooks,
    add_visitor,
    queued,
)

MANY = 2 * ROWS_AT_ONCE + 7


async def fill(database: Database) -> None:
    await add_visitor(database, "v")
    await add_visitor(database, "Ünïcode-😀")
    async with database.write() as session:
        evaluation = queued("v", "e")
        evaluation.overall = {"b": [1, 2.5, None], "a": "é😀"}
        evaluation.score = 3.3
        session.add(evaluation)
        session.add(InstallationSecret(name="key", value="secret"))
        await session.flush()
        session.add_all(
            CommentRow(
                evaluation="e", id=f"{'aAbB-_é'[number % 7]}{number}", criterion="c", kind="opportunity",
                start_position=number, end_position=number + 1, quote="q", comment="Wörter " * 9,
                questions=[], priority=number / 7,
            )
            for number in range(MANY)
        )  # fmt: skip
    await add_rows_of_a_model(database, "v", "e")
    await add_deletion(database, "v")
    await add_rows_of_a_review(database, "v")
    await add_rows_of_sharing(database, "v", "e")
    await add_rows_of_access(database, "v")
    await add_rows_of_webhooks(database, "v", "e")
    await add_audit_entry(database)
    await add_account_rows(database)
    await add_document(database)
    await add_lease(database)


@pytest.fixture
async def other(migrated: Database, postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Database]:
    """Yield a database of the other kind, without tables."""
    name = postgres.create_database()
    database = database_at(postgres.url(name) if migrated.is_sqlite else f"sqlite:///{tmp_path}/other.db")
    yield database
    await database.close()
    postgres.drop_database(name)


async def test_everything_is_copied_into_a_database_of_the_other_kind_and_back(
    migrated: Database, other: Database, tmp_path: Path
) -> None:
    await fill(migrated)
    original = await fingerprint(migrated)
    assert original["comments"].rows == MANY
    assert original["visitors"].rows == 4
    assert all(table.rows for table in original.values())
    assert await copying.copy(migrated, other) == original
    assert await fingerprint(other) == original
    back = database_at(f"sqlite:///{tmp_path}/back.db")
    assert await copying.copy(other, back) == original
    assert await fingerprint(migrated) == original
    await back.close()


async def test_a_target_with_data_is_refused_and_left_alone(migrated: Database, other: Database) -> None:
    await fill(migrated)
    await schema.upgrade(other)
    async with other.write() as session:
        session.add(Visitor(id="theirs", created=NOON, last_seen=NOON))
    before = await fingerprint(other)
    with pytest.raises(TargetHoldsData, match="1 rows in visitors"):
        await copying.copy(migrated, other)
    assert await fingerprint(other) == before


async def test_a_copy_that_differs_is_not_kept(
    migrated: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(migrated)
    insert = copying._insert

    def lossy(target: object, table: object, rows: list[dict[str, object]]) -> None:
        insert(target, table, [{**row, "comment": "lost"} if "comment" in row else row for row in rows])  # type: ignore[arg-type]

    monkeypatch.setattr(copying, "_insert", lossy)
    with pytest.raises(DatabaseUnusable, match="differs in comments"):
        await copying.copy(migrated, other)
    assert {table.rows for table in (await fingerprint(other)).values()} == {0}


async def test_a_source_without_tables_is_not_copied(
    migrated: Database, empty_url: str, tmp_path: Path
) -> None:
    await migrated.close()
    source = database_at(empty_url if "postgresql" in empty_url else f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(DatabaseUnusable, match="db upgrade"):
        await copying.copy(source, database_at(f"sqlite:///{tmp_path}/target.db"))
    await source.close()


async def test_the_fingerprint_names_every_table_but_that_of_the_migrations(migrated: Database) -> None:
    found = await fingerprint(migrated)
    assert list(found) == sorted(metadata.tables)
    assert all(table.rows == 0 for table in found.values())


async def test_the_fingerprint_changes_with_one_value_and_comes_back_with_it(migrated: Database) -> None:
    await add_visitor(migrated)
    before = await fingerprint(migrated)

    async def entitle(title: str) -> dict[str, TableFingerprint]:
        async with migrated.write() as session:
            await session.execute(update(Memo).where(col(Memo.id) == "m-v").values(title=title))
        return await fingerprint(migrated)

    after = await entitle("U")
    assert {name for name in before if before[name] != after[name]} == {"memos"}
    assert after["memos"].rows == before["memos"].rows == 1
    assert await entitle("T") == before


async def test_tables_of_another_version_have_no_fingerprint(migrated: Database) -> None:
    async with migrated.write_connection() as connection:
        await connection.exec_driver_sql("DELETE FROM alembic_version")
    with pytest.raises(DatabaseUnusable, match="db upgrade"):
        await fingerprint(migrated)
