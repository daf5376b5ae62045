"""The document in a file that is imported: unpacked while it is read, and never more of it than may be."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from memo_coach.services.data.format import DOCUMENT
from memo_coach.services.data.import_refusals import NotAnExport
from memo_coach.services.data.zip_members import NoZipFile, TooManyMembers, refuse_many_members
from memo_coach.translations.sentences import sentence

MOST_DOCUMENT_BYTES: Final = 4_000_000_000
"""Twice two thousand versions of the longest memo, of characters of four bytes each, are 3.2 GB."""
MOST_MEMBERS: Final = 5_000
"""Of a zip file; of an export, all texts of all versions are members."""
MOST_RATIO: Final = 200
"""So many times its packed size a document may have; text with the same words again and again has forty."""
_FEW_BYTES: Final = 1_000
_GZIP: Final = b"\x1f\x8b"
_PIECE: Final = 1 << 16


class MoreThanAsked(Exception):
    """The document has more bytes than was asked for, and not more than may be."""


def document_of(file: BinaryIO, most: int = MOST_DOCUMENT_BYTES) -> Iterator[bytes]:
    """Yield the document in a file, piece by piece: a zip file, or the document alone, packed by gzip or not.

    Raises:
        NotAnExport: it cannot be unpacked, or is too large.
        MoreThanAsked: it has more than ``most`` bytes.
    """
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(2)
    file.seek(0)
    if start == b"PK":
        pieces, packed = _unzipped(file), size
    elif start == _GZIP:
        pieces, packed = _gunzipped(file), size
    else:
        pieces, packed = iter(lambda: file.read(_PIECE), b""), size
    read = 0
    for piece in pieces:
        read += len(piece)
        if read > min(MOST_DOCUMENT_BYTES, MOST_RATIO * max(packed, _FEW_BYTES)):
            raise NotAnExport(sentence("import.document_too_large"))
        if read > most:
            raise MoreThanAsked
        yield piece


def _gunzipped(file: BinaryIO) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        while not unpacking.eof and (packed := unpacking.unconsumed_tail or file.read(_PIECE)):
            if piece := unpacking.decompress(packed, _PIECE):
                yield piece
        while not unpacking.eof and (piece := unpacking.decompress(unpacking.unconsumed_tail, _PIECE)):
            yield piece
    except zlib.error:
        raise NotAnExport(sentence("import.zip_damaged")) from None
    if not unpacking.eof:
        raise NotAnExport(sentence("import.zip_damaged"))


def _unzipped(file: BinaryIO) -> Iterator[bytes]:
    import zipfile  # noqa: PLC0415 - only who imports needs it

    _refuse_many_members(file)
    try:
        with zipfile.ZipFile(file) as opened:
            member = opened.getinfo(DOCUMENT)
            if member.file_size > MOST_RATIO * max(member.compress_size, _FEW_BYTES):
                raise NotAnExport(sentence("import.document_too_large"))
            with opened.open(member) as document:
                while piece := document.read(_PIECE):
                    yield piece
    except KeyError:
        raise NotAnExport(sentence("import.no_document", document=DOCUMENT)) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise NotAnExport(sentence("import.zip_damaged")) from None


def _refuse_many_members(file: BinaryIO) -> None:
    try:
        refuse_many_members(file, MOST_MEMBERS)
    except NoZipFile:
        raise NotAnExport(sentence("import.zip_damaged")) from None
    except TooManyMembers:
        raise NotAnExport(sentence("import.too_many_parts")) from None
