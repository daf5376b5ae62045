"""How much a zip file lists, counted before any of it becomes an object, of which each takes a kilobyte."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

_PIECE: Final = 1 << 16
_END_OF_ZIP: Final = b"PK\x05\x06"
_LONGEST_END: Final = 65_557
_LARGE_ZIP: Final = b"PK\x06\x07"
"""A zip file of more than 4 GB, or that says so: its list may be longer than its end tells."""


class NoZipFile(Exception):
    """It does not end as a zip file does."""


class TooManyMembers(Exception):
    """It lists more than may be, or says that it is of more than 4 GB."""


def refuse_many_members(file: BinaryIO, most: int) -> None:
    """Refuse a zip file that lists more than ``most``; stand at its beginning afterwards.

    Raises:
        NoZipFile: it is damaged, or none.
        TooManyMembers: it lists more.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    at = tail.rfind(_END_OF_ZIP)
    if at < 0 or len(tail) < at + 22:
        raise NoZipFile
    if _LARGE_ZIP in tail[:at]:
        raise TooManyMembers
    (length,) = struct.unpack_from("<I", tail, at + 12)
    start = size - len(tail) + at - length
    if start < 0:
        raise NoZipFile
    file.seek(start)
    members, left, before = 0, length, b""
    while left > 0 and (piece := file.read(min(_PIECE, left))):
        left -= len(piece)
        members += (before + piece).count(b"PK\x01\x02")
        if members > most:
            raise TooManyMembers
        before = piece[-3:]
    file.seek(0)
