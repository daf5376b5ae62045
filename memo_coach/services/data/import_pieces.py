"""A file that is too large to be sent at once, while its pieces come: on the disk, for all processes there.

Each piece is a request, and any process may have it. So what has come lies in a file that is named after its
owner's hash and its length; with the last piece the name is taken away, and with the file's end its content.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from memo_coach.services.data.import_refusals import NotAnExport, PiecesDoNotFit
from memo_coach.services.data.import_room import refuse_where_short_of_room
from memo_coach.services.errors import TooMany
from memo_coach.translations.sentences import sentence

MOST_FILE_BYTES: Final = 1_000_000_000
"""Of all pieces of a file together: text is packed to a fourth, and twice as much could be read."""
_MOST_FILES: Final = 4
"""Coming at a time."""
_IDLE_SECONDS: Final = 300.0
"""After which a file whose next piece does not come gives its place to another one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file."""

    content: bytes
    start: int
    """Where it is in the file."""
    whole: int
    """How many bytes the file has."""


class ImportPieces:
    """The files that are coming to this machine, one of each owner."""

    def __init__(self, directory: Path, now: Callable[[], float] = time.time) -> None:
        self._directory = directory / "coming"
        self._now = now

    def add(self, owner: str, piece: Piece) -> BinaryIO | None:
        """Add a piece to the owner's file; return the file where it was the last one. One at 0 begins anew.

        Raises:
            NotAnExport: the file is too large.
            PiecesDoNotFit: it does not follow the piece before.
            TooMany: others' files are coming.
            Unavailable: the disk has no room for it.
        """
        if piece.whole > MOST_FILE_BYTES:
            raise NotAnExport(sentence("import.too_large", megabytes=MOST_FILE_BYTES // 1_000_000))
        name = hashlib.sha256(owner.encode()).hexdigest()
        path = self._directory / f"{name}.{piece.whole}"
        with self._locked():
            if piece.start == 0:
                self._begin(name, path)
            length = path.stat().st_size if path.exists() else -1
            if piece.start != length or not piece.content or length + len(piece.content) > piece.whole:
                raise PiecesDoNotFit
            refuse_where_short_of_room(self._directory)
            with path.open("ab") as file:
                file.write(piece.content)
            os.utime(path, (self._now(), self._now()))
            if length + len(piece.content) < piece.whole:
                return None
            whole = path.open("rb")
            path.unlink()
            return whole

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other threads and processes waiting."""
        self._directory.mkdir(mode=0o700, exist_ok=True)
        with (self._directory / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _begin(self, name: str, path: Path) -> None:
        there = [each for each in self._directory.iterdir() if each.suffix]
        late = [each for each in there if self._now() - each.stat().st_mtime > _IDLE_SECONDS]
        gone = {*late, *(each for each in there if each.stem == name)}
        for each in gone:
            each.unlink()
        if len(there) - len(gone) >= _MOST_FILES:
            raise TooMany(sentence("import.too_many_open"))
        path.touch(mode=0o600)
