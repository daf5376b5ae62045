"""The queue of evaluations, as workers see it. It serves nobody in particular, so its methods take no owner.

A worker holds an evaluation by a lease that it renews. Each taking has its own ``attempt`` number, and every
write names it: a worker that was thought dead and comes back changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.ordering import by_bytes
from memo_coach.storage.tables import CommentRow, CriterionRow, Evaluation, MemoVersion


@dataclass(frozen=True, slots=True)
class Job:
    """An evaluation that a worker holds."""

    evaluation_id: str
    attempt: int
    failures: int
    text: str
    language: str
    rubric: str
    coach: str
    owner: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Expired:
    """A running evaluation whose worker has not renewed its lease."""

    evaluation_id: str
    attempt: int
    failures: int


@dataclass(frozen=True, slots=True)
class Kinds:
    """For which coaches evaluations are taken: those of these kinds, or all others."""

    kinds: tuple[str, ...]
    included: bool = True


ANY = Kinds((), included=False)
_NO_FACTS: Mapping[str, Any] = {}
_NOTHING_KNOWN: Mapping[str, Any] = {
    "spoke": None,
    "model": None,
    "fallback_from": None,
    "cached": False,
    "prompt_version": None,
    "second_opinion": None,
}
"""What an attempt finds out, before it has."""


class JobQueue:
    """The rows of evaluations as jobs."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def is_waiting(self, now: datetime, coaches: Kinds = ANY) -> bool:
        """Tell whether there is something to take for one of these coaches; reading only."""
        statement = select(col(Evaluation.id)).where(_takeable(now, coaches)).limit(1)
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def take(
        self, worker: str, now: datetime, lease_until: datetime, coaches: Kinds = ANY
    ) -> Job | None:
        """Take the evaluation that waits longest; ``None`` where none does."""
        taken = await self.take_some(worker, now, lease_until, coaches, at_most=1)
        return taken[0] if taken else None

    async def take_some(
        self, worker: str, now: datetime, lease_until: datetime, coaches: Kinds = ANY, *, at_most: int
    ) -> list[Job]:
        """Take those that wait longest; what earlier attempts left behind is thrown away."""
        statement = (
            select(col(Evaluation.id), col(Evaluation.attempt))
            .where(_takeable(now, coaches))
            .order_by(col(Evaluation.created), by_bytes(col(Evaluation.id)))
            .limit(at_most)
            # Where there are many writers, another worker takes the next ones instead of waiting for these.
            .with_for_update(skip_locked=True)
        )
        found = (await self._session.execute(statement)).all()
        taken = [each for each, attempt in found if await self._begin(each, attempt, worker, lease_until)]
        again = [each for each, attempt in found if attempt and each in taken]
        for rows in (CriterionRow, CommentRow) if again else ():
            await self._session.execute(delete(rows).where(col(rows.evaluation).in_(again)))
        return await self._jobs(taken)

    async def _begin(self, evaluation_id: str, attempt: int, worker: str, lease_until: datetime) -> bool:
        return await self._change(
            and_(
                col(Evaluation.id) == evaluation_id,
                col(Evaluation.attempt) == attempt,
                col(Evaluation.status) == "queued",
            ),
            status="running",
            attempt=attempt + 1,
            worker=worker,
            lease_until=lease_until,
            done_steps=0,
            total_steps=0,
            **_NOTHING_KNOWN,
        )

    async def renew(self, job: Job, lease_until: datetime) -> bool:
        """Renew the lease; tell whether the worker still holds the evaluation."""
        statement = (
            update(Evaluation)
            .where(_held(job.evaluation_id, job.attempt))
            .values(lease_until=lease_until)
            .returning(col(Evaluation.id))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def renew_all(self, worker: str, lease_until: datetime) -> set[tuple[str, int]]:
        """Renew all leases of a worker; give the ids and attempts of the evaluations that it still holds."""
        statement = (
            update(Evaluation)
            .where(col(Evaluation.status) == "running", col(Evaluation.worker) == worker)
            .values(lease_until=lease_until)
            .returning(col(Evaluation.id), col(Evaluation.attempt))
        )
        return {(row[0], row[1]) for row in await self._session.execute(statement)}

    async def record(
        self,
        job: Job,
        rows: Sequence[CriterionRow | CommentRow],
        *,
        done_steps: int,
        total_steps: int,
        facts: Mapping[str, Any] = _NO_FACTS,
    ) -> bool:
        """Store what has come so far; tell whether the worker still holds the evaluation.

        ``facts`` are columns of the evaluation, such as who spoke.
        """
        return await self._store(job, rows, {"done_steps": done_steps, "total_steps": total_steps, **facts})

    async def finish(
        self,
        job: Job,
        rows: Sequence[CriterionRow | CommentRow],
        *,
        now: datetime,
        rubric_version: str,
        overall: dict[str, Any],
        score: float | None,
        seconds: float,
        total_steps: int,
        facts: Mapping[str, Any] = _NO_FACTS,
    ) -> bool:
        """Store the rest and finish; tell whether the worker still held the evaluation."""
        return await self._store(
            job,
            rows,
            {
                "status": "done",
                "finished": now,
                "lease_until": None,
                "worker": None,
                "rubric_version": rubric_version,
                "overall": overall,
                "score": score,
                "seconds": seconds,
                "done_steps": total_steps,
                "total_steps": total_steps,
                **facts,
            },
        )

    async def fail(
        self, evaluation_id: str, attempt: int, *, now: datetime, failures: int, error: str
    ) -> bool:
        """End an evaluation with a sentence for the person; tell whether the attempt was the current one."""
        return await self._change(
            _held(evaluation_id, attempt),
            status="failed",
            finished=now,
            lease_until=None,
            worker=None,
            failures=failures,
            error=error,
        )

    async def give_back(
        self, evaluation_id: str, attempt: int, *, failures: int, not_before: datetime | None
    ) -> bool:
        """Put an evaluation back into the queue; tell whether the attempt was still the current one."""
        return await self._change(
            _held(evaluation_id, attempt),
            status="queued",
            worker=None,
            failures=failures,
            lease_until=not_before,
        )

    async def expired(self, now: datetime) -> list[Expired]:
        """List the running evaluations whose worker counts as dead."""
        statement = select(col(Evaluation.id), col(Evaluation.attempt), col(Evaluation.failures)).where(
            col(Evaluation.status) == "running", col(Evaluation.lease_until) < now
        )
        return [Expired(*row) for row in await self._session.execute(statement)]

    async def _jobs(self, evaluation_ids: Sequence[str]) -> list[Job]:
        if not evaluation_ids:
            return []
        statement = (
            select(
                col(Evaluation.id),
                col(Evaluation.attempt),
                col(Evaluation.failures),
                col(MemoVersion.text),
                col(MemoVersion.language),
                col(Evaluation.rubric),
                col(Evaluation.coach),
                col(Evaluation.owner),
                col(Evaluation.address),
            )
            .join(
                MemoVersion,
                and_(
                    col(MemoVersion.memo) == col(Evaluation.memo),
                    col(MemoVersion.number) == col(Evaluation.version),
                ),
            )
            .where(col(Evaluation.id).in_(evaluation_ids))
            .order_by(col(Evaluation.created), by_bytes(col(Evaluation.id)))
        )
        return [Job(*row) for row in await self._session.execute(statement)]

    async def _store(
        self, job: Job, rows: Sequence[CriterionRow | CommentRow], values: dict[str, Any]
    ) -> bool:
        # The guarded change comes first: it locks the row, so that nothing is added to a lost evaluation.
        if not await self._change(_held(job.evaluation_id, job.attempt), **values):
            return False
        self._session.add_all(rows)
        await self._session.flush()
        return True

    async def _change(self, where: ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401 - columns
        statement = (
            update(Evaluation)
            .where(where)
            .values(**values, changes=col(Evaluation.changes) + 1)
            .returning(col(Evaluation.id))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None


def _takeable(now: datetime, coaches: Kinds) -> ColumnElement[bool]:
    lease, coach = col(Evaluation.lease_until), col(Evaluation.coach)
    which = coach.in_(coaches.kinds) if coaches.included else coach.not_in(coaches.kinds)
    return and_(col(Evaluation.status) == "queued", or_(lease.is_(None), lease <= now), which)


def _held(evaluation_id: str, attempt: int) -> ColumnElement[bool]:
    return and_(
        col(Evaluation.id) == evaluation_id,
        col(Evaluation.attempt) == attempt,
        col(Evaluation.status) == "running",
    )
