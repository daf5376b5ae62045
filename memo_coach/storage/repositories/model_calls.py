"""Calls to models, what was said in them, and what the installation spends on them in a day.

Whoever changes several of these rows does so in one order, so that nobody waits for somebody who waits for
them: the visitor, the evaluation, the call, its text, the day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.repositories.ownership import OWNER, owned
from memo_coach.storage.tables import Evaluation, ModelCall, ModelCallText, Spending, Visitor
from memo_coach.storage.tables.base import table_of, values_of

MICRO = 1_000_000
"""So many of the units that accounts are kept in are a US dollar."""


@dataclass(frozen=True, slots=True)
class EndedCall:
    """What was noted of a call before it was made."""

    model: str
    purpose: str
    day: str
    reserved_micro_usd: int


@dataclass(frozen=True, slots=True)
class CallSums:
    """What several calls took, all together."""

    prompt_tokens: int
    completion_tokens: int
    micro_usd: int


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call with what was said in it, where that was kept."""

    call: ModelCall
    text: ModelCallText | None


# Each call runs these. Making a statement takes longer than running it, so they are made once.
_CALLS, _TEXTS, _DAYS = table_of(ModelCall), table_of(ModelCallText), table_of(Spending)
_VISITORS, _EVALUATIONS = table_of(Visitor), table_of(Evaluation)
_HOLD_VISITOR = select(_VISITORS.c.id).where(owned(_VISITORS.c.id)).with_for_update(read=True, key_share=True)
_HOLD_EVALUATION = (
    select(_EVALUATIONS.c.id)
    .where(_EVALUATIONS.c.id == bindparam("own_id"), owned(_EVALUATIONS.c.owner))
    .with_for_update(read=True, key_share=True)
)
_INSERT_CALL, _INSERT_TEXT = insert(_CALLS), insert(_TEXTS)
_END = (
    update(_CALLS)
    .where(_CALLS.c.id == bindparam("ended_call"), _CALLS.c.status == "reserved")
    .returning(_CALLS.c.model, _CALLS.c.purpose, _CALLS.c.day, _CALLS.c.reserved_micro_usd)
)
_KEEP_RESPONSE = update(_TEXTS).where(_TEXTS.c.call == bindparam("ended_call"))
_OPEN_ON_POSTGRES = postgresql.insert(_DAYS).on_conflict_do_nothing()
_OPEN_ON_SQLITE = sqlite.insert(_DAYS).on_conflict_do_nothing()
_AMOUNT, _BUDGET, _FREED, _SPENT = (
    bindparam(name, type_=BigInteger) for name in ("amount", "budget", "freed", "spent")
)
_SET_ASIDE = (
    update(_DAYS)
    .where(
        _DAYS.c.day == bindparam("of_day"),
        _DAYS.c.reserved_micro_usd + _DAYS.c.spent_micro_usd + _AMOUNT <= _BUDGET,
    )
    .values(reserved_micro_usd=_DAYS.c.reserved_micro_usd + _AMOUNT)
    .returning(_DAYS.c.day)
)
_CHARGE = (
    update(_DAYS)
    .where(_DAYS.c.day == bindparam("of_day"))
    .values(
        reserved_micro_usd=_DAYS.c.reserved_micro_usd - _FREED,
        spent_micro_usd=_DAYS.c.spent_micro_usd + _SPENT,
    )
    .returning(_DAYS.c.day)
)


def _ended() -> tuple[Any, ...]:
    return (
        col(ModelCall.model),
        col(ModelCall.purpose),
        col(ModelCall.day),
        col(ModelCall.reserved_micro_usd),
    )


def _under_way(call_id: str) -> ColumnElement[bool]:
    return and_(col(ModelCall.id) == call_id, col(ModelCall.status) == "reserved")


