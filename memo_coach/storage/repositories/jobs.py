"""The queue of evaluations, as workers see it. It serves nobody in particular, so its methods take no owner.

A worker holds an evaluation by a lease that it renews. Each taking has its own ``attempt`` number, and every
write names it: a worker that was thought dead and comes back changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.repositories.webhook_deliveries import queue_deliveries
from memo_coach.storage.tables import CommentRow, CriterionRow, Evaluation, MemoVersion, Webhook
from memo_coach.storage.tables.base import table_of


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
    has_webhooks: bool = False
    """Whether its owner wants an address told of its end, as it was when it was taken."""
    asked: datetime | None = None
    """When its writer asked for it."""


@dataclass(slots=True)
class NewRows:
    """What a coach has said and is not stored yet, as values by the names of the columns.

    Making a row of each would take longer than storing all of them.
    """

    criteria: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Expired:
    """A running evaluation whose worker has not renewed its lease."""

    evaluation_id: str
    attempt: int
    failures: int
    worker: str | None


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """What there is, and will be, for a worker to do."""

    waiting: int
    """Evaluations that may be taken at any time."""
    waits_until: datetime | None
    """The earliest moment at which one that was given back may be taken again."""
    lease_ends: datetime | None
    """The earliest end of a lease that is not renewed by then."""
    others: int
    """Evaluations that are queued, or run in another process."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which evaluations are taken: those for coaches of these kinds, or all others; and how long ones."""

    kinds: tuple[str, ...]
    included: bool = True
    longest: int | None = None
    """Characters of the longest text that is taken; ``None`` where any is."""


ANY = JobFilter((), included=False)
_NO_COLUMNS: Mapping[str, Any] = {}
_NOTHING_KNOWN: Mapping[str, Any] = {
    "judged_by": None,
    "model": None,
    "fallback_from": None,
    "cached": False,
    "prompt_version": None,
    "second_opinion": None,
}
"""What an attempt finds out, before it has."""

# These run several times for each evaluation. Making a statement takes longer than running it, so they are
# made once; what a change sets is given with it.
_ROWS = table_of(Evaluation)
_INSERT_CRITERIA = insert(table_of(CriterionRow))
_INSERT_COMMENTS = insert(table_of(CommentRow))


def _of_attempt(status: str) -> Update:
    return (
        update(_ROWS)
        .where(
            _ROWS.c.id == bindparam("held_id"),
            _ROWS.c.attempt == bindparam("held_attempt"),
            _ROWS.c.status == status,
        )
        .returning(_ROWS.c.changes)
    )


_TEXTS = table_of(MemoVersion)
# Those that an older version has queued are due as they came.
_DUE = func.coalesce(_ROWS.c.due, _ROWS.c.created)
_JOBS = (
    select(
        _ROWS.c.id,
        _ROWS.c.attempt,
        _ROWS.c.failures,
        _TEXTS.c.text,
        _TEXTS.c.language,
        _ROWS.c.rubric,
        _ROWS.c.coach,
        _ROWS.c.owner,
        _ROWS.c.address,
        # Most have none, and nothing is to be done about it when it ends.
        _ROWS.c.owner.in_(select(table_of(Webhook).c.owner)),
        _ROWS.c.created,
    )
    .join(_TEXTS, and_(_TEXTS.c.memo == _ROWS.c.memo, _TEXTS.c.number == _ROWS.c.version))
    .where(_ROWS.c.id.in_(bindparam("these", expanding=True)))
    .order_by(_DUE, by_bytes(_ROWS.c.id))
)
_RENEW = _of_attempt("running")
_CHANGE_HELD = _RENEW.values(changes=_ROWS.c.changes + 1)
_CHANGE_QUEUED = _of_attempt("queued").values(changes=_ROWS.c.changes + 1)


_QUEUED, _RUNNING = _ROWS.c.status == "queued", _ROWS.c.status == "running"
_OUTLOOK = select(
    func.count(case((and_(_QUEUED, _ROWS.c.lease_until.is_(None)), 1))),
    func.min(case((_QUEUED, _ROWS.c.lease_until))),
    func.min(case((_RUNNING, _ROWS.c.lease_until))),
    func.count(case((or_(_QUEUED, _ROWS.c.worker != bindparam("this_worker")), 1))),
).where(_ROWS.c.status.in_(("queued", "running")))


