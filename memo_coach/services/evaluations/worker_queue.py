"""What a process asks and tells the queue in the database, each in a transaction of its own."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from memo_coach.services.evaluations.queue_poller import Clock
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.repositories.jobs import Expired, Job, JobFilter, JobQueue, QueueStatus

DATABASE_FAULTS = (SQLAlchemyError, DatabaseUnusable)
"""They may pass, and are no coach's fault."""


class WorkerQueue:
    """The queue, under the name that this process takes its evaluations by."""

    def __init__(self, database: Database, clock: Clock, *, lease: float) -> None:
        """``lease`` is for how many seconds what is taken is this process's."""
        self.database = database
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._clock = clock
        self._lease = timedelta(seconds=lease)

    async def status(self) -> QueueStatus:
        """Return what is in the queue."""
        async with self.database.read() as session:
            return await JobQueue(session).queue_status(self.name)

    async def expired(self) -> Sequence[Expired]:
        """Return the evaluations whose leases have run out."""
        async with self.database.read() as session:
            return await JobQueue(session).expired(self._clock.now())

    async def take(self, wanted: Iterable[tuple[JobFilter, int]]) -> list[list[Job]]:
        """Take of each kind of evaluations so many at most, all in one transaction."""
        moment = self._clock.now()
        async with self.database.write() as session:
            return [
                await JobQueue(session).take_some(
                    self.name, moment, moment + self._lease, kinds, at_most=at_most
                )
                for kinds, at_most in wanted
            ]

    async def renew(self, evaluations: Iterable[str]) -> set[tuple[str, int]]:
        """Renew the leases of evaluations; return those still held here, with their attempts."""
        async with self.database.write() as session:
            return await JobQueue(session).renew_all(
                self.name, self._clock.now() + self._lease, list(evaluations)
            )

    async def requeue(
        self, evaluation_id: str, attempt: int, *, failures: int, not_before: datetime | None
    ) -> None:
        """Put an evaluation back; where its attempt is over, this changes nothing."""
        async with self.database.write() as session:
            await JobQueue(session).requeue(evaluation_id, attempt, failures=failures, not_before=not_before)

    async def fail(self, evaluation_id: str, attempt: int, *, failures: int, error: str) -> bool:
        """End an evaluation with a sentence for its writer; tell whether it was the current attempt."""
        async with self.database.write() as session:
            return await JobQueue(session).fail(
                evaluation_id, attempt, now=self._clock.now(), failures=failures, error=error
            )
