"""What tests of the models' accounts share: plans and outcomes of calls, and whether sums are right."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from memo_coach.coaching.llm.model import Message
from memo_coach.providers.ledger import CallOutcome, CallPlan
from memo_coach.services.usage.budget import ModelBudget
from memo_coach.services.usage.rate_limits import UseLimits
from memo_coach.storage.engine.database import Database
from memo_coach.storage.tables import ModelCall, ModelCallText, Spending
from tests.stored_rows import NOON

KEY = b"test-key"
MODEL = "openai/some-model"
PLENTY = UseLimits(1_000, 1_000, 1_000, 1_000, 10)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


def accounts_of(
    database: Database,
    *,
    budget: int = 1_000_000,
    limits: UseLimits = PLENTY,
    keeps_texts: bool = True,
    longest_call_seconds: float = 60,
    clock: Clock | None = None,
) -> ModelBudget:
    """Keep accounts in a database."""
    return ModelBudget(
        database,
        daily_budget_micro_usd=budget,
        limits=limits,
        keeps_texts=keeps_texts,
        longest_call_seconds=longest_call_seconds,
        key=KEY,
        clock=clock or Clock(),
    )


def plan(micro_usd: int = 100, **changes: object) -> CallPlan:
    """Plan a call that costs so much at most."""
    values: dict[str, object] = {
        "model": MODEL,
        "purpose": "evaluation",
        "messages": (Message("system", "Judge."), Message("user", "Dear Ana,\nwe ask for 3 M€. 😀")),
        "prompt_tokens": 30,
        "most_completion_tokens": 400,
        "micro_usd": micro_usd,
    }
    return CallPlan(**{**values, **changes})  # type: ignore[arg-type]


def outcome(micro_usd: int = 60, **changes: object) -> CallOutcome:
    """Tell of a call that cost so much."""
    values: dict[str, object] = {
        "status": "done",
        "prompt_tokens": 31,
        "completion_tokens": 200,
        "micro_usd": micro_usd,
        "seconds": 2.5,
        "first_token_seconds": 0.5,
        "retries": 1,
        "response": '{"criteria": []}',
    }
    return CallOutcome(**{**values, **changes})  # type: ignore[arg-type]


async def calls_in(database: Database) -> list[ModelCall]:
    """Return all calls, the oldest first."""
    async with database.read() as session:
        statement = select(ModelCall).order_by(col(ModelCall.created), col(ModelCall.id))
        return list((await session.execute(statement)).scalars())


async def texts_in(database: Database) -> list[ModelCallText]:
    """Return what was kept of all calls."""
    async with database.read() as session:
        return list((await session.execute(select(ModelCallText))).scalars())


async def days_in(database: Database) -> dict[str, tuple[int, int]]:
    """Return what is reserved and spent on each day, as it stands there."""
    async with database.read() as session:
        rows = (await session.execute(select(Spending))).scalars()
        return {row.day: (row.reserved_micro_usd, row.spent_micro_usd) for row in rows}


async def assert_balanced(database: Database) -> None:
    """See that each day's sums are those of its calls: no reservation is lost, and none counts twice."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for call in await calls_in(database):
        if call.status == "reserved":
            sums[call.day][0] += call.reserved_micro_usd
        else:
            sums[call.day][1] += call.micro_usd
    expected = {day: (reserved, spent) for day, (reserved, spent) in sums.items() if reserved or spent}
    found = {day: amounts for day, amounts in (await days_in(database)).items() if any(amounts)}
    assert found == expected
