"""The archive that a Word file is: whether it may be read, what is in it, and the parts that are read.

mammoth is given an archive of those parts alone, each of which was looked at here. Nothing is unpacked to
disk, so a name in it is never a path.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from memo_coach.documents.reading.docx.part import PartReading, read_part
from memo_coach.documents.reading.limits import MOST_PARTS, MOST_UNPACKED_BYTES, MOST_XML_BYTES
from memo_coach.documents.reading.model import DocumentRefused, Omission, Refusal

_CONTENT_TYPES = "[Content_Types].xml"
_WORD = (b"wordprocessingml.document", b"wordprocessingml.template", b"ms-word.")
_MACROS = (b"macroenabled", b"vbaproject")
_READ = (".xml", ".rels")
_PAGE_HEADS = ("word/header", "word/footer")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_ENCRYPTED_ODF = b"encryption-data"


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a Word file that are read, as an archive, and how much in them is left out."""

    archive: io.BytesIO
    counts: Counter[Omission]


def open_package(content: bytes) -> Package:
    """Look at a Word file.

    Raises:
        DocumentRefused: it is no Word file, or one that may not be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            _check_directory(source.infolist())
            return _package(dict(_parts(source)), source.namelist())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError) as error:
        raise DocumentRefused(Refusal.CORRUPT, type(error).__name__) from error


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    # An entry gives no more than its directory says: what is longer ends there, and its checksum is wrong.
    xml = sum(each.file_size for each in entries if each.filename.endswith(_READ))
    if (
        len(entries) > MOST_PARTS
        or sum(each.file_size for each in entries) > MOST_UNPACKED_BYTES
        or xml > MOST_XML_BYTES
    ):
        raise DocumentRefused(Refusal.BOMB)
    if any(each.flag_bits & _ENCRYPTED for each in entries):
        raise DocumentRefused(Refusal.ENCRYPTED)


def _parts(source: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    for entry in source.infolist():
        if entry.filename.endswith(_READ):
            if entry.compress_type not in _METHODS:
                raise DocumentRefused(Refusal.CORRUPT, "compression")
            yield entry.filename, source.read(entry)


def _package(parts: dict[str, bytes], names: list[str]) -> Package:
    types = parts.get(_CONTENT_TYPES, b"").lower()
    if not any(word in types for word in _WORD) and "word/document.xml" not in parts:
        _refuse_other(parts, names)
    if any(macros in types for macros in _MACROS) or any(
        name.lower().endswith("vbaproject.bin") for name in names
    ):
        raise DocumentRefused(Refusal.MACROS)
    readings = {name: read_part(part) for name, part in parts.items()}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for name, part in parts.items():
            target.writestr(zipfile.ZipInfo(name), part)
    archive.seek(0)
    return Package(archive, _counts(readings))


def _refuse_other(parts: dict[str, bytes], names: list[str]) -> None:
    if "META-INF/manifest.xml" in parts:
        encrypted = _ENCRYPTED_ODF in parts["META-INF/manifest.xml"]
        raise DocumentRefused(Refusal.ENCRYPTED if encrypted else Refusal.OTHER_DOCUMENT)
    is_office = _CONTENT_TYPES in parts or "mimetype" in names
    raise DocumentRefused(Refusal.OTHER_DOCUMENT if is_office else Refusal.UNKNOWN_KIND)


def _counts(readings: dict[str, PartReading]) -> Counter[Omission]:
    counts: Counter[Omission] = Counter()
    for name, reading in readings.items():
        if name.startswith(_PAGE_HEADS):
            counts[Omission.PAGE_HEADS] += reading.has_text
        elif name.endswith(".rels"):
            counts[Omission.LINKED_CONTENT] += reading.linked
        else:
            counts += reading.counts
    return counts
