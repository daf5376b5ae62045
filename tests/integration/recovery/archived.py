"""A real Postgres with a real archive, and the server's own program, which believes that it asks Compose."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from tests.installing import install, one_install_at_a_time
from tests.ports import free_port
from tests.postgres_server import account, programs

ROOT = Path(__file__).resolve().parents[3]
FILES = ROOT / "ansible" / "roles" / "archive" / "files"
SITE = "memo.example.org"
PATIENCE_SECONDS = 60
SETTINGS = """
listen_addresses = ''
port = {port}
unix_socket_directories = '{folder}'
fsync = off
shared_buffers = 16MB
archive_mode = on
archive_command = 'pgbackrest archive-push %p'
archive_timeout = 60
"""
ARCHIVE = """
[global]
repo1-type=posix
repo1-path={folder}/repository
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass={passphrase}
repo1-bundle=y
expire-auto=n
repo1-retention-full-type=time
repo1-retention-full=35
compress-type=zst
start-fast=y
exclude=beside
archive-async=y
archive-timeout=5
spool-path={folder}/spool
lock-path={folder}/lock
log-level-file=off
log-level-console=warn
[memo-coach]
pg1-path={folder}/data
pg1-socket-path={folder}
pg1-port={port}
"""


class ArchivedDatabase:
    """The database and its archive, in a folder of their own."""

    def __init__(self) -> None:
        with one_install_at_a_time():
            if shutil.which("pgbackrest") is None:
                install("pgbackrest")
        if shutil.which("pgbackrest") is None:
            pytest.skip("there is no pgbackrest, and it could not be installed")
        self._account = account()
        self.folder = Path(tempfile.mkdtemp(prefix="memo-archive-"))
        self.data = self.folder / "data"
        self.repository = self.folder / "repository"
        self.port = free_port()
        self.environment = {
            "PATH": f"{self.folder / 'bin'}:{programs()}:{os.environ['PATH']}",
            "PGDATA": str(self.data), "PGHOST": str(self.folder), "PGPORT": str(self.port),
            "PGUSER": "postgres", "LC_ALL": "C", "TMPDIR": str(self.folder / "tmp"),
            "IN_PLACE": str(self.folder),
            "PGBACKREST_CONFIG": str(self.folder / "pgbackrest.conf"), "PGBACKREST_STANZA": "memo-coach",
            "MEMO_COACH_INSTALLATION": str(self.folder), "MEMO_COACH_STATUS": str(self.folder),
            "MEMO_COACH_LOCK": str(self.folder / "program.lock"),
            "IN_PLACE_ACCOUNT": str(self._account.pw_uid) if self._account else "",
            "PYTHONPATH": str(FILES), "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip

    def make(self) -> None:
        """Make and start it, with its archive, and one base backup."""
        (self.folder / "bin").mkdir()
        docker = self.folder / "bin" / "docker"
        docker.write_text(
            f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("compose_in_place.py")} "$@"\n'
        )
        docker.chmod(0o755)
        (self.folder / "tmp").mkdir()
        (self.folder / "running").write_text("postgres\napp\n")
        self.know("a passphrase of the archive")
        self._give(self.folder)
        self.folder.chmod(0o755)
        self.command("initdb", "--auth=trust", "--username=postgres", "--no-sync", "--data-checksums")
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(SETTINGS.format(port=self.port, folder=self.folder))
        self.command("pg_ctl", "-w", "start", f"--log={self.folder / 'log'}")
        self.sql("CREATE DATABASE memo_coach", "postgres")
        self.sql("CREATE TABLE memos (text text); CREATE TABLE user_sessions (id int)")
        self.succeeds("make")
        self.succeeds("backup", "full")
        # pgBackRest counts the end of a base backup in whole seconds: what comes within that one is before.
        time.sleep(1.1)

    def know(self, passphrase: str) -> None:
        """Write the archive's settings."""
        file = self.folder / "pgbackrest.conf"
        file.write_text(ARCHIVE.format(folder=self.folder, port=self.port, passphrase=passphrase))

    def remove(self) -> None:
        """End it and delete all that it had."""
        subprocess.run(
            ["pg_ctl", "-w", "-m", "immediate", "stop"], check=False, capture_output=True, **self._as()
        )
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the database's; it must succeed."""
        ended = subprocess.run(
            command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            stdin=subprocess.DEVNULL, **self._as(),
        )  # fmt: skip
        assert ended.returncode == 0, ended.stdout
        return ended

    def sql(self, statements: str, database: str = "memo_coach") -> str:
        """Return what the database answers."""
        return self.command("psql", "-XqAt", f"--dbname={database}", f"--command={statements}").stdout.strip()

    def asks(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the server's program."""
        return subprocess.run(
            [sys.executable, "-m", "memo_coach_archive", *arguments],
            check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL,
            env=self.environment, cwd=self.folder,
        )  # fmt: skip

    def succeeds(self, *arguments: str) -> str:
        """Run the server's program, which must succeed."""
        ended = self.asks(*arguments)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def recovers(self, moment: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Ask for a recovery of this site."""
        return self.asks("recover", "--to", moment, "--site", SITE, "--replace", SITE, *options)

    def moment(self) -> str:
        """Return a moment that no change is in, by the database's clock."""
        time.sleep(0.1)
        said = self.sql("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        time.sleep(0.1)
        return said

    def status(self, kind: str) -> dict[str, Any]:
        """Return what a run left for the watch."""
        found: dict[str, Any] = json.loads((self.folder / f"{kind}.json").read_text())
        return found

    def running(self) -> set[str]:
        """Return the services that run."""
        return set((self.folder / "running").read_text().split())

    def segments(self) -> list[Path]:
        """Return the segments in the archive, oldest first."""
        return sorted(self.repository.glob("archive/memo-coach/*/*/*.zst"))

    def _give(self, folder: Path) -> None:
        if self._account is not None:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _as(self) -> dict[str, Any]:
        found: dict[str, Any] = {"env": self.environment, "cwd": self.folder}
        if self._account is not None:
            found |= {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        return found
