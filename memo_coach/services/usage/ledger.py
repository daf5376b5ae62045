"""The accounts of one person's calls to models: set aside before each call, settled once after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.coaching.llm.model import ModelFailure
from memo_coach.operations import metrics
from memo_coach.providers.ledger import CallOutcome, CallPlan
from memo_coach.services.clock import new_id
from memo_coach.services.usage.own_limits import lock_spending_limit
from memo_coach.storage.engine.cancellation import settled
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.repositories.model_calls import (
    MICRO,
    EndedCall,
    ModelCallRepository,
    SpendingRepository,
)
from memo_coach.storage.tables import ModelCall

_log = structlog.get_logger(__name__)

LONGEST_RESPONSE = 1_000_000
"""Characters of an answer that are kept; no honest one comes near."""
_PATIENCE_SECONDS = 5.0
"""For how long a task that is cancelled waits until the accounts are in order."""


def budget_day(now: datetime) -> tuple[str, datetime]:
    """Return the day in UTC whose budget a call is charged to, as 2026-05-01, and when it ends."""
    date = now.astimezone(UTC).date()
    return date.isoformat(), datetime.combine(date + timedelta(days=1), time(), UTC)


class DatabaseLedger:
    """A ledger in the database, for the calls of one person and one evaluation."""

    def __init__(
        self,
        database: Database,
        *,
        owner: str | None,
        evaluation: str | None,
        budget_micro_usd: int,
        keeps_texts: bool,
        clock: Callable[[], datetime],
    ) -> None:
        """Describe them; ``budget_micro_usd`` is the whole installation's of a day."""
        self._database = database
        self._owner = owner
        self._evaluation = evaluation
        self._budget = budget_micro_usd
        self._keeps_texts = keeps_texts
        self._clock = clock

    async def reserve(self, plan: CallPlan) -> str:
        """Set the cost aside before the call; give the call's id. One that is cancelled leaves nothing.

        Raises:
            ModelFailure: ``budget``, with the time at which the next day's begins.
            SQLAlchemyError: the database cannot be used.
        """
        call_id = new_id()
        try:
            await self._reserve(call_id, plan)
        except asyncio.CancelledError:
            # The cancellation may have come after the commit, and nobody will ever know the id.
            await settled(self._take_back(call_id), _PATIENCE_SECONDS)
            raise
        return call_id

    async def settle(self, call_id: str, outcome: CallOutcome) -> None:
        """Note how the call went, once, and free what was set aside beyond its cost.

        It is brought to its end also where the task is cancelled. Where the database fails, that is logged,
        and the call counts in full.
        """
        await settled(self._settle(call_id, outcome), _PATIENCE_SECONDS)

    async def _reserve(self, call_id: str, plan: CallPlan) -> None:
        now = self._clock()
        day, ends = budget_day(now)
        prompt = [{"role": each.role, "content": each.content} for each in plan.messages]
        async with self._database.write() as session:
            calls = ModelCallRepository(session)
            owner, evaluation = await calls.hold(self._owner, self._evaluation)
            call = ModelCall(
                id=call_id, owner=owner, evaluation=evaluation, purpose=plan.purpose, model=plan.model,
                status="reserved", day=day, reserved_micro_usd=plan.micro_usd, created=now,
                prompt_tokens=plan.prompt_tokens,
            )  # fmt: skip
            await self._refuse_beyond_own_limit(session, owner, plan, day, ends)
            await calls.add(call, prompt if self._keeps_texts else None)
            # At last, so that the row that everybody wants is locked for the shortest time. What costs
            # nothing needs no room in the budget.
            if plan.micro_usd and not await SpendingRepository(session).set_aside(
                day, plan.micro_usd, self._budget
            ):
                raise ModelFailure("budget", f"no room for {plan.micro_usd} micro-USD on {day}", until=ends)

    @staticmethod
    async def _refuse_beyond_own_limit(
        session: AsyncSession, owner: str | None, plan: CallPlan, day: str, ends: datetime
    ) -> None:
        """Refuse what would pass what an administrator lets this account spend in a day."""
        if owner is None or not plan.micro_usd:
            return
        limit = await lock_spending_limit(session, owner)
        if limit is None:
            return
        charged = await ModelCallRepository(session).charged(owner, day)
        if charged + plan.micro_usd > limit:
            raise ModelFailure("limit", f"no room for {plan.micro_usd} of an account's own", until=ends)

    async def _take_back(self, call_id: str) -> None:
        try:
            async with self._database.write() as session:
                call = await ModelCallRepository(session).take_back(call_id)
                if call is not None:
                    await SpendingRepository(session).charge(
                        call.day, freed_micro_usd=call.reserved_micro_usd, spent_micro_usd=0
                    )
        except (SQLAlchemyError, DatabaseUnusable) as error:
            # It stays reserved, and counts in full when it is swept.
            _log.error("call to a model cannot be taken back", call=call_id, exc_info=error)

    async def _settle(self, call_id: str, outcome: CallOutcome) -> None:
        try:
            call = await self._store(call_id, outcome)
        except (SQLAlchemyError, DatabaseUnusable) as error:
            # The answer is there, and is not thrown away for this: the call counts in full when it is swept.
            _log.error("call to a model cannot be settled", call=call_id, exc_info=error)
            return
        if call is None:
            _log.warning("call to a model settled already", call=call_id, status=outcome.status)
            return
        metrics.count_call(
            model=call.model,
            purpose=call.purpose,
            status=outcome.status,
            failure=outcome.failure,
            prompt_tokens=outcome.prompt_tokens,
            completion_tokens=outcome.completion_tokens,
            cost_usd=outcome.micro_usd / MICRO,
            seconds=outcome.seconds,
            first_token_seconds=outcome.first_token_seconds,
        )

    async def _store(self, call_id: str, outcome: CallOutcome) -> EndedCall | None:
        values = {
            "status": outcome.status,
            "failure": outcome.failure,
            "micro_usd": outcome.micro_usd,
            "prompt_tokens": outcome.prompt_tokens,
            "completion_tokens": outcome.completion_tokens,
            "estimated": outcome.estimated,
            "retries": outcome.retries,
            "first_token_seconds": outcome.first_token_seconds,
            "seconds": outcome.seconds,
            "settled": self._clock(),
        }
        response = _bounded(outcome.response) if self._keeps_texts else None
        async with self._database.write() as session:
            call = await ModelCallRepository(session).end(call_id, values, response)
            if call is not None:
                await SpendingRepository(session).charge(
                    call.day,
                    freed_micro_usd=call.reserved_micro_usd,
                    spent_micro_usd=outcome.micro_usd,
                )
        return call


def _bounded(response: str) -> str:
    if len(response) <= LONGEST_RESPONSE:
        return response
    return f"{response[:LONGEST_RESPONSE]}\n[… {len(response) - LONGEST_RESPONSE:,} more characters]"
