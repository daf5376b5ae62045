"""What was exported comes back: as new memos, beside what is there, and never twice.

A file is a stranger's until it was read through: it is bounded while it is unpacked, nothing of it becomes a
path, and each position, quote and length in it is checked. What it says of scores and coaches is its
importer's own word, and seen by nobody else.

Of a file no more than one part is in memory. Where it would be more than an owner may have, all of it is
refused before anything is stored; a memo is stored whole or not at all.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services import clock
from memo_coach.services.chat.service import MOST_MESSAGES_OF_OWNER
from memo_coach.services.data.checked_export import CheckedExport, CheckedMemo, checked
from memo_coach.services.data.format import ExportedPreferences
from memo_coach.services.data.import_file import MOST_DOCUMENT_BYTES, MoreThanAsked, document_of
from memo_coach.services.data.import_pieces import ImportPieces, Piece
from memo_coach.services.data.import_refusals import NotAnExport
from memo_coach.services.data.imported_memo import NewMemo, rows_of
from memo_coach.services.data.split_export import SplitExport
from memo_coach.services.errors import TooMany, Unavailable
from memo_coach.services.preferences.service import PreferenceService
from memo_coach.services.review.service import ReviewService
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_EVALUATIONS, MOST_MARKS, MOST_MEMOS
from memo_coach.services.usage.storage_budget import MEMO_BYTES, StorageBudget, StorageRequest
from memo_coach.storage.repositories.chats import ChatRepository
from memo_coach.storage.repositories.deletions import DeletionRepository
from memo_coach.storage.repositories.imports import ImportRepository, StoredMemo
from memo_coach.storage.repositories.reviews import ReviewRepository
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.tables import ChatMessage, Deletion, MemoVersion
from memo_coach.storage.tables.base import Table
from memo_coach.translations import text
from memo_coach.translations.sentences import sentence

MOST_IMPORT_BYTES: Final = 6_000_000
"""Of a file that is sent at once, or of a piece of a larger one."""
SHORT_BYTES: Final = 32_000_000
"""A document with more of them waits for other long ones, and keeps no short one waiting."""
STEP_BYTES: Final = 1_000_000
"""Of a memo that is stored in one transaction; a larger one is stored in as many as it takes."""
_MOST_WAITING: Final = 4
_ROWS_OF_STEP: Final = 100
_ASIDE_FOR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ImportView:
    """What came of an import."""

    added: int
    """Memos that are new."""
    known: int
    """Memos that were there already, or had been imported before."""


@dataclass(frozen=True, slots=True)
class _Count:
    """How much of what is bounded somebody has, or would get."""

    memos: int
    evaluations: int
    marks: int
    messages: int

    @classmethod
    def of(cls, memos: Iterable[CheckedMemo]) -> _Count:
        """Count what memos would bring."""
        found = list(memos)
        return cls(
            len(found),
            sum(len(memo.split.parts["evaluations"]) for memo in found),
            sum(len(memo.split.parts["marks"]) for memo in found),
            sum(memo.messages for memo in found),
        )


def read_export(content: BinaryIO, parts: SplitExport, most: int = MOST_DOCUMENT_BYTES) -> CheckedExport:
    """Read a file that was exported, a zip or the document alone, which may be packed by gzip.

    This computes, for a tenth of a second a megabyte.

    Raises:
        NotAnExport: it is none, or more than is read.
        MoreThanAsked: its document has more than ``most`` bytes.
    """
    parts.read(document_of(content, most))
    return checked(parts)


class _Turns:
    """Some files are read one after the other, since each takes processor and disk."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and have it.

        Raises:
            TooMany: others wait.
        """
        if self._waiting >= _MOST_WAITING:
            raise TooMany(sentence("import.crowded"))
        self._waiting += 1
        try:
            async with self._lock:
                yield
        finally:
            self._waiting -= 1


class ImportService:
    """Takes in what owners bring."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        budget: StorageBudget,
        preferences: PreferenceService,
        review: ReviewService,
        *,
        directory: Path,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        """``directory`` is where files lie while they are read: they may be larger than the memory."""
        self._preferences = preferences
        self._review = review
        self._unit_of_work = unit_of_work
        self._budget = budget
        self._directory = directory
        self._pieces = ImportPieces(directory)
        self._now = now
        self._short = _Turns()
        self._long = _Turns()

    async def import_piece(
        self, owner: str, piece: Piece, *, address: str | None = None
    ) -> ImportView | None:
        """Take a piece of a file that is too large to be sent at once, and import it with its last one.

        Raises:
            PiecesDoNotFit: it does not follow the piece before.
            StorageRefused: the network address sends too much; the same piece may be sent again.
            NotAnExport, TooMany, Unavailable: as of :meth:`import_file`.
        """
        self._budget.count_written(address, len(piece.content))
        file = await asyncio.to_thread(self._pieces.add, owner, piece)
        if file is None:
            return None
        with file:
            return await self._import(owner, file, address)

    async def import_file(self, owner: str, content: bytes, *, address: str | None = None) -> ImportView:
        """Add the memos of an export to those of the owner; those that are there already are left out.

        What its writer started with is taken where the owner chose nothing; muted kinds and words of the
        glossary come to those that there are.

        What is stored counts for the writer's network ``address``.

        Raises:
            NotAnExport: nothing was added.
            TooMany: the owner would have more than is kept, or others are importing; nothing was added. It
                may be StorageRefused, or somebody else adds to the owner's memos meanwhile, and then what
                came before was: importing again goes on from there.
            Unavailable: the database cannot be used.
        """
        if len(content) > MOST_IMPORT_BYTES:
            raise NotAnExport(sentence("import.too_large", megabytes=MOST_IMPORT_BYTES // 1_000_000))
        self._budget.count_written(address, len(content), all_new=True)
        return await self._import(owner, io.BytesIO(content), address)

    async def _import(self, owner: str, file: BinaryIO, address: str | None) -> ImportView:
        with suppress(MoreThanAsked):
            async with self._short.turn():
                return await self._read_and_store(owner, file, SHORT_BYTES, address)
        async with self._long.turn():
            return await self._read_and_store(owner, file, MOST_DOCUMENT_BYTES, address)

    async def _read_and_store(self, owner: str, file: BinaryIO, most: int, address: str | None) -> ImportView:
        with SplitExport(self._directory) as parts:
            return await self._store(owner, await asyncio.to_thread(read_export, file, parts, most), address)

    async def _store(self, owner: str, export: CheckedExport, address: str | None) -> ImportView:
        sources = {memo.source: memo for memo in export.memos}
        async with self._unit_of_work.read() as session:
            known = _known(await ImportRepository(session).memos(owner), sources)
            fresh = [memo for source, memo in sources.items() if source not in known]
            await _refuse_more(session, owner, fresh)
        await self._take_preferences(owner, export.preferences, address)
        for memo in fresh:
            if memo.split.size <= STEP_BYTES:
                await self._add_at_once(owner, memo, export, address)
            else:
                await self._add_in_steps(owner, memo, export, address)
        return ImportView(added=len(fresh), known=len(export.memos) - len(fresh))

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

    async def _add_at_once(
        self, owner: str, memo: CheckedMemo, export: CheckedExport, address: str | None
    ) -> None:
        moment = self._now()
        rows = rows_of(NewMemo(clock.new_id(), owner, moment), memo, export)
        made = await asyncio.to_thread(list, rows)
        async with self._unit_of_work.write(adds=True, aside=True) as session:
            if not await self._count(session, owner, memo, address, moment):
                return
            for batch in made:
                await ImportRepository(session).add(owner, batch)

    async def _add_in_steps(
        self, owner: str, memo: CheckedMemo, export: CheckedExport, address: str | None
    ) -> None:
        """Store a memo out of everybody's sight, in transactions that keep nobody waiting, and then show it.

        Until then it is as something that was deleted: it goes in its time, whatever becomes of this process.
        """
        moment = self._now()
        aside = Deletion(id=clock.new_id(), owner=owner, due=moment + _ASIDE_FOR)
        aside_id = aside.id
        async with self._unit_of_work.write(adds=True, aside=True) as session:
            if not await self._count(session, owner, memo, address, moment):
                return
            await DeletionRepository(session).begin_empty(owner, aside, moment)
        try:
            steps = _steps(rows_of(NewMemo(clock.new_id(), aside_id, moment), memo, export))
            while step := await asyncio.to_thread(next, steps, None):
                async with self._unit_of_work.write(adds=True, aside=True) as session:
                    for batch in step:
                        await ImportRepository(session).add(aside_id, batch)
            async with self._unit_of_work.write(aside=True) as session:
                await VisitorRepository(session).lock_or_create(owner, moment)
                if await _is_new(session, owner, memo):
                    await self._show(session, owner, aside_id)
                    return
        except BaseException:
            with suppress(Unavailable):
                await self._let_go(aside_id)
            raise
        await self._let_go(aside_id)

    async def _show(self, session: AsyncSession, owner: str, aside_id: str) -> None:
        if not await DeletionRepository(session).give_back(owner, aside_id, self._now()):
            raise Unavailable(text("problem.cannot_be_used"))

    async def _let_go(self, aside_id: str) -> None:
        async with self._unit_of_work.write() as session:
            await DeletionRepository(session).make_due(aside_id, self._now())

    async def _count(
        self, session: AsyncSession, owner: str, memo: CheckedMemo, address: str | None, moment: datetime
    ) -> bool:
        """Count what a memo takes; tell whether it is still to be stored."""
        since = await VisitorRepository(session).lock_or_create(owner, moment)
        if not await _is_new(session, owner, memo):
            return False
        kept = memo.split.size + MEMO_BYTES
        await self._budget.count_kept(session, StorageRequest(address, kept, since, moment))
        return True


async def _is_new(session: AsyncSession, owner: str, memo: CheckedMemo) -> bool:
    """Whether a memo is not there and may come: of two tabs that import at once, the second one asks again.

    Raises:
        TooMany: there is no more room for it.
    """
    if _known(await ImportRepository(session).memos(owner), {memo.source: memo}):
        return False
    await _refuse_more(session, owner, [memo])
    return True


async def _refuse_more(session: AsyncSession, owner: str, fresh: list[CheckedMemo]) -> None:
    """Refuse what would be more than one owner may have.

    Raises:
        TooMany: it would.
    """
    imports, new = ImportRepository(session), _Count.of(fresh)
    if len(await imports.memos(owner)) + new.memos > MOST_MEMOS:
        raise TooMany(sentence("import.too_many_memos", new=new.memos, most=MOST_MEMOS))
    if new.evaluations and await imports.count_evaluations(owner) + new.evaluations > MOST_EVALUATIONS:
        raise TooMany(sentence("import.too_many_evaluations", most=MOST_EVALUATIONS))
    if new.marks and await ReviewRepository(session).count_marks(owner) + new.marks > MOST_MARKS:
        raise TooMany(sentence("import.too_many_marks", most=MOST_MARKS))
    if new.messages and await ChatRepository(session).count(owner) + new.messages > MOST_MESSAGES_OF_OWNER:
        raise TooMany(sentence("import.too_many_messages", most=MOST_MESSAGES_OF_OWNER))


def _steps(batches: Iterator[list[Table]]) -> Iterator[list[list[Table]]]:
    """Yield as many batches at a time as a short transaction stores."""
    step: list[list[Table]] = []
    rows, characters = 0, 0
    for batch in batches:
        step.append(batch)
        rows += len(batch)
        characters += sum(len(row.text) for row in batch if isinstance(row, MemoVersion | ChatMessage))
        if rows >= _ROWS_OF_STEP or characters >= STEP_BYTES:
            yield step
            step, rows, characters = [], 0, 0
    if step:
        yield step


def _known(stored: list[StoredMemo], sources: dict[str, CheckedMemo]) -> frozenset[str]:
    """Return which of the memos are there already: imported before, or never gone and not changed since."""
    imported = {memo.source for memo in stored}
    unchanged = {(memo.created, memo.changed) for memo in stored}
    return frozenset(
        source
        for source, memo in sources.items()
        if source in imported or (memo.fields.created, memo.fields.changed) in unchanged
    )
