"""A file that is too large to be sent at once, while its pieces come: on the disk, without a name there."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
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


@dataclass(slots=True)
class _Coming:
    """A file of which not all has come."""

    file: BinaryIO
    whole: int
    since: float
    length: int = 0


class ImportPieces:
    """The files that are coming to this process, one of each owner."""

    def __init__(self, directory: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._directory = directory
        self._monotonic = monotonic
        self._coming: dict[str, _Coming] = {}
        self._lock = threading.Lock()

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
        with self._lock:
            if piece.start == 0:
                self._begin(owner, piece.whole)
            coming = self._coming.get(owner)
            fits = coming is not None and (piece.start, piece.whole) == (coming.length, coming.whole)
            if coming is None or not fits or not piece.content:
                raise PiecesDoNotFit
            if coming.length + len(piece.content) > coming.whole:
                raise PiecesDoNotFit
            refuse_where_short_of_room(self._directory)
            coming.file.write(piece.content)
            coming.length += len(piece.content)
            coming.since = self._monotonic()
            if coming.length < coming.whole:
                return None
            return self._coming.pop(owner).file

    def close(self) -> None:
        """Let go of all that has come."""
        with self._lock:
            for owner in list(self._coming):
                self._coming.pop(owner).file.close()

    def _begin(self, owner: str, whole: int) -> None:
        now = self._monotonic()
        late = [each for each, coming in self._coming.items() if now - coming.since > _IDLE_SECONDS]
        for gone in {owner, *late} & self._coming.keys():
            self._coming.pop(gone).file.close()
        if len(self._coming) >= _MOST_FILES:
            raise TooMany(sentence("import.too_many_open"))
        file = tempfile.TemporaryFile(dir=self._directory)  # noqa: SIM115 - closed with the last piece
        self._coming[owner] = _Coming(file, whole, now)
