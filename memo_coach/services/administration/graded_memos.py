"""Memos that an administrator has graded, as files or in a zip file: ``NAME.json`` beside ``NAME.md``.

They are read in memory. A name is what a memo is called, never a path; a zip file is counted before it is
opened, and no more of a member is unpacked than may be.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from memo_coach.coaching.control_characters import without_controls
from memo_coach.coaching.measure.annotated import GradedMemo
from memo_coach.coaching.measure.annotations import BrokenAnnotations, read_grades
from memo_coach.coaching.memo.text import LONGEST_MEMO
from memo_coach.services.data.zip_members import NoZipFile, TooManyMembers, refuse_many_members
from memo_coach.services.errors import ServiceError
from memo_coach.translations import number
from memo_coach.translations import text as said
from memo_coach.translations.sentences import spoken

MOST_MEMOS: Final = 200
MOST_FILES: Final = 1_000
"""In a zip file, whatever they are."""
MOST_BYTES: Final = 6 * 1024 * 1024
"""Of all files together, as they are sent."""
MOST_UNPACKED_BYTES: Final = 64 * 1024 * 1024
LARGEST_GRADES: Final = 1024 * 1024
LARGEST_TEXT: Final = 4 * LONGEST_MEMO
"""Bytes: a character has four at most."""
LONGEST_NAME: Final = 80
_TEXT, _GRADES = ".md", ".json"
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Others let the file say how much memory unpacking takes."""
_ZIP: Final = b"PK\x03\x04"
_LONGEST_FAULT: Final = 300


class GradedMemosRefused(ServiceError):
    """The files are no graded memos, or too many; the sentence says why."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A memo that cannot be used, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class GradedMemos:
    """What was in the files."""

    memos: tuple[GradedMemo, ...]
    left_out: tuple[LeftOut, ...]


def read_graded_memos(files: Iterable[SentFile]) -> GradedMemos:
    """Read the memos in some files; of a zip file, all that are in it.

    Raises:
        GradedMemosRefused: there are none, or too many, or a zip file is damaged.
    """
    texts: dict[str, bytes] = {}
    grades: dict[str, bytes] = {}
    room = MOST_UNPACKED_BYTES
    for file in _unpacked(files):
        room -= len(file.content)
        if room < 0:
            raise GradedMemosRefused(said("agreement.too_large"))
        called, kind = _called(file.name)
        if kind in (_TEXT, _GRADES):
            (texts if kind == _TEXT else grades)[called] = file.content
    if not grades:
        raise GradedMemosRefused(said("agreement.none_graded"))
    if len(grades) > MOST_MEMOS:
        raise GradedMemosRefused(said("agreement.too_many", most=number(MOST_MEMOS)))
    memos: list[GradedMemo] = []
    left_out: list[LeftOut] = []
    for name in sorted(grades):
        found = _memo(name, grades[name], texts.get(name))
        if isinstance(found, GradedMemo):
            memos.append(found)
        else:
            left_out.append(LeftOut(name, found))
    return GradedMemos(tuple(memos), tuple(left_out))


def _unpacked(files: Iterable[SentFile]) -> Iterator[SentFile]:
    for file in files:
        if file.content.startswith(_ZIP):
            yield from _members(file.content)
        else:
            yield file


def _members(content: bytes) -> Iterator[SentFile]:
    file = io.BytesIO(content)
    try:
        refuse_many_members(file, MOST_FILES)
        with zipfile.ZipFile(file) as opened:
            for member in opened.infolist():
                if _is_wanted(member):
                    with opened.open(member) as stream:
                        yield SentFile(member.filename, stream.read(_most(member.filename) + 1))
    except TooManyMembers:
        raise GradedMemosRefused(said("agreement.too_many_files", most=number(MOST_FILES))) from None
    except (
        NoZipFile, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError,
        ValueError,
    ):  # fmt: skip
        raise GradedMemosRefused(said("agreement.zip_damaged")) from None


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    # What a Mac puts into each zip file beside what was meant.
    is_of_system = path.name.startswith(".") or "__MACOSX" in path.parts
    return (
        not member.is_dir()
        and not is_of_system
        and path.suffix.lower() in (_TEXT, _GRADES)
        and member.compress_type in _PACKED
    )


def _called(name: str) -> tuple[str, str]:
    """Return what a memo is called, with the folder that it is in, and the kind of its file."""
    path = PurePosixPath(name.replace("\\", "/"))
    inner = [part for part in path.parts[-2:-1] if part not in ("/", "..", ".")]
    called = "/".join((*inner, path.stem))
    return without_controls(called)[-LONGEST_NAME:], path.suffix.lower()


def _most(name: str) -> int:
    return LARGEST_GRADES if _called(name)[1] == _GRADES else LARGEST_TEXT


def _memo(name: str, grades: bytes, text: bytes | None) -> GradedMemo | str:
    """Return a memo, or why it cannot be used."""
    if text is None:
        return said("agreement.without_text", name=name)
    if len(grades) > LARGEST_GRADES or len(text) > LARGEST_TEXT:
        return said("agreement.memo_too_large", name=name)
    try:
        return read_grades(grades.decode("utf-8-sig"), text.decode("utf-8-sig"), name=name)
    except UnicodeDecodeError:
        return said("agreement.not_utf8", name=name)
    except BrokenAnnotations as error:
        return _first_of(error.faults)


def _first_of(faults: tuple[str, ...]) -> str:
    first = spoken(faults[0])[:_LONGEST_FAULT]
    if len(faults) == 1:
        return first
    return said("agreement.more_faults", first=first, count=len(faults) - 1)
