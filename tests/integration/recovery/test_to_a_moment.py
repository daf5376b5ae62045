"""The database comes back to a moment from its archive; whatever is wrong with that leaves it as it is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.recovery.archived import SITE, ArchivedDatabase
from tests.waiting import wait_until

MEMOS = "SELECT coalesce(string_agg(text, ',' ORDER BY text), '') FROM memos"


@pytest.fixture
def archived() -> Iterator[ArchivedDatabase]:
    made = ArchivedDatabase()
    try:
        made.make()
        yield made
    finally:
        made.remove()


def test_a_table_that_was_deleted_comes_back_as_it_was_a_moment_before(archived: ArchivedDatabase) -> None:
    archived.sql("INSERT INTO memos VALUES ('a'), ('b'); INSERT INTO user_sessions VALUES (1)")
    moment = archived.moment()
    archived.sql("DROP TABLE memos; CREATE TABLE memos (text text); INSERT INTO memos VALUES ('later')")

    ended = archived.recovers(moment)

    assert ended.returncode == 0, ended.stderr
    assert archived.sql(MEMOS) == "a,b"
    assert archived.sql("SELECT count(*) FROM user_sessions") == "0"
    assert archived.running() == {"postgres", "app"}
    status = archived.status("recovery")
    assert status["result"] == "ok"
    assert (archived.data / "beside" / str(status["kept"]) / "PG_VERSION").exists()


def test_what_was_recovered_is_archived_in_turn_and_can_be_recovered_again(
    archived: ArchivedDatabase,
) -> None:
    archived.sql("INSERT INTO memos VALUES ('a')")
    first = archived.moment()
    archived.sql("INSERT INTO memos VALUES ('b')")
    assert archived.recovers(first).returncode == 0
    archived.sql("INSERT INTO memos VALUES ('c')")
    second = archived.moment()
    archived.sql("DELETE FROM memos")

    ended = archived.recovers(second)

    assert ended.returncode == 0, ended.stderr
    assert archived.sql(MEMOS) == "a,c"
    archived.succeeds("backup", "diff")


def test_a_recovery_can_be_undone_by_the_timeline_of_before(archived: ArchivedDatabase) -> None:
    archived.sql("INSERT INTO memos VALUES ('a')")
    early = archived.moment()
    archived.sql("INSERT INTO memos VALUES ('b')")
    late = archived.moment()
    archived.sql("INSERT INTO memos VALUES ('c')")
    assert archived.recovers(early).returncode == 0

    ended = archived.recovers(late, "--timeline", "1")

    assert ended.returncode == 0, ended.stderr
    assert archived.sql(MEMOS) == "a,b"


def test_a_lost_server_s_database_comes_back_into_a_new_one_up_to_the_last_segment(
    archived: ArchivedDatabase,
) -> None:
    archived.sql("INSERT INTO memos VALUES ('a')")
    archived.succeeds("catch-up")
    archived.sql("INSERT INTO memos VALUES ('lost, for nothing archived it')")
    archived.command("pg_ctl", "-w", "-m", "immediate", "stop")
    shutil.move(archived.data, archived.folder / "lost")
    archived.command("initdb", "--auth=trust", "--username=postgres", "--no-sync")
    shutil.copy(archived.folder / "lost" / "postgresql.conf", archived.data)
    archived.command("pg_ctl", "-w", "start", f"--log={archived.folder / 'log'}")
    archived.sql("CREATE DATABASE memo_coach", "postgres")
    archived.sql("CREATE TABLE memos (text text)")
    assert archived.asks("make").returncode == 3, "a new database was let into the old one's archive"

    ended = archived.asks("recover", "--to", "latest", "--site", SITE)

    assert ended.returncode == 0, ended.stderr
    assert archived.sql(MEMOS) == "a"
    archived.succeeds("catch-up")


def test_with_a_wrong_passphrase_nothing_is_archived_and_nothing_lost(archived: ArchivedDatabase) -> None:
    archived.know("another passphrase")
    archived.sql("INSERT INTO memos VALUES ('a')")
    before = len(archived.segments())
    archived.sql("SELECT pg_switch_wal()")
    failed = "SELECT failed_count > 0 FROM pg_stat_archiver"
    wait_until(lambda: archived.sql(failed) == "t")
    assert archived.sql("SELECT count(*) > 0 FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'") == "t"
    assert archived.asks("backup", "full").returncode == 3
    assert archived.status("archive")["result"] == "failed"
    assert len(archived.segments()) == before

    archived.know("a passphrase of the archive")

    archived.succeeds("catch-up")
    assert len(archived.segments()) > before


def test_the_latest_is_refused_while_the_archive_lacks_something(archived: ArchivedDatabase) -> None:
    archived.sql("INSERT INTO memos VALUES ('a')")
    archived.know("another passphrase")
    archived.environment["MEMO_COACH_PATIENCE"] = "3"

    ended = archived.recovers("latest")

    assert ended.returncode == 1
    assert "--lose-unarchived" in ended.stderr
    assert archived.sql(MEMOS) == "a"


def test_a_segment_that_is_missing_leaves_the_present_database_at_work(archived: ArchivedDatabase) -> None:
    archived.sql("INSERT INTO memos VALUES ('a')")
    archived.succeeds("catch-up")
    archived.sql("INSERT INTO memos VALUES ('b')")
    archived.succeeds("catch-up")
    moment = archived.moment()
    archived.sql("DELETE FROM memos")
    archived.succeeds("catch-up")
    archived.segments()[-2].unlink()

    ended = archived.recovers(moment)

    assert ended.returncode == 3
    assert "does not bring the database to that moment" in ended.stderr
    assert archived.sql(MEMOS) == ""
    assert archived.running() == {"postgres", "app"}
    assert archived.status("recovery")["result"] == "failed"


def test_a_damaged_base_backup_leaves_the_present_database_at_work(archived: ArchivedDatabase) -> None:
    archived.sql("INSERT INTO memos VALUES ('a')")
    moment = archived.moment()
    bundle = next(archived.repository.glob("backup/memo-coach/*F/bundle/*"))
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 0xFF
    bundle.write_bytes(content)

    ended = archived.recovers(moment)

    assert ended.returncode == 3
    assert archived.sql(MEMOS) == "a"
    assert archived.running() == {"postgres", "app"}


def test_a_moment_before_the_first_base_backup_is_no_moment_of_the_archive(
    archived: ArchivedDatabase,
) -> None:
    archived.sql("INSERT INTO memos VALUES ('a')")

    ended = archived.recovers(f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d %H:%M:%S}")

    assert ended.returncode == 3
    assert archived.sql(MEMOS) == "a"


@pytest.mark.parametrize(
    ("moment", "said"),
    [("yesterday", "is no moment"), ("2999-01-01 00:00:00", "has not come yet")],
)
def test_what_is_no_moment_is_refused(archived: ArchivedDatabase, moment: str, said: str) -> None:
    ended = archived.recovers(moment)

    assert ended.returncode == 1
    assert said in ended.stderr


def test_data_is_set_aside_for_nobody_who_has_not_named_the_site(archived: ArchivedDatabase) -> None:
    archived.sql("INSERT INTO memos VALUES ('a')")
    moment = archived.moment()

    ended = archived.asks("recover", "--to", moment, "--site", SITE, "--replace", "another.example.org")

    assert ended.returncode == 1
    assert f"--replace {SITE}" in ended.stderr
    assert not (archived.data / "beside").exists()


def test_a_database_that_was_set_aside_is_in_no_base_backup(archived: ArchivedDatabase) -> None:
    archived.sql("INSERT INTO memos VALUES ('a')")
    assert archived.recovers(archived.moment()).returncode == 0
    kept = archived.data / "beside" / str(archived.status("recovery")["kept"])
    (kept / "large").write_bytes(bytes(50_000_000))
    before = archived.status("archive")

    archived.succeeds("backup", "full")

    found = archived.status("archive")
    assert found["label"] != before["label"]
    listed = archived.command("pgbackrest", "info", "--output=json").stdout
    assert max(each["info"]["size"] for each in json.loads(listed)[0]["backup"]) < 50_000_000
