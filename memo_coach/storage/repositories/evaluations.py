"""Evaluations as their owner sees them. Every method takes the owner and sees nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.repositories.ownership import OWNER, owned
from memo_coach.storage.tables import CommentRow, CriterionRow, Evaluation, Memo, MemoVersion
from memo_coach.storage.tables.base import table_of, values_of

UNFINISHED = ("queued", "running")


@dataclass(frozen=True, slots=True)
class StoredEvaluation:
    """An evaluation with all that belongs to it."""

    evaluation: Evaluation
    version: MemoVersion
    title: str
    criteria: Sequence[CriterionRow]
    comments: Sequence[CommentRow]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is queued or running for an owner, and near them: for their address. Texts in characters."""

    own: int
    own_characters: int
    near: int
    near_characters: int


@dataclass(frozen=True, slots=True)
class ExistingWork:
    """What an owner has already, and what there is to do before the next one of theirs."""

    duplicate: str | None
    """An unfinished evaluation of the same text by the same coach with the same rubric."""
    stored: int
    """The evaluations of the owner."""
    backlog: Backlog


@dataclass(frozen=True, slots=True)
class EvaluationLine:
    """What a list shows of an evaluation."""

    id: str
    memo: str
    version: int
    status: str
    rubric: str
    score: float | None
    created: datetime


@dataclass(frozen=True, slots=True)
class FinishedLine:
    """What the progress of a memo shows of an evaluation."""

    id: str
    version: int
    created: datetime
    rubric: str
    model: str | None
    """The model that judged; ``None`` for the built-in coach."""
    score: float | None


def _own(owner: str, evaluation_id: str) -> ColumnElement[bool]:
    return and_(col(Evaluation.id) == evaluation_id, owned(col(Evaluation.owner), owner))


def _parameters(owner: str, evaluation_id: str) -> dict[str, str]:
    return {OWNER: owner, "own_id": evaluation_id}


# A follower reads these again and again. Making a statement takes longer than running it.
_ROWS = table_of(Evaluation)
_THIS = and_(col(Evaluation.id) == bindparam("own_id"), owned(col(Evaluation.owner)))
_INSERT = insert(_ROWS)
_GET = select(Evaluation).where(_THIS)
_NEWS = select(_ROWS.c.status, _ROWS.c.changes).where(_ROWS.c.id == bindparam("own_id"), owned(_ROWS.c.owner))
_WHOLE = (
    select(Evaluation, MemoVersion, col(Memo.title))
    .join(
        MemoVersion,
        and_(
            col(MemoVersion.memo) == col(Evaluation.memo),
            col(MemoVersion.number) == col(Evaluation.version),
        ),
    )
    .join(Memo, col(Memo.id) == col(Evaluation.memo))
    .where(_THIS)
)
_CRITERIA = (
    select(CriterionRow)
    .join(Evaluation, col(Evaluation.id) == col(CriterionRow.evaluation))
    .where(_THIS)
    .order_by(col(CriterionRow.position))
)
_COMMENTS = (
    select(CommentRow)
    .join(Evaluation, col(Evaluation.id) == col(CommentRow.evaluation))
    .where(_THIS)
    .order_by(col(CommentRow.kind).desc(), col(CommentRow.rank), by_bytes(col(CommentRow.id)))
)
_CACHED = (
    select(_ROWS.c.id)
    .where(
        owned(_ROWS.c.owner),
        _ROWS.c.cache_key == bindparam("key"),
        _ROWS.c.status == "done",
    )
    .order_by(_ROWS.c.created.desc(), by_bytes(col(Evaluation.id)))
    .limit(1)
)
_OWN_ONE = owned(_ROWS.c.owner)
_IS_UNFINISHED = _ROWS.c.status.in_(UNFINISHED)
_OWN_UNFINISHED = and_(_IS_UNFINISHED, _OWN_ONE)
_NEAR_UNFINISHED = and_(_IS_UNFINISHED, _ROWS.c.address == bindparam("near_address"))
_IS_TWIN = and_(
    _OWN_UNFINISHED,
    _ROWS.c.memo == bindparam("of_memo"),
    _ROWS.c.version == bindparam("of_version"),
    _ROWS.c.rubric == bindparam("by_rubric"),
    _ROWS.c.coach == bindparam("by_coach"),
)
_STANDING = select(
    func.min(case((_IS_TWIN, _ROWS.c.id))),
    func.count(case((_OWN_ONE, 1))),
    func.count(case((_OWN_UNFINISHED, 1))),
    func.coalesce(func.sum(case((_OWN_UNFINISHED, _ROWS.c.characters))), 0),
    func.count(case((_NEAR_UNFINISHED, 1))),
    func.coalesce(func.sum(case((_NEAR_UNFINISHED, _ROWS.c.characters))), 0),
).where(or_(_OWN_ONE, _NEAR_UNFINISHED))


