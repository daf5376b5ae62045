"""What was exported comes back: as new memos, beside what is there, and never twice.

A file is a stranger's until it was read through: it is bounded before it is unpacked, nothing of it becomes a
path, and each position, quote and length in it is checked. What it says of scores and coaches is its
importer's own word, and seen by nobody else.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import zlib
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.coaching.computing import ShortestJobFirst
from memo_coach.services import clock
from memo_coach.services.data.format import (
    DOCUMENT,
    FORMAT,
    VERSION,
    ExportedData,
    ExportedMemo,
    ExportedPreferences,
)
from memo_coach.services.data.imported_memo import rows_of
from memo_coach.services.data.json_size import has_more_values
from memo_coach.services.errors import ServiceError, TooMany
from memo_coach.services.preferences.service import PreferenceService
from memo_coach.services.review.service import ReviewService
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_EVALUATIONS, MOST_MARKS, MOST_MEMOS
from memo_coach.services.usage.storage_budget import MEMO_BYTES, StorageBudget, StorageRequest
from memo_coach.storage.repositories.imports import ImportRepository, StoredMemo
from memo_coach.storage.repositories.reviews import ReviewRepository
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.translations.sentences import Sentence, sentence

MOST_IMPORT_BYTES: Final = 6_000_000
"""Of a file, as it is sent."""
MOST_DOCUMENT_BYTES: Final = 32_000_000
"""Of the document in it: a thousand evaluations. Read, it takes several times as much memory."""
PART_CHARACTERS: Final = 2_000_000
"""Of JSON that assets/settings.js sends at once of a larger file, packed; one memo alone may have more."""
MOST_VALUES: Final = 2_000_000
"""Of a document: of 32 MB that were exported, half as many; a small file may hold ten times as many."""
MOST_MEMBERS: Final = 5_000
"""Of a zip file; of an export, all texts of all versions are members."""
MOST_RATIO: Final = 200
"""So many times its packed size a document may have; text with the same words again and again has forty."""
MOST_MEMOS_OF_FILE: Final = MOST_MEMOS
"""Nobody has more, so no export has."""
_GZIP: Final = b"\x1f\x8b"
_MOST_WAITING: Final = 4
_PIECE: Final = 1 << 16


class NotAnExport(ServiceError):
    """The file is none that was exported here; nothing of it was taken."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(sentence("import.refused", reason=reason))


@dataclass(frozen=True, slots=True)
class ImportView:
    """What came of an import."""

    added: int
    """Memos that are new."""
    known: int
    """Memos that were there already, or had been imported before."""


