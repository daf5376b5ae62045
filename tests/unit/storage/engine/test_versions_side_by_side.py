"""Two versions run on one database: the one that comes, and the one that goes or is come back to."""

from __future__ import annotations

import asyncio
import importlib
import inspect
from collections.abc import AsyncIterator
from types import ModuleType

import pytest

from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.preparation import prepare
from memo_coach.storage.engine.revisions import number, oldest_program, runs_beside, runs_on
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from tests.databases import database_at
from tests.unit.storage.migration_steps import breaking_steps

BEFORE_NAMES_TOLD = "0019"
"""The last migration whose name does not say which programs run on its tables."""
ADDING, TAKING = "9999_0019", "9999_9998"


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    database = database_at(empty_url)
    await schema.upgrade(database)
    yield database
    await database.close()


async def migrate(database: Database, revision: str) -> None:
    async with database.write_connection() as connection:
        await connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")


def migrations() -> list[ModuleType]:
    folder = schema.MIGRATIONS / "versions"
    names = sorted(path.stem for path in folder.glob("v*.py"))
    return [importlib.import_module(f"memo_coach.storage.migrations.versions.{name}") for name in names]


async def test_a_version_runs_on_newer_tables_that_took_nothing_from_it(database: Database) -> None:
    await migrate(database, ADDING)
    found = await schema.status(database)
    assert (found.is_current, found.is_usable, found.is_newer) == (False, True, False)
    schema.refuse_unusable(found)
    assert (await schema.upgrade(database)).current == ADDING
    assert (await schema.status(database)).current == ADDING, "nothing was taken back"


async def test_a_version_refuses_newer_tables_that_took_something_from_it(database: Database) -> None:
    await migrate(database, TAKING)
    assert (await schema.status(database)).is_newer
    with pytest.raises(DatabaseUnusable, match="newer version"):
        await schema.upgrade(database)


async def test_the_first_look_of_a_start_sees_the_same(database: Database) -> None:
    await migrate(database, ADDING)
    await asyncio.to_thread(prepare, database.url)
    await migrate(database, TAKING)
    with pytest.raises(DatabaseUnusable, match="newer version"):
        await asyncio.to_thread(prepare, database.url)


async def test_a_copy_is_not_made_from_tables_that_are_known_in_part_only(database: Database) -> None:
    await migrate(database, ADDING)
    with pytest.raises(DatabaseUnusable, match="newer version"):
        schema.refuse_other(await schema.status(database))


async def test_nothing_is_migrated_under_a_version_that_would_not_run_on_it(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = database_at(empty_url)
    try:
        monkeypatch.setattr(schema, "newest_revision", lambda: "0021_0020")
        with pytest.raises(DatabaseUnusable, match="Nothing was changed"):
            await schema.upgrade(database, beside="0019")
        assert (await schema.status(database)).current is None
    finally:
        await database.close()


def test_a_name_tells_which_programs_run_on_the_tables() -> None:
    assert (number("0023_0019"), oldest_program("0023_0019")) == ("0023", "0019")
    assert (number("0007"), oldest_program("0007")) == ("0007", "0007")
    assert runs_on({"0018", "0019"}, "0023_0019")
    assert not runs_on({"0018"}, "0023_0019")
    assert runs_on({"0019", "0020_0019"}, "0022_0020")
    assert runs_beside("0022_0020", "0020_0019")
    assert not runs_beside("0022_0020", "0019")


def test_the_name_of_each_migration_says_which_programs_run_on_its_tables() -> None:
    last = BEFORE_NAMES_TOLD
    for module in migrations():
        revision = module.revision
        assert module.__name__.rpartition(".v")[2].startswith(f"{number(revision)}_"), revision
        if number(revision) <= BEFORE_NAMES_TOLD:
            continue
        assert "_" in revision, f"{revision}: say which programs run on its tables, as in {revision}_{last}"
        assert last <= oldest_program(revision) < number(revision), revision
        last = oldest_program(revision)


def test_a_migration_that_breaks_the_running_version_says_so_by_its_name() -> None:
    last = BEFORE_NAMES_TOLD
    for module in migrations():
        if number(module.revision) <= BEFORE_NAMES_TOLD:
            continue
        is_contract_step = oldest_program(module.revision) > last
        breaks = breaking_steps(inspect.getsource(module))
        assert is_contract_step or not breaks, (
            f"{module.revision} breaks a version that runs meanwhile: {breaks}. Expand first; take away "
            "in a later release, by a migration whose name says which one the programs must have."
        )
        last = oldest_program(module.revision)


@pytest.mark.parametrize(
    "step",
    [
        'op.drop_table("memos")',
        'op.drop_column("memos", "title")',
        'op.rename_table("memos", "texts")',
        'op.alter_column("memos", "title", new_column_name="name")',
        'op.alter_column("memos", "title", nullable=False)',
        'op.alter_column("memos", "title", type_=sa.Integer())',
        'op.add_column("memos", sa.Column("kind", sa.String(), nullable=False))',
        'op.create_unique_constraint("uq", "memos", ["title"])',
        'op.create_index("ix", "memos", ["title"], unique=True)',
        'op.execute("ALTER TABLE memos RENAME TO texts")',
        "op.execute(STATEMENT)",
        'with op.batch_alter_table("memos") as batch:\n        batch.drop_column("title")',
    ],
)
def test_what_breaks_the_running_version_is_found(step: str) -> None:
    assert breaking_steps(f"def upgrade():\n    {step}\n")


@pytest.mark.parametrize(
    "step",
    [
        'op.create_table("kinds", sa.Column("id", sa.String(), nullable=False))',
        'op.add_column("memos", sa.Column("kind", sa.String(), nullable=True))',
        'op.add_column("memos", sa.Column("kind", sa.String(), server_default="", nullable=False))',
        'op.create_index("ix", "memos", ["title"], unique=False)',
        'op.create_table("kinds")\n    op.create_index("ix", "kinds", ["id"], unique=True)',
        'op.drop_index("ix", table_name="memos")',
        'op.execute("UPDATE memos SET kind = title")',
    ],
)
def test_what_only_adds_is_let_be(step: str) -> None:
    assert breaking_steps(f"def upgrade():\n    {step}\n\n\ndef downgrade():\n    op.drop_table('x')\n") == []
