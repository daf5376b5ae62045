"""A backup that fails says so, ends with a status, and leaves nothing that could be taken for a good one."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memo_coach.operations.backup.errors import BackupError
from memo_coach.operations.backup.restic import Restic
from tests.databases import only_on_postgres, only_on_sqlite
from tests.integration.backup.installation import PASSWORD, Installation, appears
from tests.postgres_server import PostgresServer
from tests.waiting import PATIENCE_SECONDS, wait_until


def failed_with(installation: Installation, line: str, kind: str = "backup") -> None:
    """See that the status file tells the same as the line on standard error."""
    status = installation.status(kind)
    assert status["result"] == "failed"
    assert f"memo-coach: {status['error']}\n" == line
    assert PASSWORD not in str(status)


@only_on_postgres
@pytest.mark.parametrize(
    "script",
    ['"$REAL" "$@" | head -c 9000; kill -KILL $$', '"$REAL" "$@"; echo "the disk of the server" >&2; exit 1'],
    ids=["killed in the middle", "failed at its end"],
)
def test_a_dump_that_fails_leaves_no_snapshot(installation: Installation, script: str) -> None:
    installation.put_program("pg_dump", script)
    line = installation.fails(3, "backup")
    failed_with(installation, line)
    assert installation.kinds() == []
    assert "no complete backup" in installation.fails(1, "restore", "--dry-run")


@only_on_postgres
def test_what_the_role_may_not_read_is_said(installation: Installation, postgres: PostgresServer) -> None:
    name = installation.environment["DATABASE_URL"].rpartition("/")[2]
    postgres.administer("CREATE SCHEMA hidden CREATE TABLE hidden.secrets (id int)", database=name)
    line = installation.fails(3, "backup")
    assert "permission denied for schema hidden" in line
    failed_with(installation, line)
    assert installation.kinds() == []


@only_on_postgres
def test_a_wrong_password_of_the_database_is_said(
    installation: Installation, postgres: PostgresServer
) -> None:
    name = installation.environment["DATABASE_URL"].rpartition("/")[2]
    installation.environment["DATABASE_URL"] = postgres.url(name, password="not-the-password")
    line = installation.fails(3, "backup")
    assert "password" in line
    assert "not-the-password" not in line
    failed_with(installation, line)
    assert installation.kinds() == []


@only_on_sqlite
def test_a_wrong_password_of_the_repository_is_said(installation: Installation) -> None:
    other = installation.directory / "another password"
    other.write_text("another one")
    line = installation.fails(3, "backup", RESTIC_PASSWORD_FILE=str(other))
    assert "RESTIC_PASSWORD" in line
    assert "another one" not in line
    failed_with(installation, line)
    assert installation.kinds() == []


@only_on_sqlite
@pytest.mark.parametrize(
    "command", [["backup"], ["backup", "check"], ["backup", "list"], ["backup", "prune"]]
)
def test_a_missing_repository_is_said_and_not_made(installation: Installation, command: list[str]) -> None:
    shutil.rmtree(installation.repository)
    assert "memo-coach backup init" in installation.fails(3, *command)
    assert not installation.repository.exists()


@only_on_sqlite
@pytest.mark.parametrize("name", ["RESTIC_REPOSITORY", "RESTIC_PASSWORD_FILE"])
def test_what_has_to_be_set_is_said(installation: Installation, name: str) -> None:
    line = installation.fails(1, "backup", **{name: ""})
    assert f"Set {name}" in line
    failed_with(installation, line)


@only_on_sqlite
def test_a_path_that_is_not_there_fails_before_anything_is_stored(installation: Installation) -> None:
    assert "/not/there" in installation.fails(1, "backup", BACKUP_PATHS="/not/there")
    assert installation.kinds() == []


@only_on_sqlite
def test_a_file_that_cannot_be_read_makes_the_run_incomplete(installation: Installation) -> None:
    # restic ends with status 3 then, and has stored a snapshot without the file.
    installation.put_program(
        "restic", 'case "$*" in *configured*) "$REAL" "$@"; exit 3;; esac\nexec "$REAL" "$@"'
    )
    line = installation.fails(3, "backup")
    assert "could not be read" in line
    failed_with(installation, line)
    installation.remove_programs()
    assert installation.kinds() == ["database", "installation"]
    assert "no complete backup" in installation.fails(1, "restore", "--dry-run")
    assert installation.succeeds("backup", "list") == "There is no complete backup yet.\n"


@only_on_sqlite
def test_a_damaged_database_is_not_backed_up(installation: Installation) -> None:
    with (installation.data / "memo_coach.db").open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(20_000))
    line = installation.fails(3, "backup")
    assert "damaged" in line
    failed_with(installation, line)
    assert installation.kinds() == []
    assert list(installation.data.glob(".backup-*")) == []


@contextmanager
def small_disk(directory: Path) -> Iterator[Path]:
    """Yield a folder on a disk of 4 MiB; skip the test where nobody may mount one."""
    directory.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", directory], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("Only root may mount a small disk.")
    try:
        yield directory
    finally:
        subprocess.run(["umount", directory], check=True)


@pytest.mark.parametrize("status_on_it", [False, True], ids=["repository", "repository and status"])
def test_a_full_disk_is_said_and_leaves_no_snapshot(installation: Installation, status_on_it: bool) -> None:
    installation.write("large", os.urandom(4_000_000).hex())
    with small_disk(installation.directory / "disk") as disk:
        shutil.move(installation.repository, disk / "repository")
        installation.repository = disk / "repository"
        installation.environment["RESTIC_REPOSITORY"] = str(disk / "repository")
        if status_on_it:
            installation.status_directory = disk / "status"
            installation.environment["BACKUP_STATUS_DIRECTORY"] = str(disk / "status")
        line = installation.fails(3, "backup")
        assert "disk is full" in line
        if not status_on_it:
            failed_with(installation, line)
        assert "manifest" not in installation.kinds()


@only_on_sqlite
def test_where_a_disk_is_limited_otherwise_a_backup_fails_just_so(installation: Installation) -> None:
    installation.write("large", os.urandom(2_000_000).hex())
    installation.put_program("restic", 'ulimit -f 1000; exec "$REAL" "$@"')
    line = installation.fails(3, "backup")
    failed_with(installation, line)
    installation.remove_programs()
    assert installation.kinds() == []


def test_a_signal_ends_everything_that_was_begun(installation: Installation) -> None:
    program, when = ("restic", '[ "$2" = backup ]') if installation.is_on_sqlite else ("pg_dump", "true")
    reached = installation.hang_at(program, when)
    running = installation.started("backup")
    appears(reached)
    ours = set(processes_with(str(installation.directory)))
    assert len(ours) >= 2
    running.send_signal(signal.SIGTERM)
    _, complaints = running.communicate(timeout=PATIENCE_SECONDS)
    assert running.returncode == 3
    assert "stopped by a signal" in complaints
    failed_with(installation, complaints)
    assert set(processes_with(str(installation.directory))) & ours == set()
    assert list(installation.data.glob(".backup-*")) == []
    installation.remove_programs()
    assert installation.kinds() == []
    installation.succeeds("backup")


@only_on_sqlite
def test_two_backups_at_once_are_one(installation: Installation) -> None:
    reached = installation.hang_at("restic", '[ "$2" = backup ]')
    running = installation.started("backup")
    appears(reached)
    assert "Another backup is at work" in installation.fails(3, "backup")
    running.terminate()
    running.communicate(timeout=PATIENCE_SECONDS)


def test_no_secret_is_in_the_list_of_processes(installation: Installation) -> None:
    program, when = ("restic", '[ "$2" = backup ]') if installation.is_on_sqlite else ("pg_dump", "true")
    reached = installation.hang_at(program, when)
    running = installation.started("backup")
    appears(reached)
    listed = b"\n".join(path.read_bytes() for path in readable("/proc/[0-9]*/cmdline"))
    running.terminate()
    running.communicate(timeout=PATIENCE_SECONDS)
    assert PASSWORD.encode() not in listed
    address = installation.environment["DATABASE_URL"]
    if not installation.is_on_sqlite:
        assert address.split(":")[2].split("@")[0].encode() not in listed


@only_on_sqlite
def test_the_lock_of_a_process_that_was_killed_is_removed(installation: Installation) -> None:
    killed = subprocess.Popen(
        ["restic", "backup", "--stdin"], env=installation.environment, stdin=subprocess.PIPE
    )
    locks = installation.repository / "locks"
    wait_for_a_lock(locks, killed)
    killed.kill()
    killed.wait()
    assert killed.stdin is not None
    killed.stdin.close()
    assert len(list(locks.iterdir())) == 1
    installation.succeeds("backup")
    installation.succeeds("backup", "check")
    assert list(locks.iterdir()) == []


@only_on_sqlite
def test_the_lock_of_a_process_at_work_is_respected(installation: Installation) -> None:
    at_work = subprocess.Popen(
        ["restic", "--quiet", "backup", "--stdin"], env=installation.environment, stdin=subprocess.PIPE
    )
    locks = installation.repository / "locks"
    wait_for_a_lock(locks, at_work)
    restic = Restic(installation.configuration, lock_patience="1s")
    asyncio.run(restic.remove_stale_locks())
    with pytest.raises(BackupError, match="locked by another process"):
        asyncio.run(restic.check("1/10"))
    assert len(list(locks.iterdir())) == 1
    at_work.communicate(b"what it backs up", timeout=PATIENCE_SECONDS)
    assert at_work.returncode == 0


def wait_for_a_lock(locks: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has locked the repository."""

    def locked() -> bool:
        assert process.poll() is None
        return any("tmp" not in path.name for path in locks.iterdir())

    wait_until(locked, "the repository is locked")


def processes_with(text: str) -> list[int]:
    """Return the processes whose environment has a text in it: those that a test started."""
    found = [path for path in readable("/proc/[0-9]*/environ") if text.encode() in path.read_bytes()]
    return [int(path.parent.name) for path in found if path.parent.name != str(os.getpid())]


def readable(pattern: str) -> Iterator[Path]:
    """Yield the files that can be read; processes end while one looks."""
    for path in Path("/").glob(pattern.removeprefix("/")):
        try:
            path.read_bytes()
        except OSError:
            continue
        yield path
