"""The file of an SQLite database: made for its owner only, in WAL mode, looked at before anything opens it.

Apart from :mod:`.database`, so that a server finds out what is wrong before it loads a database driver.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from memo_coach.storage.engine.revisions import number, runs_on
from memo_coach.translations.library_words import library_words
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import sentence

BUSY_TIMEOUT_SECONDS = 10
"""How long a writer waits for another process's transaction. Ours last milliseconds."""
_LOG_PATIENCE_SECONDS = 1
"""Meanwhile nobody else can write."""
_READABLE_BY_OTHERS = 0o077
_VERSIONS = Path(__file__).parents[1] / "migrations" / "versions"

LONGEST_FINDING = 200
"""Characters of what SQLite finds."""
_STEPS_BETWEEN_LOOKS = 10_000
_PRIMARY = 0xFF
"""Of an error's code; the rest says more about it."""
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

FileIdentity = tuple[int, int]


class DatabaseUnusable(Exception):
    """The database cannot be used. ``str(error)`` is a sentence for the operator.

    ``public`` is one for everybody: it names no path, no server and nobody.
    """

    def __init__(self, sentence: str, public: str | None = None) -> None:
        super().__init__(sentence)
        self.public = public or sentence


class DatabaseDamaged(DatabaseUnusable):
    """The file of an SQLite database is not as SQLite left it. The sentence says what to do."""

    def __init__(self, path: Path, finding: str, verb: str = "used") -> None:
        super().__init__(
            sentence("database.damaged", path=path, verb=sentence(f"database.{verb}"), finding=finding),
            sentence("database.damaged_file"),
        )


def is_damage(error: BaseException | None) -> bool:
    """Whether an error of the driver means that the file is damaged."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY in _DAMAGE


def is_locked(error: BaseException | None) -> bool:
    """Whether an error of the driver means that somebody else has the file locked."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_interrupted(error: BaseException | None) -> bool:
    """Whether an error of the driver means that a statement was broken off."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY == sqlite3.SQLITE_INTERRUPT


def refuse_damaged_file(path: Path, longest: float) -> bool:
    """Look through the file for as many seconds at most; tell whether all of it was looked at.

    It reads every page, and changes nothing: https://www.sqlite.org/pragma.html#pragma_quick_check

    Raises:
        DatabaseDamaged: it is damaged.
        DatabaseUnusable: it cannot be read.
    """
    deadline = time.monotonic() + longest
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=longest)
        ) as found:
            # Where this gives something else than 0, the statement is interrupted.
            found.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS_BETWEEN_LOOKS)
            said = str(found.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
        if code in {sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY}:
            return False
        raise unusable_file(path, "read", error) from error
    if said != "ok":
        raise DatabaseDamaged(path, _on_one_line(said))
    return True


def refuse_read_only_file(path: Path) -> None:
    """See that the file may be written. SQLite begins to write into one that may not, and fails later.

    Raises:
        DatabaseUnusable: it may not.
    """
    if not os.access(path, os.W_OK):
        raise DatabaseUnusable(sentence("database.read_only", path=path), sentence("database.read_only_file"))


def unusable_file(path: Path, verb: str, error: BaseException | None) -> DatabaseUnusable:
    """Make the error that says in a sentence what a fault of the driver means."""
    if is_damage(error):
        return DatabaseDamaged(path, str(error), verb)
    what = sentence(f"database.{verb}")
    public = "database.locked" if is_locked(error) else "database.unusable"
    reason = library_words("sqlite_words", str(error))
    return DatabaseUnusable(
        sentence("database.unusable_file", path=path, verb=what, reason=reason), sentence(public, verb=what)
    )


def _on_one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_FINDING]


def prepare_sqlite_file(path: Path) -> None:
    """Make the directory and the file where they are missing, and put the file into WAL mode, which it keeps.

    The file holds people's memos and the key to their sessions: nobody else on the machine may read it.

    Raises:
        DatabaseDamaged: the file is damaged, or no database.
        DatabaseUnusable: it cannot be made or opened, stays locked, or was migrated by a newer version of the
            program.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS)) as connection:
            mode = _wal_mode(connection)
            _refuse_newer(connection)
        _close_to_others(path)
    except OSError as error:
        raise DatabaseUnusable(
            sentence(
                "database.unusable_file", path=path, verb=sentence("database.opened"), reason=reason_of(error)
            )
        ) from error
    except sqlite3.Error as error:
        raise unusable_file(path, "opened", error) from error
    if mode != "wal":
        raise DatabaseUnusable(sentence("database.no_wal", path=path))
    refuse_read_only_file(path)


def empty_log(path: Path) -> bool:
    """Bring the log's changes into the file and cut the log to nothing; tell whether nobody was in the way.

    Raises:
        DatabaseUnusable: the file cannot be written.
    """
    try:
        with closing(
            # A file that is gone is not made anew.
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_LOG_PATIENCE_SECONDS)
        ) as connection:
            return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        if is_locked(error):
            return False
        raise unusable_file(path, "written", error) from error


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
    found = {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")}
    newer = {each for each in found if number(each) not in known and not runs_on(known, each)}
    if newer:
        raise DatabaseUnusable(sentence("database.newer", revision=", ".join(sorted(newer))))


def _close_to_others(path: Path) -> None:
    """Take other people's rights away, also from files that were made before this was done."""
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if each.exists() and each.stat().st_uid == os.geteuid() and each.stat().st_mode & _READABLE_BY_OTHERS:
            each.chmod(0o600)
