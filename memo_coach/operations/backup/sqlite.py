"""SQLite: a copy of one moment to back up, and a restored file in the place of another."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from memo_coach.database_url import sqlite_path
from memo_coach.operations.backup.configuration import BackupConfiguration
from memo_coach.operations.backup.databases import Contents, contents_of, holds_peoples_data
from memo_coach.operations.backup.errors import BackupError, RestoreRefused
from memo_coach.operations.backup.restic import Restic
from memo_coach.storage.engine.database import Database, OpenConnection
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.translations.library_words import library_words
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import sentence

BACKING_UP, RESTORING = ".backup-", ".restore-"
"""How the directories begin that hold a copy for a while."""
_BUSY_SECONDS = 1.0
_NO_SECOND_NAMES = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS})
_ATTENDANTS = ("-wal", "-shm", "-journal")


class SqliteBackup:
    """The database file that is configured, as something to back up and to replace."""

    def __init__(self, configuration: BackupConfiguration) -> None:
        self.path = sqlite_path(configuration.database_url) or Path()
        self._data_dir = configuration.data_dir
        self.fresh = self.path
        self.replaced = self.path.with_name(f"{self.path.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")

    @property
    def name(self) -> str:
        """The database's name."""
        return str(self.path)

    async def store(
        self, restic: Restic, name: str, tags: tuple[str, ...], moment: datetime
    ) -> tuple[str, Contents]:
        """Copy the database, look at the copy, and store it; give the snapshot and what the copy held.

        Raises:
            BackupError: the database or the repository failed; there is no snapshot then.
        """
        if not self.path.is_file():
            raise BackupError(sentence("backup.no_database", path=self.path))
        with _private_directory(self._data_dir, BACKING_UP) as directory:
            copy = directory / name
            await asyncio.to_thread(_copy, self.path, copy)
            contents = await _contents(copy)
            with copy.open("rb") as handle:
                return await restic.store_stream(handle, name=name, tags=tags, moment=moment), contents

    async def is_empty(self) -> bool:
        """Whether nobody has written anything into it. A file that cannot be read is not empty."""
        if not self.path.exists() or self.path.stat().st_size == 0:
            return True
        try:
            async with _reading(self.path) as connection:
                return not await connection.run_sync(holds_peoples_data)
        except DatabaseUnusable:
            return False

    @asynccontextmanager
    async def room(self) -> AsyncIterator[None]:
        """Make room beside the database, on its file system, so that replacing it is one renaming.

        Raises:
            RestoreRefused: the database is in use.
        """
        await asyncio.to_thread(self._refuse_in_use)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _private_directory(self.path.parent, RESTORING) as directory:
            self.fresh = directory / self.path.name
            yield

    async def receive(self, restic: Restic, snapshot: str, name: str) -> None:
        """Restore a file beside the present one.

        Raises:
            BackupError: it cannot be written, or is damaged.
        """
        try:
            with self.fresh.open("xb") as handle:
                await restic.write_to(snapshot, name, handle)
                os.fsync(handle.fileno())
        except OSError as error:
            raise BackupError(sentence("backup.not_written", reason=reason_of(error))) from error
        await asyncio.to_thread(_refuse_damaged, self.fresh)

    @property
    def fresh_url(self) -> str:
        """The database that was restored."""
        return f"sqlite+aiosqlite:///{self.fresh}"

    async def fresh_contents(self) -> Contents:
        """Return what the restored database holds."""
        return await _contents(self.fresh)

    async def swap(self) -> str:
        """Put the restored file into the place of the present one; give the name under which that is kept.

        Raises:
            RestoreRefused: the database is in use.
            BackupError: the file system refuses.
        """
        return await asyncio.to_thread(self._swap)

    def _swap(self) -> str:
        _fold(self.fresh)
        try:
            _give_to_owner_of(self.path if self.path.exists() else self.path.parent, self.fresh)
            if not self.path.exists():
                self.fresh.replace(self.path)
                return ""
            with self._alone():
                self._replace()
        except OSError as error:
            raise BackupError(sentence("backup.not_replaced", reason=reason_of(error))) from error
        return str(self.replaced)

    def _replace(self) -> None:
        """At each moment there is a whole database under the name: the old one, then the new one.

        Only a file system that allows a file no second name leaves a gap between the two.
        """
        try:
            self.replaced.hardlink_to(self.path)
        except OSError as error:
            if error.errno not in _NO_SECOND_NAMES:
                raise
            self.path.replace(self.replaced)
        try:
            self.fresh.replace(self.path)
        except OSError:
            self.replaced.replace(self.path)
            raise
        _sync_directory(self.path.parent)

    def _refuse_in_use(self) -> None:
        if self.path.exists():
            with self._alone():
                pass

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the file so that nobody else can use it, its write-ahead log folded in.

        Leaving WAL mode needs to be alone: SQLite refuses while any other connection, also an idle one of
        another process, has the file open. A file that is no database at all is nobody's.

        Raises:
            RestoreRefused: it is in use.
        """
        with closing(sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
            try:
                mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
                if mode == "wal":
                    raise RestoreRefused(sentence("backup.file_in_use", path=self.path))
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if "locked" in str(error):
                    raise RestoreRefused(sentence("backup.file_in_use", path=self.path)) from None
                raise BackupError(sentence("backup.not_opened", path=self.path, reason=error)) from error
            except sqlite3.DatabaseError:
                yield
                return
            yield
            connection.execute("ROLLBACK")


def _copy(source: Path, target: Path) -> None:
    """Copy a database that is in use, as it is at one moment, into one file without a log beside it."""
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True)) as origin,
            closing(sqlite3.connect(target)) as copy,
        ):
            origin.backup(copy)
    except (OSError, sqlite3.Error) as error:
        is_systems = isinstance(error, OSError)
        reason = reason_of(error) if is_systems else library_words("sqlite_words", str(error))
        raise BackupError(sentence("backup.not_copied", path=source, reason=reason)) from error
    _refuse_damaged(target)
    _fold(target)


def _refuse_damaged(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
    except sqlite3.Error as error:
        raise BackupError(sentence("backup.damaged", finding=error)) from error
    if found != ["ok"]:
        raise BackupError(sentence("backup.damaged", finding=" ".join(" ".join(found).split())))


def _fold(path: Path) -> None:
    """Make a database one file: what is in its write-ahead log goes into it."""
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise BackupError(sentence("backup.copy_not_finished", reason=error)) from error
    if any(path.with_name(path.name + ending).exists() for ending in _ATTENDANTS):
        raise BackupError(sentence("backup.log_stays"))


async def _contents(path: Path) -> Contents:
    async with _reading(path) as connection:
        contents: Contents = await connection.run_sync(contents_of)
        return contents


@asynccontextmanager
async def _reading(path: Path) -> AsyncIterator[OpenConnection]:
    database = Database(f"sqlite+aiosqlite:///{path}", pooled=False)
    try:
        async with database.read_connection() as connection:
            yield connection
    except DBAPIError as error:
        raise database.unusable("read", error) from error
    finally:
        await database.close()


@contextmanager
def _private_directory(parent: Path, beginning: str) -> Iterator[Path]:
    """Yield a directory for its owner only, removed at the end; so is one that a killed process left."""
    try:
        for left_behind in parent.glob(f"{beginning}*"):
            shutil.rmtree(left_behind, ignore_errors=True)
        directory = Path(tempfile.mkdtemp(prefix=beginning, dir=parent))
    except OSError as error:
        raise BackupError(
            sentence("backup.place_not_written", place=parent, reason=reason_of(error))
        ) from error
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _give_to_owner_of(model: Path, path: Path) -> None:
    """Hand a file to another's owner: where root restores, the server must still be able to open it."""
    owner = model.stat()
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
