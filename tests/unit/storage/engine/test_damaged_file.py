"""A damaged SQLite file is found, and said to be one: at the start, while it serves, and by whoever looks."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from memo_coach.operations.health import Unhealthy, database_check
from memo_coach.storage.engine import preparation, schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseDamaged, DatabaseUnusable, refuse_damaged_file
from tests.stored_rows import add_visitor

PAGE = 4096


def truncated(path: Path) -> None:
    with path.open("r+b") as handle:
        handle.truncate(path.stat().st_size // 2 // PAGE * PAGE)


def garbage_in_the_header(path: Path) -> None:
    with path.open("r+b") as handle:
        handle.write(b"garbage " * 4)


def garbage_in_a_middle_page(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'visitors'").fetchone()[0]
    with path.open("r+b") as handle:
        handle.seek((found - 1) * PAGE)
        handle.write(b"damaged!" * (PAGE // 8))


def a_text(path: Path) -> None:
    path.write_text("Dear all, this is a memo and no database. " * 20)


KINDS: dict[str, Callable[[Path], None]] = {
    kind.__name__: kind for kind in (truncated, garbage_in_the_header, garbage_in_a_middle_page, a_text)
}


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """Return a database file that nobody has open."""
    found = tmp_path / "memo_coach.db"
    database = Database(f"sqlite+aiosqlite:///{found}")
    await schema.upgrade(database)
    await add_visitor(database)
    await database.close()
    return found


@pytest.mark.parametrize("damage", KINDS.values(), ids=KINDS.keys())
def test_a_damaged_file_is_refused_with_what_to_do(path: Path, damage: Callable[[Path], None]) -> None:
    assert refuse_damaged_file(path, 10)
    damage(path)
    for look in (
        lambda: refuse_damaged_file(path, 10),
        lambda: preparation.prepare(f"sqlite+aiosqlite:///{path}"),
    ):
        with pytest.raises(DatabaseDamaged) as caught:
            look()
        assert "restore a backup" in str(caught.value)
        assert f"sqlite3 {path} .recover" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert str(path) not in caught.value.public


def test_a_file_of_no_bytes_is_a_new_database(tmp_path: Path) -> None:
    path = tmp_path / "memo_coach.db"
    path.touch()
    preparation.prepare(f"sqlite+aiosqlite:///{path}")
    assert refuse_damaged_file(path, 10)


def test_a_log_beside_it_that_is_garbage_is_left_out_and_the_rest_is_there(path: Path) -> None:
    path.with_name(f"{path.name}-wal").write_bytes(b"damaged!" * PAGE)
    preparation.prepare(f"sqlite+aiosqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM visitors").fetchone() == (1,)


def test_a_folder_in_its_place_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="Is a directory"):
        preparation.prepare(f"sqlite+aiosqlite:///{tmp_path}")


async def test_a_file_that_may_only_be_read_is_refused_though_sqlite_begins_to_write(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(f"sqlite+aiosqlite:///{path}")
    check = database_check(database)
    os.chmod(path, 0o400)  # noqa: PTH101 - a local file, and a moment
    if os.access(path, os.W_OK):  # to the machine's own user nothing is read-only
        monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    with pytest.raises(DatabaseUnusable, match="read-only") as caught:
        preparation.prepare(database.url)
    assert str(path) not in caught.value.public
    with pytest.raises(DatabaseUnusable, match="read-only"):
        await check()
    await database.close()


def test_a_look_has_an_end(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE many (text)")
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
            " INSERT INTO many SELECT hex(randomblob(20)) FROM n"
        )
    assert not refuse_damaged_file(path, 0)
    assert refuse_damaged_file(path, 60)


def test_a_look_changes_nothing(path: Path) -> None:
    before = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    refuse_damaged_file(path, 10)
    assert {name: content for name, content in before.items() if (path.parent / name).exists()} == before
    assert path.read_bytes() == before[path.name]


async def test_a_server_finds_damage_when_it_looks_though_no_statement_has_met_it(path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{path}")
    check = database_check(database)
    garbage_in_a_middle_page(path)
    for _ in range(2):
        with pytest.raises(DatabaseDamaged) as caught:
            await check()
        assert caught.value.public.startswith("The database file is damaged.")
    await database.close()


async def test_a_server_knows_of_damage_that_a_statement_has_met(path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{path}")
    check = database_check(database)
    assert await check() == "The database can be read and written."
    garbage_in_a_middle_page(path)
    # It has looked a moment ago, and looks again in some minutes.
    assert await check() == "The database can be read and written."
    with pytest.raises(Exception, match="malformed"):
        await add_visitor(database, "w")
    with pytest.raises((Unhealthy, DatabaseDamaged), match="damaged"):
        await check()
    await database.close()
