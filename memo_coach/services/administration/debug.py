"""What was asked of a model and what it answered, word for word, for whoever looks for a fault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.accounts.principal import Actor
from memo_coach.services.administration.audit import record
from memo_coach.services.errors import NotFound
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.anybodys_evaluations import AnybodysEvaluationRepository
from memo_coach.storage.repositories.audit import AuditFilter, AuditRepository
from memo_coach.storage.repositories.evaluations import EvaluationRepository
from memo_coach.storage.repositories.model_calls import MICRO, ModelCallRepository, StoredCall

READING: Final = "memo.read"
"""The action of looking at what a model was told of somebody else's memo."""
_MOST_READINGS: Final = 200


@dataclass(frozen=True, slots=True)
class CallView:
    """One call to a model, all its attempts together."""

    call_id: str
    model: str
    purpose: str
    status: str
    """``reserved`` while it runs, ``done``, ``failed``, ``broken``, ``stopped``, ``lost``."""
    failure: str | None
    prompt: tuple[tuple[str, str], ...] | None
    """The messages, each as role and text; ``None`` where texts were not collected."""
    response: str | None
    prompt_tokens: int
    """While it runs, how many the prompt was counted to have."""
    completion_tokens: int
    cost_usd: float
    """0 while it runs."""
    reserved_usd: float
    """What it could have cost at most."""
    estimated: bool
    """Whether tokens and cost are our own count."""
    first_token_seconds: float | None
    seconds: float | None
    retries: int
    created: datetime


@dataclass(frozen=True, slots=True)
class DebugView:
    """The calls for one evaluation, the oldest first."""

    calls: tuple[CallView, ...]
    collects: bool
    """Whether texts are being collected now."""


@dataclass(frozen=True, slots=True)
class ReadingView:
    """An administrator has looked at the calls behind somebody else's evaluation."""

    reader: str
    """As they were called then."""
    moment: datetime
    """The last time."""


class DebugService:
    """Shows the calls behind an evaluation to its owner, and to administrators: of them its owner is told."""

    def __init__(self, unit_of_work: UnitOfWork, *, collects: bool) -> None:
        self._unit_of_work = unit_of_work
        self._collects = collects

    async def evaluation(self, owner: str, evaluation_id: str) -> DebugView:
        """Return the calls for an evaluation, those of the conversation about it included.

        Raises:
            NotFound: there is no such evaluation, or it is somebody else's.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            if await EvaluationRepository(session).get(owner, evaluation_id) is None:
                raise NotFound
            return await self._shown(session, owner, evaluation_id)

    async def read(self, actor: Actor, owner: str, evaluation_id: str) -> DebugView:
        """Return the calls for an evaluation to an administrator, who is the owner ``owner`` themselves.

        What is somebody else's is shown to who has an account, and in the same transaction it is written down
        that it was read. Without accounts nobody knows who that would be.

        Raises:
            NotFound: there is no such evaluation, or it may not be shown.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            found = await AnybodysEvaluationRepository(session).owner_of(evaluation_id)
            if found == owner:
                return await self._shown(session, owner, evaluation_id)
        if found is None or actor.user is None:
            raise NotFound
        async with self._unit_of_work.write() as session:
            whose = await AnybodysEvaluationRepository(session).owner_of(evaluation_id)
            if whose is None:
                raise NotFound
            await record(session, actor, READING, _target(evaluation_id))
            return await self._shown(session, whose, evaluation_id)

    async def readings(self, owner: str, evaluation_id: str) -> tuple[ReadingView, ...]:
        """Return who has read the calls for an owner's evaluation, the last one first; of nobody else's any.

        Raises:
            Unavailable: the database cannot be used.
        """
        wanted = AuditFilter(action=READING, target=_target(evaluation_id))
        async with self._unit_of_work.read() as session:
            if await EvaluationRepository(session).get(owner, evaluation_id) is None:
                return ()
            entries = await AuditRepository(session).entries(wanted, _MOST_READINGS)
        last: dict[str, datetime] = {}
        for entry in entries:
            last.setdefault(entry.actor, entry.moment)
        return tuple(ReadingView(reader, moment) for reader, moment in last.items())

    async def _shown(self, session: AsyncSession, owner: str, evaluation_id: str) -> DebugView:
        found = await ModelCallRepository(session).of_evaluation(owner, evaluation_id)
        return DebugView(tuple(_view(each) for each in found), self._collects)


def _target(evaluation_id: str) -> str:
    return f"evaluation:{evaluation_id}"


def _view(stored: StoredCall) -> CallView:
    call, text = stored.call, stored.text
    return CallView(
        call_id=call.id,
        model=call.model,
        purpose=call.purpose,
        status=call.status,
        failure=call.failure,
        prompt=None if text is None else tuple((each["role"], each["content"]) for each in text.prompt),
        response=None if text is None else text.response,
        prompt_tokens=call.prompt_tokens,
        completion_tokens=call.completion_tokens,
        cost_usd=call.micro_usd / MICRO,
        reserved_usd=call.reserved_micro_usd / MICRO,
        estimated=call.estimated,
        first_token_seconds=call.first_token_seconds,
        seconds=call.seconds,
        retries=call.retries,
        created=call.created,
    )