def read_export(content: bytes) -> ExportedData:
    """Read a file that was exported, a zip or the document alone, which may be packed by gzip.

    This computes, for a second at most.

    Raises:
        NotAnExport: it is none, or more than is read at once.
    """
    if len(content) > MOST_IMPORT_BYTES:
        raise NotAnExport(sentence("import.too_large", megabytes=MOST_IMPORT_BYTES // 1_000_000))
    document = content
    if content.startswith(b"PK"):
        document = _unpacked(content)
    elif content.startswith(_GZIP):
        document = _gunzipped(content)
    if has_more_values(document, MOST_VALUES):
        raise NotAnExport(sentence("import.document_too_large"))
    try:
        found = json.loads(document.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NotAnExport(sentence("import.neither")) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise NotAnExport(sentence("import.no_export"))
    version = found.get("version")
    if isinstance(version, int) and version > VERSION:
        raise NotAnExport(sentence("import.newer", version=str(version)[:20], most=VERSION))
    return _validated(found)


def _validated(found: dict[str, Any]) -> ExportedData:
    """Return the document as models, made memo by memo: between two of them others have their turn."""
    memos = found.get("memos")
    if not isinstance(memos, list) or len(memos) > MOST_MEMOS_OF_FILE:
        raise NotAnExport(sentence("import.damaged_at", place="memos"))
    place: tuple[int | str, ...] = ()
    try:
        data = ExportedData.model_validate({**found, "memos": []})
        read = []
        for number_of_memo, memo in enumerate(memos):
            place = ("memos", number_of_memo)
            read.append(ExportedMemo.model_validate(memo))
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        steps = " › ".join(str(step) for step in (*place, *fault["loc"]))[:200]
        reason = (
            sentence("import.damaged_at", place=steps) if steps else sentence("import.damaged_at_beginning")
        )
        raise NotAnExport(reason) from None
    return data.model_copy(update={"memos": read})


def _gunzipped(content: bytes) -> bytes:
    """Return the document out of a gzip file, never more of it than is read."""
    most = min(MOST_DOCUMENT_BYTES, MOST_RATIO * max(len(content), 1_000))
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        found = unpacking.decompress(content, most)
    except zlib.error:
        raise NotAnExport(sentence("import.zip_damaged")) from None
    if unpacking.unconsumed_tail:
        raise NotAnExport(sentence("import.document_too_large"))
    if not unpacking.eof:
        raise NotAnExport(sentence("import.zip_damaged"))
    return found


def _unpacked(content: bytes) -> bytes:
    """Return the document out of a zip file, never more of it than is read."""
    import zipfile  # noqa: PLC0415 - only who imports needs it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            if len(opened.infolist()) > MOST_MEMBERS:
                raise NotAnExport(sentence("import.too_many_parts"))
            member = opened.getinfo(DOCUMENT)
            if member.file_size > min(MOST_DOCUMENT_BYTES, MOST_RATIO * max(member.compress_size, 1_000)):
                raise NotAnExport(sentence("import.document_too_large"))
            found = bytearray()
            with opened.open(member) as document:
                # What a zip file says of sizes may be wrong.
                while piece := document.read(_PIECE):
                    found += piece
                    if len(found) > member.file_size:
                        raise NotAnExport(sentence("import.document_too_large"))
            return bytes(found)
    except KeyError:
        raise NotAnExport(sentence("import.no_document", document=DOCUMENT)) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise NotAnExport(sentence("import.zip_damaged")) from None


@dataclass(frozen=True, slots=True)
class _ReadExport:
    """An export, with all of it that takes its time to compute."""

    data: ExportedData
    sources: dict[str, ExportedMemo]
    """The memos by what they are known again by."""


def _read(content: bytes) -> _ReadExport:
    data = read_export(content)
    return _ReadExport(data, {source_of(memo): memo for memo in data.memos})


class ImportService:
    """Takes in what owners bring."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        budget: StorageBudget,
        preferences: PreferenceService,
        review: ReviewService,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._preferences = preferences
        self._review = review
        self._unit_of_work = unit_of_work
        self._budget = budget
        self._now = now
        # One file is read at a time: it takes much memory for a moment.
        self._turn = asyncio.Lock()
        self._jobs = ShortestJobFirst("import")
        self._waiting = 0

    async def import_file(self, owner: str, content: bytes, *, address: str | None = None) -> ImportView:
        """Add the memos of an export to those of the owner; those that are there already are left out.

        What its writer started with is taken where the owner chose nothing; muted kinds and words of the
        glossary come to those that there are.

        What is stored counts for the writer's network ``address``.

        Raises:
            NotAnExport: nothing was added.
            TooMany: the owner would have more than is kept, or others are importing; nothing was added. It
                may be StorageRefused, and then what came before was: importing again goes on from there.
            Unavailable: the database cannot be used.
        """
        if self._waiting >= _MOST_WAITING:
            raise TooMany(sentence("import.crowded"))
        self._waiting += 1
        try:
            self._budget.count_written(address, len(content), all_new=True)
            async with self._turn:
                # What it refuses is said in the language that is spoken here.
                read = partial(copy_context().run, _read, content)
                return await self._store(owner, await self._jobs.do(len(content), read), address)
        finally:
            self._waiting -= 1

    async def _store(self, owner: str, read: _ReadExport, address: str | None) -> ImportView:
        data, sources = read.data, read.sources
        async with self._unit_of_work.read() as session:
            stored = await ImportRepository(session).memos(owner)
            evaluations = await ImportRepository(session).count_evaluations(owner)
            marks = await ReviewRepository(session).count_marks(owner)
        known = _known(stored, sources)
        fresh = {source: memo for source, memo in sources.items() if source not in known}
        if len(stored) + len(fresh) > MOST_MEMOS:
            raise TooMany(sentence("import.too_many_memos", new=len(fresh), most=MOST_MEMOS))
        if evaluations + sum(len(memo.evaluations) for memo in fresh.values()) > MOST_EVALUATIONS:
            raise TooMany(sentence("import.too_many_evaluations", most=MOST_EVALUATIONS))
        if marks + sum(len(memo.marks) for memo in fresh.values()) > MOST_MARKS:
            raise TooMany(sentence("import.too_many_marks", most=MOST_MARKS))
        await self._take_preferences(owner, data.preferences, address)
        for source, memo in fresh.items():
            await self._add(owner, source, memo, address)
        return ImportView(added=len(fresh), known=len(data.memos) - len(fresh))

    async def _take_preferences(self, owner: str, found: ExportedPreferences, address: str | None) -> None:
        if found == ExportedPreferences():
            return
        moment = self._now()
        async with self._unit_of_work.write(adds=True) as session:
            since = await VisitorRepository(session).lock_or_create(owner, moment)
            await self._preferences.choose_where_none(
                session, owner, rubric=found.rubric, coach=found.coach, moment=moment
            )
            kept = await self._review.add_imported(session, owner, found.muted, found.glossary)
            await self._budget.count_kept(session, StorageRequest(address, kept, since, moment))

    async def _add(self, owner: str, source: str, memo: ExportedMemo, address: str | None) -> None:
        moment = self._now()
        async with self._unit_of_work.write(adds=True) as session:
            since = await VisitorRepository(session).lock_or_create(owner, moment)
            kept = len(memo.model_dump_json().encode()) + MEMO_BYTES
            await self._budget.count_kept(session, StorageRequest(address, kept, since, moment))
            await _insert(session, owner, source, memo, moment)


async def _insert(
    session: AsyncSession, owner: str, source: str, memo: ExportedMemo, moment: datetime
) -> None:
    imports = ImportRepository(session)
    # Of two tabs that import the same at once, the second one finds what the first has made.
    if _known(await imports.memos(owner), {source: memo}):
        return
    await imports.add(owner, rows_of(owner, memo, source, moment))


def source_of(memo: ExportedMemo) -> str:
    """Return a hash of a memo as it was exported: the same from wherever it comes, for ids are left out."""
    # What readers remark on it does not make it another memo.
    left_out = {"id", "reader_remarks"}
    evaluations = [each.model_dump(mode="json", exclude=left_out) for each in memo.evaluations]
    content = memo.model_dump(mode="json", exclude={"id", "evaluations"}) | {"evaluations": evaluations}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _known(stored: list[StoredMemo], sources: dict[str, ExportedMemo]) -> frozenset[str]:
    """Return which of the memos are there already: imported before, or never gone and not changed since."""
    imported = {memo.source for memo in stored}
    unchanged = {(memo.created, memo.changed) for memo in stored}
    return frozenset(
        source
        for source, memo in sources.items()
        if source in imported or (memo.created, memo.changed) in unchanged
    )
