"""Everything that is a writer's, as a zip file that is sent while it is made.

It is read memo by memo, each in a short transaction: what a writer changes meanwhile is in it or not. No more
than one evaluation and one text are in memory at a time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from memo_coach.services import clock
from memo_coach.services.data.format import DOCUMENT, FORMAT, VERSION, ExportedPreferences
from memo_coach.services.data.stored_memo import (
    exported_evaluation,
    exported_mark,
    exported_version,
    memo_fields,
)
from memo_coach.services.data.zip_stream import ZipStream
from memo_coach.services.errors import NotFound, ServiceError, TooMany
from memo_coach.services.evaluations.pdf import PdfService, file_name
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_MEMOS
from memo_coach.storage.repositories.chats import ChatRepository
from memo_coach.storage.repositories.evaluations import EvaluationLine, EvaluationRepository
from memo_coach.storage.repositories.memos import MemoRepository
from memo_coach.storage.repositories.preferences import PreferencesRepository
from memo_coach.storage.repositories.reviews import ReviewRepository
from memo_coach.storage.repositories.sharing import SharingRepository
from memo_coach.storage.tables import Memo, MemoVersion
from memo_coach.translations import text

MOST_PDFS: Final = 20
"""Of the newest feedback: each takes up to a third of a second."""
MOST_EXPORTS: Final = 3
"""Being made in this process at a time."""


@dataclass(frozen=True, slots=True)
class _Export:
    """One export, while it is made."""

    owner: str
    moment: datetime
    zip: ZipStream
    lines: list[EvaluationLine]
    """The evaluations that are done, as they were found."""


class ExportService:
    """Makes the owners' exports."""

    def __init__(
        self, unit_of_work: UnitOfWork, pdfs: PdfService, now: Callable[[], datetime] = clock.now
    ) -> None:
        self._unit_of_work = unit_of_work
        self._pdfs = pdfs
        self._now = now
        self._exporting: set[str] = set()

    async def export(self, owner: str) -> AsyncGenerator[bytes]:
        """Return the zip file, piece by piece as it is made. Close it where it is not read to its end.

        Raises:
            TooMany: the owner's last one is not there yet, or several others' are being made.
            Unavailable: the database cannot be used.
        """
        self._refuse_more(owner)
        async with self._unit_of_work.read() as session:
            memos = [line.id for line in await MemoRepository(session).lines(owner, MOST_MEMOS)]
        pieces = self._pieces(owner, memos)
        # It has begun before it is answered: what began ends, and then its place is free again.
        await anext(pieces)
        return pieces

    def _refuse_more(self, owner: str) -> None:
        if owner in self._exporting:
            raise TooMany(text("export.busy"))
        if len(self._exporting) >= MOST_EXPORTS:
            raise TooMany(text("export.crowded"))

    async def _pieces(self, owner: str, memos: list[str]) -> AsyncGenerator[bytes]:
        # Others may have begun while the memos were looked up.
        self._refuse_more(owner)
        self._exporting.add(owner)
        try:
            yield b""
            async for piece in self._zip_file(owner, memos):
                yield piece
        finally:
            self._exporting.discard(owner)

    async def _zip_file(self, owner: str, memos: list[str]) -> AsyncIterator[bytes]:
        moment = self._now()
        export = _Export(owner, moment, ZipStream(moment), [])
        with export.zip.member(DOCUMENT) as document:
            async for piece in self._document(export, memos):
                # A long text takes its milliseconds to compress.
                await asyncio.to_thread(document.write, piece.encode())
                if sent := export.zip.take():
                    yield sent
        async for sent in self._texts(export, memos):
            yield sent
        pdfs, missing = 0, False
        for line in sorted(export.lines, key=lambda each: each.created, reverse=True)[:MOST_PDFS]:
            if await self._add_pdf(export, line):
                pdfs += 1
            else:
                missing = True
            yield export.zip.take()
        readme = text(
            "export.readme",
            date=moment.date().isoformat(),
            version=VERSION,
            pdfs=pdfs,
            most=MOST_PDFS,
            missing=text("export.missing") if missing else "",
        )
        export.zip.add("README.txt", readme.encode())
        export.zip.end()
        yield export.zip.take()

    async def _document(self, export: _Export, memos: list[str]) -> AsyncIterator[str]:
        """Yield the document, as JSON in pieces: all of it at once would be too much to hold."""
        head = {"format": FORMAT, "version": VERSION, "exported": export.moment.isoformat()}
        yield _json(head)[:-1] + ',\n"preferences": '
        yield _json_of(await self._preferences(export.owner))
        yield ',\n"memos": ['
        separator = "\n"
        for memo_id in memos:
            async for piece in self._memo(export, memo_id):
                yield separator + piece
                separator = ""
            separator = separator or ",\n"
        yield "\n]}\n"

    async def _memo(self, export: _Export, memo_id: str) -> AsyncIterator[str]:
        async with self._unit_of_work.read() as session:
            memo = await MemoRepository(session).get(export.owner, memo_id)
            if memo is None:
                return  # deleted meanwhile
            marks = await ReviewRepository(session).marks(export.owner, memo_id)
            lines = await EvaluationRepository(session).lines_of(export.owner, [memo_id])
            versions = await MemoRepository(session).version_numbers(export.owner, memo_id)
        yield _json_of_memo(memo)[:-1] + ', "versions": ['
        kept: set[int] = set()
        for number in versions:
            if (version := await self._version(export.owner, memo_id, number)) is not None:
                yield (",\n" if kept else "") + _json_of(exported_version(version))
                kept.add(number)
        yield '], "marks": [' + ",\n".join(_json_of(exported_mark(mark)) for mark in marks)
        yield '], "evaluations": ['
        separator = ""
        for line in lines:
            found = await self._evaluation(export.owner, line) if line.version in kept else None
            if found is not None:
                yield separator + found
                separator = ",\n"
                if line.status == "done":
                    export.lines.append(line)
        yield "]}"

    async def _version(self, owner: str, memo_id: str, number: int) -> MemoVersion | None:
        async with self._unit_of_work.read() as session:
            return await MemoRepository(session).version(owner, memo_id, number)

    async def _evaluation(self, owner: str, line: EvaluationLine) -> str | None:
        async with self._unit_of_work.read() as session:
            stored = await EvaluationRepository(session).whole(owner, line.id)
            if stored is None:
                return None
            messages = await ChatRepository(session).messages(owner, line.id)
            remarks = await SharingRepository(session).remarks(owner, line.id)
        exported = exported_evaluation(stored, messages, remarks)
        return None if exported is None else _json_of(exported)

    async def _preferences(self, owner: str) -> ExportedPreferences:
        async with self._unit_of_work.read() as session:
            chosen = await PreferencesRepository(session).get(owner)
            reviews = ReviewRepository(session)
            return ExportedPreferences(
                rubric=None if chosen is None else chosen.rubric,
                coach=None if chosen is None else chosen.coach,
                muted=await reviews.muted(owner),
                glossary=await reviews.glossary(owner),
            )

    async def _texts(self, export: _Export, memos: list[str]) -> AsyncIterator[bytes]:
        for position, memo_id in enumerate(memos, start=1):
            async with self._unit_of_work.read() as session:
                memo = await MemoRepository(session).get(export.owner, memo_id)
                numbers = await MemoRepository(session).version_numbers(export.owner, memo_id)
            if memo is None:
                continue
            # Two memos may have one title, so the place in the list stands before it.
            name = f"memos/{position:03}-{file_name(memo.title, None).removesuffix('-feedback.pdf')}"
            for number in numbers:
                version = await self._version(export.owner, memo_id, number)
                if version is not None:
                    await asyncio.to_thread(export.zip.add, f"{name}-v{number}.md", version.text.encode())
                    yield export.zip.take()
            if memo.draft_text:
                export.zip.add(f"{name}-draft.md", memo.draft_text.encode())
                yield export.zip.take()

    async def _add_pdf(self, export: _Export, line: EvaluationLine) -> bool:
        """Add an evaluation's PDF; tell whether it could be made."""
        try:
            file = await self._pdfs.file(export.owner, line.id)
        except NotFound:
            return True  # deleted meanwhile
        except ServiceError:
            return False
        export.zip.add(f"feedback/{line.created:%Y-%m-%d}-{line.id[:6]}-{file.name}", file.content)
        return True


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json_of(part: BaseModel) -> str:
    return part.model_dump_json()


def _json_of_memo(memo: Memo) -> str:
    fields = memo_fields(memo)
    draft = fields.pop("draft")
    written = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in fields.items()
    }
    return _json(written | {"draft": None if draft is None else draft.model_dump(mode="json")})