class JobQueue:
    """The rows of evaluations as jobs."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def queue_status(self, worker: str) -> QueueStatus:
        """Tell what there is for a worker to do, and when there will be something; reading only."""
        found = await self._session.execute(_OUTLOOK, {"this_worker": worker})
        return QueueStatus(*found.one())

    async def take(
        self, worker: str, now: datetime, lease_until: datetime, coaches: JobFilter = ANY
    ) -> Job | None:
        """Take the evaluation that is due first; ``None`` where none waits."""
        taken = await self.take_some(worker, now, lease_until, coaches, at_most=1)
        return taken[0] if taken else None

    async def take_some(
        self, worker: str, now: datetime, lease_until: datetime, coaches: JobFilter = ANY, *, at_most: int
    ) -> list[Job]:
        """Take those that are due first; what earlier attempts left behind is thrown away."""
        statement = (
            select(col(Evaluation.id), col(Evaluation.attempt))
            .where(_takeable(now, coaches))
            .order_by(_DUE, by_bytes(col(Evaluation.id)))
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
            _CHANGE_QUEUED,
            evaluation_id,
            attempt,
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
        return await self._change(_RENEW, job.evaluation_id, job.attempt, lease_until=lease_until)

    async def renew_all(
        self, worker: str, lease_until: datetime, evaluation_ids: Sequence[str]
    ) -> set[tuple[str, int]]:
        """Renew a worker's leases; give the ids and attempts of the evaluations that it still holds.

        They are named: one that it was given and does not know of would be kept from everybody for ever.
        """
        statement = (
            update(Evaluation)
            .where(
                col(Evaluation.status) == "running",
                col(Evaluation.worker) == worker,
                col(Evaluation.id).in_(evaluation_ids),
            )
            .values(lease_until=lease_until)
            .returning(col(Evaluation.id), col(Evaluation.attempt))
        )
        return {(row[0], row[1]) for row in await self._session.execute(statement)}

    async def record(
        self,
        job: Job,
        rows: NewRows,
        *,
        done_steps: int,
        total_steps: int,
        columns: Mapping[str, Any] = _NO_COLUMNS,
    ) -> bool:
        """Store what has come so far; tell whether the worker still holds the evaluation.

        ``columns`` are columns of the evaluation, such as who judged.
        """
        values = {"done_steps": done_steps, "total_steps": total_steps, **columns}
        return await self._store(job, rows, values) is not None

    async def finish(
        self,
        job: Job,
        rows: NewRows,
        *,
        now: datetime,
        rubric_version: str,
        overall: dict[str, Any],
        score: float | None,
        seconds: float,
        total_steps: int,
        columns: Mapping[str, Any] = _NO_COLUMNS,
    ) -> int | None:
        """Store the rest and finish; give the number of changes, or ``None`` where it was held no more."""
        changes = await self._store(
            job,
            rows,
            {
                "status": "done",
                "finished": now,
                "lease_until": None,
                "worker": None,
                "address": None,
                "rubric_version": rubric_version,
                "overall": overall,
                "score": score,
                "seconds": seconds,
                "done_steps": total_steps,
                "total_steps": total_steps,
                **columns,
            },
        )
        if changes is not None and job.has_webhooks:
            await queue_deliveries(self._session, job.evaluation_id, now)
        return changes

    async def fail(
        self, evaluation_id: str, attempt: int, *, now: datetime, failures: int, error: str
    ) -> bool:
        """End an evaluation with a sentence for the person; tell whether the attempt was the current one."""
        was_current = await self._change(
            _CHANGE_HELD,
            evaluation_id,
            attempt,
            status="failed",
            finished=now,
            lease_until=None,
            worker=None,
            address=None,
            failures=failures,
            error=error,
        )
        if was_current:
            await queue_deliveries(self._session, evaluation_id, now)
        return was_current

    async def requeue(
        self, evaluation_id: str, attempt: int, *, failures: int, not_before: datetime | None
    ) -> bool:
        """Put an evaluation back into the queue; tell whether the attempt was still the current one."""
        return await self._change(
            _CHANGE_HELD,
            evaluation_id,
            attempt,
            status="queued",
            worker=None,
            failures=failures,
            lease_until=not_before,
        )

    async def expired(self, now: datetime) -> list[Expired]:
        """List the running evaluations whose worker counts as dead."""
        statement = select(
            col(Evaluation.id), col(Evaluation.attempt), col(Evaluation.failures), col(Evaluation.worker)
        ).where(col(Evaluation.status) == "running", col(Evaluation.lease_until) < now)
        return [Expired(*row) for row in await self._session.execute(statement)]

    async def _jobs(self, evaluation_ids: Sequence[str]) -> list[Job]:
        if not evaluation_ids:
            return []
        found = await self._session.execute(_JOBS, {"these": evaluation_ids})
        return [Job(*tuple(row)) for row in found]

    async def _store(self, job: Job, rows: NewRows, values: dict[str, Any]) -> int | None:
        # The guarded change comes first: it locks the row, so that nothing is added to a lost evaluation.
        changes = await self._changes(_CHANGE_HELD, job.evaluation_id, job.attempt, **values)
        if changes is None:
            return None
        for statement, found in ((_INSERT_CRITERIA, rows.criteria), (_INSERT_COMMENTS, rows.comments)):
            if found:
                await self._session.execute(statement, found)
        return changes

    async def _change(self, statement: Update, evaluation_id: str, attempt: int, /, **values: Any) -> bool:  # noqa: ANN401
        return await self._changes(statement, evaluation_id, attempt, **values) is not None

    async def _changes(
        self,
        statement: Update,
        evaluation_id: str,
        attempt: int,
        /,
        **values: Any,  # noqa: ANN401
    ) -> int | None:
        """Make a guarded change; give the number of changes, or ``None`` where it was not to be made."""
        given = {"held_id": evaluation_id, "held_attempt": attempt, **values}
        return (await self._session.execute(statement, given)).scalar_one_or_none()


def _takeable(now: datetime, coaches: JobFilter) -> ColumnElement[bool]:
    lease, coach = col(Evaluation.lease_until), col(Evaluation.coach)
    which = coach.in_(coaches.kinds) if coaches.included else coach.not_in(coaches.kinds)
    taken = [col(Evaluation.status) == "queued", or_(lease.is_(None), lease <= now), which]
    if coaches.longest is not None:
        taken.append(col(Evaluation.characters) <= coaches.longest)
    return and_(*taken)
