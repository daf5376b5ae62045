"""An account may have limits of its own: fewer or more evaluations in a day, and so much money."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from memo_coach.coaching.llm.model import ModelFailure
from memo_coach.services.usage.rate_limits import UseLimits
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import User
from tests.ledger import Clock, accounts_of, outcome, plan
from tests.stored_rows import NOON

TWO = UseLimits(2, 2, 2, 2, 2)


async def add_account(database: Database, owner: str, **limits: int) -> None:
    async with database.write() as session:
        user = User(
            id=f"u-{owner}", owner=owner, email=f"{owner}@example.org", name=owner, role="writer",
            created=NOON, limits=limits or None,
        )  # fmt: skip
        assert await UserRepository(session).add(user, NOON)


async def admitted(database: Database, owner: str, tries: int) -> int:
    """Tell how many of so many evaluations, each from the same address, are admitted."""
    keeper, count = accounts_of(database, limits=TWO), 0
    mark = keeper.address_mark("192.0.2.1")
    for _ in range(tries):
        with suppress(ModelFailure):
            await keeper.admit(owner, mark, "evaluation")
            count += 1
    return count


@pytest.mark.parametrize(
    ("limits", "most"),
    [({}, 2), ({"evaluations_a_day": 1}, 1), ({"evaluations_a_day": 3}, 3), ({"evaluations_a_day": 0}, 0)],
)
async def test_an_account_has_as_many_evaluations_as_it_may(
    migrated: Database, limits: dict[str, int], most: int
) -> None:
    await add_account(migrated, "ana", **limits)
    assert await admitted(migrated, "ana", 5) == most
    # Whoever else is at the address has what everybody has.
    assert await admitted(migrated, "ben", 5) == min(2, 4 - most)


async def test_who_may_have_few_evaluations_may_ask_as_much_as_others(migrated: Database) -> None:
    await add_account(migrated, "ana", evaluations_a_day=0)
    await accounts_of(migrated, limits=TWO).admit("ana", None, "chat")


async def test_an_account_spends_no_more_in_a_day_than_it_may(migrated: Database) -> None:
    await add_account(migrated, "ana", micro_usd_a_day=1_000)
    clock = Clock()
    ledger = accounts_of(migrated, clock=clock).ledger(owner="ana", evaluation=None)
    first = await ledger.reserve(plan(900))
    with pytest.raises(ModelFailure) as refused:
        await ledger.reserve(plan(200))
    assert (refused.value.reason, refused.value.until) == (
        "limit",
        NOON.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(1),
    )
    await ledger.settle(first, outcome(600))
    await ledger.reserve(plan(400))
    clock.time += timedelta(days=1)
    await ledger.reserve(plan(1_000))
    # What costs nothing is never refused, and what others spend is not this account's.
    await ledger.reserve(plan(0))
    await accounts_of(migrated).ledger(owner="ben", evaluation=None).reserve(plan(5_000))
