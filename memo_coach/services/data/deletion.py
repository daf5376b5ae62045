"""Deleting: at once out of everybody's sight, for some seconds to be had back, then gone for good.

What is deleted is set aside in the database, so that it can be had back after a reload too, and goes in its
time whoever has set it aside: this process, one that was killed meanwhile, another one. "For good" is also
said of the file: SQLite blanks what is deleted, and the log beside the file is emptied. What backups hold is
theirs, and goes when they do; a Postgres server overwrites it when it vacuums.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from memo_coach.services import clock
from memo_coach.services.errors import NotFound, ServiceError
from memo_coach.services.streaming import Broadcast
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.repositories.deletions import DeletionRepository
from memo_coach.storage.tables import Deletion

_log = structlog.get_logger(__name__)

UNDO_SECONDS: Final = 10
"""For so long what was deleted can be had back."""
_AT_ONCE: Final = 5
"""Deletions removed in one transaction, while who wants to write waits."""
_LONGEST_WAIT: Final = 60.0
"""Another process may have set something aside."""
_AGAIN_SECONDS: Final = 1.0
"""After which the log is tried again that somebody's reading kept from being emptied."""


class TooLateToUndo(ServiceError):
    """What was deleted is gone for good."""

    def __init__(self) -> None:
        super().__init__("It is too late to bring this back: it is deleted for good.")


class NothingToDelete(ServiceError):
    """The owner has nothing."""

    def __init__(self) -> None:
        super().__init__("There is nothing of yours here to delete.")


@dataclass(frozen=True, slots=True)
class DeletionView:
    """Something that was deleted and may be had back."""

    deletion_id: str
    due: datetime
    """From when on it may not."""


class DeletionService:
    """Deletes what is the owners'."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        database: Database,
        stop_work: Callable[[str], None],
        broadcast: Broadcast,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """``stop_work`` is told the id of each evaluation that is not to be judged any more."""
        self._unit_of_work = unit_of_work
        self._database = database
        self._stop_work = stop_work
        self._broadcast = broadcast
        self._now = now or clock.now
        self._wake = asyncio.Event()
        self._is_closing = False
        self._log_is_clear = False
        """Not at the start: a process may have been killed between removing something and that."""
        self._task: asyncio.Task[None] | None = None

    async def delete_memo(self, owner: str, memo_id: str) -> DeletionView:
        """Delete a memo with its draft, versions, evaluations and conversations.

        What is being judged of it is cancelled at once, and stays so where the memo is had back.

        Raises:
            NotFound: the owner has no such memo.
            Unavailable: the database cannot be used.
        """
        moment = self._now()
        deletion = _deletion(owner, moment)
        async with self._unit_of_work.write() as session:
            cancelled = await DeletionRepository(session).set_memo_aside(owner, memo_id, deletion, moment)
            if cancelled is None:
                raise NotFound
        return await self._begun(deletion, cancelled)

    async def delete_evaluation(self, owner: str, evaluation_id: str) -> DeletionView:
        """Delete one evaluation with its conversation and links; its memo stays.

        One that is being judged is cancelled at once.

        Raises:
            NotFound: the owner has no such evaluation.
            Unavailable: the database cannot be used.
        """
        moment = self._now()
        deletion = _deletion(owner, moment)
        async with self._unit_of_work.write() as session:
            deletions = DeletionRepository(session)
            cancelled = await deletions.set_evaluation_aside(owner, evaluation_id, deletion, moment)
            if cancelled is None:
                raise NotFound
        return await self._begun(deletion, [evaluation_id] if cancelled else [])

    async def delete_all(self, owner: str) -> DeletionView:
        """Delete all that is the owner's: memos, evaluations, conversations, choices.

        Raises:
            NothingToDelete: they have nothing.
            Unavailable: the database cannot be used.
        """
        moment = self._now()
        deletion = _deletion(owner, moment)
        async with self._unit_of_work.write() as session:
            cancelled = await DeletionRepository(session).set_all_aside(owner, deletion, moment)
            if cancelled is None:
                raise NothingToDelete
        return await self._begun(deletion, cancelled)

    async def undo(self, owner: str, deletion_id: str) -> None:
        """Bring back what the owner deleted.

        Raises:
            TooLateToUndo: it is gone, or never was.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.write() as session:
            if not await DeletionRepository(session).give_back(owner, deletion_id, self._now()):
                raise TooLateToUndo

    async def sweep(self) -> int:
        """Remove for good what is due; return how many deletions. Any number may do so at once."""
        removed = 0
        while True:
            async with self._database.write(aside=True) as session:
                gone = await DeletionRepository(session).remove_due(self._now(), _AT_ONCE)
            for evaluation in gone.evaluations:
                self._stop_work(evaluation)
            removed += gone.deletions
            if gone.deletions < _AT_ONCE:
                break
        if removed:
            self._log_is_clear = False
            _log.info("removed what was deleted", deletions=removed)
        if not self._log_is_clear:
            self._log_is_clear = await self._database.clear_log()
        return removed

    def start(self) -> None:
        """Begin to remove what is due, at once where it is."""
        self._task = asyncio.create_task(self._run(), name="deletions")

    async def close(self) -> None:
        """End it after what it is doing; what is not due yet goes at the next start."""
        self._is_closing = True
        self._wake.set()
        if self._task is not None:
            await asyncio.wait({self._task})

    async def begun(self, cancelled: Iterable[str]) -> None:
        """Stop the evaluations that a deletion cancelled, and look when what was set aside is due."""
        for evaluation in cancelled:
            self._stop_work(evaluation)
            await self._broadcast.announce(evaluation)
        self._wake.set()

    async def _begun(self, deletion: Deletion, cancelled: list[str]) -> DeletionView:
        await self.begun(cancelled)
        return DeletionView(deletion.id, deletion.due)

    async def _run(self) -> None:
        while not self._is_closing:
            self._wake.clear()
            seconds = await self._sweep_and_look()
            if self._is_closing:
                break
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._wake.wait()

    async def _sweep_and_look(self) -> float:
        """Remove what is due; return the seconds until there is more to do."""
        try:
            await self.sweep()
            async with self._database.read() as session:
                due = await DeletionRepository(session).next_due()
        except (SQLAlchemyError, DatabaseUnusable) as error:
            _log.error("deleted rows cannot be removed", exc_info=error)
            return _LONGEST_WAIT
        if not self._log_is_clear:
            return _AGAIN_SECONDS
        return _LONGEST_WAIT if due is None else min(_LONGEST_WAIT, (due - self._now()).total_seconds())


def _deletion(owner: str, moment: datetime) -> Deletion:
    return Deletion(id=clock.new_id(), owner=owner, due=moment + timedelta(seconds=UNDO_SECONDS))