class ModelCallRepository:
    """The rows of calls and their texts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def hold(self, owner: str | None, evaluation_id: str | None) -> tuple[str | None, str | None]:
        """Return those of the two that there still are, and let nobody delete them in this transaction.

        An evaluation of somebody else's is none.
        """
        if owner is None:
            return None, None
        found_owner = await self._held(_HOLD_VISITOR, {OWNER: owner})
        if found_owner is None or evaluation_id is None:
            return found_owner, None
        return found_owner, await self._held(_HOLD_EVALUATION, {OWNER: owner, "own_id": evaluation_id})

    async def add(self, call: ModelCall, prompt: Sequence[Mapping[str, str]] | None) -> None:
        """Store a call that is about to be made; ``prompt`` where its texts are kept.

        Texts belong to an evaluation and go with it: without one there is nothing to keep them for.
        """
        await self._session.execute(_INSERT_CALL, values_of(call))
        if prompt is not None and call.evaluation is not None:
            text = ModelCallText(
                call=call.id, evaluation=call.evaluation, prompt=[dict(message) for message in prompt]
            )
            await self._session.execute(_INSERT_TEXT, values_of(text))

    async def end(self, call_id: str, values: Mapping[str, Any], response: str | None) -> EndedCall | None:
        """Note how a call ended, once: ``None`` where that was noted already, or there is no such call.

        ``response`` is kept where the prompt was, and still is.
        """
        row = (await self._session.execute(_END, {"ended_call": call_id, **values})).one_or_none()
        if row is None:
            return None
        if response is not None:
            await self._session.execute(_KEEP_RESPONSE, {"ended_call": call_id, "response": response})
        return EndedCall(*row)

    async def take_back(self, call_id: str) -> EndedCall | None:
        """Remove a call that was not made after all; ``None`` where none is still to be made."""
        statement = delete(ModelCall).where(_under_way(call_id)).returning(*_ended())
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else EndedCall(*row)

    async def lose(self, begun_before: datetime, now: datetime) -> list[EndedCall]:
        """Note as lost what nobody has ended, with all that it could cost; each is given to one who asks."""
        overdue = (
            select(col(ModelCall.id))
            .where(col(ModelCall.status) == "reserved", col(ModelCall.created) < begun_before)
            .order_by(by_bytes(col(ModelCall.id)))
            # What another process is just ending needs nobody else.
            .with_for_update(skip_locked=True)
        )
        found = (await self._session.execute(overdue)).scalars().all()
        if not found:
            return []
        statement = (
            update(ModelCall)
            .where(col(ModelCall.id).in_(found), col(ModelCall.status) == "reserved")
            .values(status="lost", micro_usd=col(ModelCall.reserved_micro_usd), settled=now)
            .returning(*_ended())
        )
        return [EndedCall(*row) for row in await self._session.execute(statement)]

    async def sums(
        self, owner: str, evaluation_ids: Collection[str], purposes: Collection[str]
    ) -> dict[str, CallSums]:
        """Add up the owner's calls for evaluations that have ended; one without a call is not among them."""
        statement = (
            select(
                col(ModelCall.evaluation),
                func.sum(col(ModelCall.prompt_tokens)),
                func.sum(col(ModelCall.completion_tokens)),
                func.sum(col(ModelCall.micro_usd)),
            )
            .where(
                owned(col(ModelCall.owner), owner),
                col(ModelCall.evaluation).in_(evaluation_ids),
                col(ModelCall.purpose).in_(purposes),
                col(ModelCall.status) != "reserved",
            )
            .group_by(col(ModelCall.evaluation))
        )
        found = await self._session.execute(statement)
        # Postgres adds up whole numbers to a decimal one.
        return {str(row[0]): CallSums(int(row[1]), int(row[2]), int(row[3])) for row in found}

    async def charged(self, owner: str, day: str) -> int:
        """Return what an owner's calls are charged to a day, those under way with all they could cost."""
        amount = case(
            (col(ModelCall.status) == "reserved", col(ModelCall.reserved_micro_usd)),
            else_=col(ModelCall.micro_usd),
        )
        statement = select(func.coalesce(func.sum(amount), 0)).where(
            owned(col(ModelCall.owner), owner), col(ModelCall.day) == day
        )
        return int((await self._session.execute(statement)).scalar_one())

    async def of_evaluation(self, owner: str, evaluation_id: str) -> list[StoredCall]:
        """List the calls for an evaluation of the owner's, the oldest first."""
        statement = (
            select(ModelCall, ModelCallText)
            .join(Evaluation, col(Evaluation.id) == col(ModelCall.evaluation))
            .outerjoin(ModelCallText, col(ModelCallText.call) == col(ModelCall.id))
            .where(col(Evaluation.id) == evaluation_id, owned(col(Evaluation.owner), owner))
            .order_by(col(ModelCall.created), by_bytes(col(ModelCall.id)))
        )
        return [StoredCall(row[0], row[1]) for row in await self._session.execute(statement)]

    async def _held(self, statement: Select[str], parameters: dict[str, str]) -> str | None:
        return (await self._session.execute(statement, parameters)).scalar_one_or_none()


class SpendingRepository:
    """The rows of days. They belong to the installation, so these methods take no owner."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_day(self, day: str) -> tuple[int, int]:
        """Return what is reserved and what is spent on a day, in millionths of a US dollar."""
        statement = select(col(Spending.reserved_micro_usd), col(Spending.spent_micro_usd)).where(
            col(Spending.day) == day
        )
        row = (await self._session.execute(statement)).one_or_none()
        return (0, 0) if row is None else (row[0], row[1])

    async def set_aside(self, day: str, micro_usd: int, budget_micro_usd: int) -> bool:
        """Reserve an amount; tell whether the day's budget has room for it. If not, nothing has changed.

        Looking and reserving are one statement, which locks the row: of any number at once, each sees what
        those before it have reserved.
        """
        parameters = {"of_day": day, "amount": micro_usd, "budget": budget_micro_usd}
        if (await self._session.execute(_SET_ASIDE, parameters)).scalar_one_or_none() is not None:
            return True
        await self._open(day)  # there may be no row yet
        return (await self._session.execute(_SET_ASIDE, parameters)).scalar_one_or_none() is not None

    async def charge(self, day: str, *, freed_micro_usd: int, spent_micro_usd: int) -> None:
        """Free what was reserved, and count what was spent, be it less or more than that."""
        if not freed_micro_usd and not spent_micro_usd:
            return
        parameters = {"of_day": day, "freed": freed_micro_usd, "spent": spent_micro_usd}
        if (await self._session.execute(_CHARGE, parameters)).scalar_one_or_none() is None:
            await self._open(day)
            await self._session.execute(_CHARGE, parameters)

    async def _open(self, day: str) -> None:
        # Another process may be first: SQLite has one writer, Postgres has many.
        dialect = self._session.get_bind().dialect.name
        statement = _OPEN_ON_POSTGRES if dialect == "postgresql" else _OPEN_ON_SQLITE
        await self._session.execute(statement, {"day": day, "reserved_micro_usd": 0, "spent_micro_usd": 0})