class EvaluationRepository:
    """The rows of evaluations, their criteria and comments."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, owner: str, evaluation_id: str) -> Evaluation | None:
        """Find an evaluation, without what belongs to it."""
        found = await self._session.execute(_GET, _parameters(owner, evaluation_id))
        return found.scalar_one_or_none()

    async def whole(
        self, owner: str, evaluation_id: str, *, attempt_in_memory: int | None = None
    ) -> StoredEvaluation | None:
        """Find an evaluation with its memo's text, criteria and comments.

        Criteria and comments are left out while ``attempt_in_memory`` is at it: what that has said is known.
        """
        parameters = _parameters(owner, evaluation_id)
        row = (await self._session.execute(_WHOLE, parameters)).one_or_none()
        if row is None:
            return None
        if row[0].status == "queued" and row[0].attempt == 0:
            return StoredEvaluation(row[0], row[1], row[2], (), ())  # no coach has said anything yet
        if (row[0].status, row[0].attempt) == ("running", attempt_in_memory):
            return StoredEvaluation(row[0], row[1], row[2], (), ())
        criteria = await self._session.execute(_CRITERIA, parameters)
        comments = await self._session.execute(_COMMENTS, parameters)
        return StoredEvaluation(row[0], row[1], row[2], criteria.scalars().all(), comments.scalars().all())

    async def comments(self, owner: str, evaluation_id: str) -> Sequence[CommentRow]:
        """Return the comments of an evaluation."""
        found = await self._session.execute(_COMMENTS, _parameters(owner, evaluation_id))
        return found.scalars().all()

    async def with_cache_key(self, owner: str, cache_key: str) -> str | None:
        """Find the owner's newest finished evaluation that was made from the same."""
        found = await self._session.execute(_CACHED, {OWNER: owner, "key": cache_key})
        return found.scalar_one_or_none()

    async def news(self, owner: str, evaluation_id: str) -> tuple[str, int] | None:
        """Return status and number of changes, which tell whether it is worth reading the whole again."""
        row = (await self._session.execute(_NEWS, _parameters(owner, evaluation_id))).one_or_none()
        return None if row is None else (row[0], row[1])

    async def existing(
        self, owner: str, *, memo_id: str, version: int, rubric: str, coach: str, address: str | None
    ) -> ExistingWork:
        """Tell what an owner has already, before one more of a text by a coach with a rubric is added.

        What is near them is found by an address's mark. The caller has locked the owner, as
        ``VisitorRepository.lock_or_create`` does: where there is none like it, it adds one, nobody else does.
        """
        asked = {"of_memo": memo_id, "of_version": version, "by_rubric": rubric, "by_coach": coach}
        found = await self._session.execute(_STANDING, {OWNER: owner, "near_address": address, **asked})
        duplicate, stored, *backlog = found.one()
        return ExistingWork(duplicate, stored, Backlog(*backlog))

    async def add(self, owner: str, evaluation: Evaluation) -> None:
        """Store a new evaluation."""
        evaluation.owner = owner
        await self._session.execute(_INSERT, values_of(evaluation))

    async def cancel(self, owner: str, evaluation_id: str, now: datetime) -> bool:
        """Cancel an evaluation; tell whether it was still to be cancelled."""
        return bool(await self._cancel(_own(owner, evaluation_id), now))

    async def cancel_all(self, owner: str, now: datetime, memo_id: str | None = None) -> list[str]:
        """Cancel what is still to be judged of an owner, or of one memo of theirs; return the ids."""
        which = owned(col(Evaluation.owner), owner)
        if memo_id is not None:
            which = and_(which, col(Evaluation.memo) == memo_id)
        return await self._cancel(which, now)

    async def _cancel(self, which: ColumnElement[bool], now: datetime) -> list[str]:
        statement = (
            update(Evaluation)
            .where(which, col(Evaluation.status).in_(UNFINISHED))
            .values(
                status="cancelled",
                finished=now,
                lease_until=None,
                worker=None,
                address=None,
                changes=col(Evaluation.changes) + 1,
            )
            .returning(col(Evaluation.id))
        )
        return list((await self._session.execute(statement)).scalars())

    async def lines_of(self, owner: str, memo_ids: Sequence[str]) -> list[EvaluationLine]:
        """List the evaluations of memos, the newest first."""
        statement = (
            select(
                col(Evaluation.id),
                col(Evaluation.memo),
                col(Evaluation.version),
                col(Evaluation.status),
                col(Evaluation.rubric),
                col(Evaluation.score),
                col(Evaluation.created),
            )
            .where(owned(col(Evaluation.owner), owner), col(Evaluation.memo).in_(memo_ids))
            .order_by(col(Evaluation.created).desc(), by_bytes(col(Evaluation.id)))
        )
        return [EvaluationLine(*row) for row in await self._session.execute(statement)]

    async def latest(
        self, owner: str, most: int, behind: tuple[datetime, str] | None = None, memo_id: str | None = None
    ) -> list[EvaluationLine]:
        """List the owner's evaluations, of all memos or of one, the newest first.

        ``behind`` is when an evaluation was made, and its id: those that come after it in this order.
        """
        made, place = col(Evaluation.created), by_bytes(col(Evaluation.id))
        statement = (
            select(
                col(Evaluation.id),
                col(Evaluation.memo),
                col(Evaluation.version),
                col(Evaluation.status),
                col(Evaluation.rubric),
                col(Evaluation.score),
                made,
            )
            .where(owned(col(Evaluation.owner), owner))
            .order_by(made.desc(), place)
            .limit(most)
        )
        if memo_id is not None:
            statement = statement.where(col(Evaluation.memo) == memo_id)
        if behind is not None:
            moment, evaluation_id = behind
            statement = statement.where(or_(made < moment, and_(made == moment, place > evaluation_id)))
        return [EvaluationLine(*row) for row in await self._session.execute(statement)]

    async def newest_by_rubric(self, owner: str, rubric: str, most: int) -> list[str]:
        """Return the ids of the owner's newest evaluations by a rubric that are done."""
        statement = (
            select(col(Evaluation.id))
            .where(
                owned(col(Evaluation.owner), owner),
                col(Evaluation.rubric) == rubric,
                col(Evaluation.status) == "done",
            )
            .order_by(col(Evaluation.created).desc(), by_bytes(col(Evaluation.id)))
            .limit(most)
        )
        return list((await self._session.execute(statement)).scalars())

    async def finished_of(self, owner: str, memo_id: str, most: int) -> list[FinishedLine]:
        """List the evaluations of a memo that are done, the newest first, ``most`` at most."""
        statement = (
            select(
                col(Evaluation.id),
                col(Evaluation.version),
                col(Evaluation.created),
                col(Evaluation.rubric),
                col(Evaluation.model),
                col(Evaluation.score),
            )
            .where(
                owned(col(Evaluation.owner), owner),
                col(Evaluation.memo) == memo_id,
                col(Evaluation.status) == "done",
            )
            .order_by(col(Evaluation.created).desc(), by_bytes(col(Evaluation.id)))
            .limit(most)
        )
        return [FinishedLine(*row) for row in await self._session.execute(statement)]
