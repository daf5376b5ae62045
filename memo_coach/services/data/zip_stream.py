"""A zip file that is sent while it is made: of it no more is in memory than what was written last."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import zipfile


class _Sent(io.RawIOBase):
    """A file that can only be written to, and gives what was written."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, some: object) -> int:
        before = len(self._written)
        self._written += some  # type: ignore[arg-type] # bytes, or a view of some
        return len(self._written) - before

    def take(self) -> bytes:
        """Return what was written since this was asked last."""
        taken = bytes(self._written)
        self._written.clear()
        return taken


class ZipStream:
    """A zip file, member by member; after each step :meth:`take` returns the bytes that have come."""

    def __init__(self, moment: datetime) -> None:
        self._sent = _Sent()
        import zipfile  # noqa: PLC0415 - only who exports needs it

        self._zip = zipfile.ZipFile(self._sent, "w", zipfile.ZIP_DEFLATED)
        self._moment = moment.timetuple()[:6]

    @contextmanager
    def member(self, name: str) -> Iterator[IO[bytes]]:
        """Begin a member whose content is written piece by piece."""
        # Its size is not known before its end, so it is made as one that may be of any size.
        with self._zip.open(self._member(name), "w", force_zip64=True) as opened:
            yield opened

    def add(self, name: str, content: bytes) -> None:
        """Add a member."""
        self._zip.writestr(self._member(name), content, compresslevel=6)

    def end(self) -> None:
        """Write the list of members."""
        self._zip.close()

    def take(self) -> bytes:
        """Return what has come since this was asked last."""
        return self._sent.take()

    def _member(self, name: str) -> zipfile.ZipInfo:
        import zipfile  # noqa: PLC0415 - as above

        member = zipfile.ZipInfo(name, self._moment)
        member.compress_type = zipfile.ZIP_DEFLATED
        return member
