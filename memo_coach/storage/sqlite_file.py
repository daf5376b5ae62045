"""The file of an SQLite database: made for its owner only, in WAL mode, looked at before anything opens it.

Apart from :mod:`.database`, so that a server finds out what is wrong before it loads a database driver.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

BUSY_TIMEOUT_SECONDS = 10
"""How long a writer waits for another process's transaction. Ours last milliseconds."""
_READABLE_BY_OTHERS = 0o077
_VERSIONS = Path(__file__).parent / "migrations" / "versions"

FileIdentity = tuple[int, int]


class DatabaseUnusable(Exception):
    """The database cannot be used. ``str(error)`` is a sentence for the operator.

    ``public`` is one for everybody: it names no path, no server and nobody.
    """

    def __init__(self, sentence: str, public: str | None = None) -> None:
        super().__init__(sentence)
        self.public = public or sentence


def prepare_sqlite_file(path: Path) -> None:
    """Make the directory and the file where they are missing, and put the file into WAL mode, which it keeps.

    The file holds people's memos and the key to their sessions: nobody else on the machine may read it.

    Raises:
        DatabaseUnusable: the file cannot be made or opened, is no database, stays locked, or was migrated by
            a newer version of the program.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS)) as connection:
            mode = _wal_mode(connection)
            _refuse_newer(connection)
        _close_to_others(path)
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DatabaseUnusable(f"The database {path} cannot be opened: {reason}.") from error
    if mode != "wal":
        raise DatabaseUnusable(f"The file system of {path} does not allow SQLite's WAL mode.")


def file_identity(path: Path | None) -> FileIdentity | None:
    """Tell a file from another one that has its name; ``None`` where there is none."""
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def _wal_mode(connection: sqlite3.Connection) -> str:
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            # Two processes that start on a fresh file meet here; SQLite does not wait for this lock itself.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _refuse_newer(connection: sqlite3.Connection) -> None:
    known = {path.name[1:].partition("_")[0] for path in _VERSIONS.glob("v*.py")}
    tables = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    if not connection.execute(tables).fetchone()[0]:
        return
    newer = {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")} - known
    if newer:
        raise DatabaseUnusable(
            "The database was migrated by a newer version of the program than this one: "
            f"it is at {', '.join(sorted(newer))}. Install that version, or restore a backup."
        )


def _close_to_others(path: Path) -> None:
    """Take other people's rights away, also from files that were made before this was done."""
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if each.exists() and each.stat().st_uid == os.geteuid() and each.stat().st_mode & _READABLE_BY_OTHERS:
            each.chmod(0o600)
