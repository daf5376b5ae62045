"""What models cost and who may use them: the accounts of the whole installation.

A call is made only where the whole of what it could cost still fits into what is left of the day's budget,
for the whole installation, however many processes ask at once. What a call did cost is counted afterwards. A
reservation whose process died counts in full: better a cent that was not spent than a bill that surprises.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from memo_coach.coaching.llm.model import Purpose
from memo_coach.operations import metrics
from memo_coach.providers.ledger import Ledger
from memo_coach.services import clock
from memo_coach.services.errors import Unavailable
from memo_coach.services.usage.ledger import DatabaseLedger, budget_day
from memo_coach.services.usage.rate_limits import KEPT, UseLimits, UsePurpose, address_mark, count_use
from memo_coach.services.views import Usage
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.repositories.model_calls import MICRO, ModelCallRepository, SpendingRepository
from memo_coach.storage.repositories.model_uses import ModelUseRepository
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.translations import text

_log = structlog.get_logger(__name__)

JUDGING: tuple[Purpose, ...] = ("evaluation", "repair")
"""The calls that make an evaluation, unlike those of a conversation about it."""
_SECRET = "addresses"  # noqa: S105 - the name of the secret


@dataclass(frozen=True, slots=True)
class DaySpending:
    """What a day's budget is and what became of it, in millionths of a US dollar."""

    day: str
    budget_micro_usd: int
    spent_micro_usd: int
    reserved_micro_usd: int
    """Set aside for calls under way."""
    ends: datetime
    """When the next day's budget begins."""

    @property
    def left_micro_usd(self) -> int:
        """What may still be reserved."""
        return max(0, self.budget_micro_usd - self.spent_micro_usd - self.reserved_micro_usd)


class ModelBudget:
    """Keeps the accounts of the installation. Made by :meth:`open`."""

    def __init__(
        self,
        database: Database,
        *,
        daily_budget_micro_usd: int,
        limits: UseLimits,
        keeps_texts: bool,
        longest_call_seconds: float,
        key: bytes,
        clock: Callable[[], datetime] = clock.now,
    ) -> None:
        """Describe them.

        ``keeps_texts`` is whether prompts and answers are kept word for word, as long as their evaluation.
        ``longest_call_seconds`` is after how long a call that nobody has settled counts as lost: longer than
        any can take. ``key`` makes the marks of addresses. ``clock`` gives the time, in UTC.
        """
        self._database = database
        self._budget = daily_budget_micro_usd
        self._limits = limits
        self._keeps_texts = keeps_texts
        self._longest_call = timedelta(seconds=longest_call_seconds)
        self._key = key
        self._clock = clock

    @classmethod
    async def open(
        cls,
        database: Database,
        *,
        daily_budget_micro_usd: int,
        limits: UseLimits,
        keeps_texts: bool,
        longest_call_seconds: float,
    ) -> ModelBudget:
        """Read the installation's secret, or make it the first time; the rest is as the class says."""
        async with database.write() as session:
            stored = await VisitorRepository(session).installation_secret(_SECRET, secrets.token_hex(32))
        return cls(
            database,
            daily_budget_micro_usd=daily_budget_micro_usd,
            limits=limits,
            keeps_texts=keeps_texts,
            longest_call_seconds=longest_call_seconds,
            key=bytes.fromhex(stored),
        )

    def take_limits(self, limits: UseLimits, longest_call_seconds: float) -> None:
        """Count by other limits from now on."""
        self._limits = limits
        self._longest_call = timedelta(seconds=longest_call_seconds)

    def address_mark(self, address: str) -> str:
        """Return what stands for a client's address wherever it is stored: 32 hexadecimal digits.

        An IPv6 address stands for its /64.
        """
        return address_mark(self._key, address)

    async def admit(self, owner: str, address: str | None, purpose: UsePurpose) -> None:
        """Count one more use by a person and an address, where both may have one more.

        ``address`` is its mark, as :meth:`address_mark` gives it; ``None`` where it is not known.

        Raises:
            ModelFailure: ``limit``, with the time from which one more is possible. Nothing is counted then.
            Unavailable: the database cannot be used.
            ValueError: ``address`` is no mark.
        """
        try:
            async with self._database.write() as session:
                await count_use(
                    session, self._limits, owner=owner, address=address, purpose=purpose, now=self._clock()
                )
        except (SQLAlchemyError, DatabaseUnusable) as error:
            _log.error("database cannot be used", exc_info=error)
            raise Unavailable(text("problem.cannot_be_used")) from error

    def ledger(self, *, owner: str | None, evaluation: str | None) -> Ledger:
        """Return the ledger of one person's calls for one evaluation; without both, the operator's own."""
        return DatabaseLedger(
            self._database,
            owner=owner,
            evaluation=evaluation,
            budget_micro_usd=self._budget,
            keeps_texts=self._keeps_texts,
            clock=self._clock,
        )

    async def usage(
        self, owner: str, evaluation_ids: Collection[str], *, purposes: Collection[Purpose] = JUDGING
    ) -> dict[str, Usage]:
        """Return what the calls for the owner's evaluations took, each one's together; none without calls."""
        async with self._database.read() as session:
            found = await ModelCallRepository(session).sums(owner, evaluation_ids, purposes)
        return {
            evaluation_id: Usage(sums.prompt_tokens, sums.completion_tokens, sums.micro_usd / MICRO)
            for evaluation_id, sums in found.items()
        }

    async def spent_today(self) -> DaySpending:
        """Return today's budget, and what is spent and reserved of it."""
        day, ends = budget_day(self._clock())
        async with self._database.read() as session:
            reserved, spent = await SpendingRepository(session).of_day(day)
        return DaySpending(day, self._budget, spent, reserved, ends)

    async def show_spending(self) -> None:
        """Bring the figures that are measured to where the budget stands."""
        found = await self.spent_today()
        metrics.set_budget(
            budget_usd=found.budget_micro_usd / MICRO,
            spent_usd=found.spent_micro_usd / MICRO,
            reserved_usd=found.reserved_micro_usd / MICRO,
        )

    async def sweep(self) -> int:
        """Count the calls whose process died as spent in full; give how many. Any number may do so at once.

        What limits no longer count is removed, too.
        """
        now = self._clock()
        async with self._database.write() as session:
            lost = await ModelCallRepository(session).lose(now - self._longest_call, now)
            spending = SpendingRepository(session)
            # In the order of the days, so that two who do this wait for each other in one direction only.
            for call in sorted(lost, key=lambda each: each.day):
                amount = call.reserved_micro_usd
                await spending.charge(call.day, freed_micro_usd=amount, spent_micro_usd=amount)
            await ModelUseRepository(session).prune(now - KEPT)
        for call in lost:
            _log.warning("call to a model lost", model=call.model, purpose=call.purpose)
            metrics.count_call(
                model=call.model,
                purpose=call.purpose,
                status="lost",
                cost_usd=call.reserved_micro_usd / MICRO,
            )
        return len(lost)
