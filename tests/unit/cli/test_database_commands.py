"""``memo-coach db``, ``doctor`` and ``serve`` on both databases; what does not work is a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.databases import only_on_postgres
from tests.ports import free_port
from tests.postgres_server import TEMPLATE, PostgresServer
from tests.unit.cli.test_command_line import assert_one_line, run


def test_the_tables_are_made_described_and_counted(tmp_path: Path, empty_url: str) -> None:
    assert_one_line(run(tmp_path, "db", "status", DATABASE_URL=empty_url), 1, "migration none", "db upgrade")
    assert b"is now at" in run(tmp_path, "db", "upgrade", DATABASE_URL=empty_url).stdout
    assert b"already" in run(tmp_path, "db", "upgrade", DATABASE_URL=empty_url).stdout
    answer = run(tmp_path, "db", "status", DATABASE_URL=empty_url)
    assert (answer.returncode, b"the newest" in answer.stdout) == (0, True)
    found = json.loads(run(tmp_path, "db", "fingerprint", DATABASE_URL=empty_url).stdout)
    assert found["memos"]["rows"] == 0
    assert len(found["memos"]["sha256"]) == 64


def test_a_database_is_copied_into_one_of_the_other_kind(
    tmp_path: Path, migrated_url: str, postgres: PostgresServer
) -> None:
    name = postgres.create_database()
    target = postgres.url(name) if "sqlite" in migrated_url else f"sqlite:///{tmp_path}/target.db"
    assert run(tmp_path, "db", "upgrade", DATABASE_URL=migrated_url).returncode == 0
    (tmp_path / "target").write_text(target + "\n")
    answer = run(tmp_path, "db", "copy", "--to-file", str(tmp_path / "target"), DATABASE_URL=migrated_url)
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert b"same fingerprint" in answer.stdout
    assert postgres.password.encode() not in answer.stdout
    assert_one_line(run(tmp_path, "db", "copy", "--to", "mysql://x", DATABASE_URL=migrated_url), 1, "--to: ")
    postgres.drop_database(name)


def test_nothing_is_counted_or_copied_where_there_is_no_file(tmp_path: Path) -> None:
    assert_one_line(run(tmp_path, "db", "fingerprint"), 3, "There is no database file")
    answer = run(tmp_path, "db", "copy", "--to", f"sqlite:///{tmp_path}/target.db")
    assert_one_line(answer, 3, "There is no database file")
    assert list(tmp_path.iterdir()) == []


def faulty(postgres: PostgresServer, fault: str) -> tuple[str, str]:
    """Return an address that does not work, and what is to be said of it."""
    if fault == "unreachable":
        return postgres.url("x").replace(str(postgres.port), "1"), "127.0.0.1:1 cannot be reached"
    if fault == "wrong password":
        return postgres.url(TEMPLATE, password="hunter2"), "refused the password of user memo_coach"
    if fault == "unknown user":
        return postgres.url(TEMPLATE, user="nobody_here"), "nobody_here"
    return postgres.url("nowhere"), "has no database named nowhere"


@pytest.mark.parametrize("fault", ["unreachable", "wrong password", "unknown user", "no database"])
def test_a_postgres_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, postgres: PostgresServer, fault: str
) -> None:
    url, sentence = faulty(postgres, fault)
    answer = run(tmp_path, "db", "status", DATABASE_URL=url)
    assert_one_line(answer, 3, sentence)
    assert not {"hunter2", postgres.password} & set(answer.stderr.decode().replace("@", " ").split())


@pytest.mark.parametrize("command", [("db", "upgrade"), ("db", "fingerprint"), ("doctor",), ("serve",)])
def test_every_command_says_so(tmp_path: Path, postgres: PostgresServer, command: tuple[str, ...]) -> None:
    url, sentence = faulty(postgres, "wrong password")
    answer = run(tmp_path, *command, DATABASE_URL=url, PORT=str(free_port()))
    said = (answer.stdout + answer.stderr).decode()
    assert answer.returncode == 3, said
    assert sentence in said
    assert "hunter2" not in said
    assert "Traceback" not in said


@only_on_postgres
@pytest.mark.parametrize("command", [("db", "status"), ("db", "upgrade"), ("doctor",), ("serve",)])
def test_tables_of_a_newer_version_are_refused(
    tmp_path: Path, migrated_url: str, postgres: PostgresServer, command: tuple[str, ...]
) -> None:
    name = migrated_url.rpartition("/")[2]
    postgres.administer("UPDATE alembic_version SET version_num = '9999'", database=name)
    answer = run(tmp_path, *command, DATABASE_URL=migrated_url, PORT=str(free_port()))
    said = (answer.stdout + answer.stderr).decode()
    assert answer.returncode == 3, said
    assert "newer version of the program" in said
    assert "Traceback" not in said


def test_the_doctor_finds_a_good_database_good(tmp_path: Path, migrated_url: str) -> None:
    run(tmp_path, "db", "upgrade", DATABASE_URL=migrated_url)
    said = run(tmp_path, "doctor", DATABASE_URL=migrated_url, PORT=str(free_port())).stdout.decode()
    assert "ok      database: The tables are at migration" in said
    assert ("SQLite: version" in said) == ("sqlite" in migrated_url)


@only_on_postgres
def test_the_doctor_finds_an_empty_postgres_good(tmp_path: Path, empty_url: str) -> None:
    said = run(tmp_path, "doctor", DATABASE_URL=empty_url).stdout.decode()
    assert "ok      database" in said
    assert "The tables will be made at the first start." in said
