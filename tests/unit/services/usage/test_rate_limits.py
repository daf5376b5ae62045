"""A person, and an address, may have a model at work so often in an hour and in a day, and not more."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from memo_coach.coaching.llm.model import ModelFailure
from memo_coach.services.errors import Unavailable
from memo_coach.services.usage.budget import ModelBudget
from memo_coach.services.usage.rate_limits import UseLimits, UsePurpose, address_mark
from memo_coach.storage.engine.database import Database
from memo_coach.storage.tables import ModelUse, Visitor
from tests.databases import database_at
from tests.ledger import KEY, PLENTY, Clock, accounts_of
from tests.stored_rows import NOON

FEW = UseLimits(
    evaluations_per_hour=3,
    evaluations_per_day=5,
    messages_per_hour=4,
    messages_per_day=6,
    per_address_factor=2,
)
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
HOME, OFFICE = address_mark(KEY, "192.0.2.1"), address_mark(KEY, "192.0.2.2")


async def refusal(
    keeper: ModelBudget, owner: str, address: str | None = None, purpose: UsePurpose = "evaluation"
) -> ModelFailure | None:
    try:
        await keeper.admit(owner, address, purpose)
    except ModelFailure as failure:
        return failure
    return None


async def until(keeper: ModelBudget, owner: str, address: str | None = None) -> datetime | None:
    refused = await refusal(keeper, owner, address)
    assert refused is not None
    assert refused.reason == "limit"
    return refused.until


async def uses_in(database: Database) -> list[ModelUse]:
    async with database.read() as session:
        return list((await session.execute(select(ModelUse).order_by(col(ModelUse.created)))).scalars())


async def test_a_use_makes_the_visitor_and_is_stored_with_the_mark_only(migrated: Database) -> None:
    keeper = accounts_of(migrated)
    await keeper.admit("v", keeper.address_mark("192.0.2.1"), "chat")
    (use,) = await uses_in(migrated)
    assert (use.owner, use.address, use.purpose, use.created) == ("v", HOME, "chat", NOON)
    async with migrated.read() as session:
        assert (await session.execute(select(col(Visitor.id)))).scalars().all() == ["v"]


async def test_a_person_past_the_hours_limit_is_told_when_one_more_is_possible(migrated: Database) -> None:
    clock = Clock()
    keeper = accounts_of(migrated, limits=FEW, clock=clock)
    for _ in range(3):
        assert await refusal(keeper, "v") is None
        clock.time += timedelta(minutes=10)
    assert await until(keeper, "v") == NOON + HOUR
    clock.time = NOON + HOUR - timedelta(microseconds=1)
    assert await until(keeper, "v") == NOON + HOUR
    clock.time = NOON + HOUR
    assert await refusal(keeper, "v") is None
    assert await until(keeper, "v") == NOON + HOUR + timedelta(minutes=10)
    assert len(await uses_in(migrated)) == 4


async def test_the_day_is_the_last_twenty_four_hours(migrated: Database) -> None:
    clock = Clock()
    keeper = accounts_of(migrated, limits=FEW, clock=clock)
    for _ in range(5):
        assert await refusal(keeper, "v") is None
        clock.time += 2 * HOUR
    assert await until(keeper, "v") == NOON + DAY
    clock.time = NOON + DAY - SECOND
    assert await until(keeper, "v") == NOON + DAY
    clock.time = NOON + DAY
    assert await refusal(keeper, "v") is None


async def test_of_two_limits_the_one_that_lasts_longer_is_told(migrated: Database) -> None:
    clock = Clock()
    keeper = accounts_of(migrated, limits=FEW, clock=clock)
    for pause in (2 * HOUR, 2 * HOUR, SECOND, SECOND, SECOND):
        assert await refusal(keeper, "v") is None
        clock.time += pause
    assert await until(keeper, "v") == NOON + DAY


async def test_a_refusal_is_not_counted(migrated: Database) -> None:
    clock = Clock()
    keeper = accounts_of(migrated, limits=FEW, clock=clock)
    for _ in range(10):
        await refusal(keeper, "v")
        clock.time += SECOND
    assert len(await uses_in(migrated)) == 3
    assert await until(keeper, "v") == NOON + HOUR


async def test_questions_and_evaluations_are_counted_apart(migrated: Database) -> None:
    keeper = accounts_of(migrated, limits=FEW)
    for _ in range(3):
        assert await refusal(keeper, "v") is None
    for _ in range(4):
        assert await refusal(keeper, "v", purpose="chat") is None
    assert await refusal(keeper, "v") is not None
    assert await refusal(keeper, "v", purpose="chat") is not None


async def test_people_behind_one_address_share_what_it_may_have(migrated: Database) -> None:
    keeper = accounts_of(migrated, limits=FEW)
    for number in range(6):
        assert await refusal(keeper, f"v{number}", HOME) is None
    assert await until(keeper, "v6", HOME) == NOON + HOUR
    assert await refusal(keeper, "v6", OFFICE) is None
    assert await refusal(keeper, "v6") is None


async def test_another_address_gives_a_person_no_more(migrated: Database) -> None:
    keeper = accounts_of(migrated, limits=FEW)
    for address in (HOME, OFFICE, None):
        assert await refusal(keeper, "v", address) is None
    assert await until(keeper, "v", address_mark(KEY, "192.0.2.3")) == NOON + HOUR


async def test_what_is_never_allowed_has_no_time_at_which_it_is(migrated: Database) -> None:
    keeper = accounts_of(migrated, limits=UseLimits(0, 5, 1, 1, 2))
    assert await until(keeper, "v", HOME) is None
    assert await uses_in(migrated) == []


async def test_of_a_hundred_at_once_a_person_gets_as_many_as_one_may(engines: tuple[Database, ...]) -> None:
    keepers = [accounts_of(engine, limits=UseLimits(7, 50, 1, 1, 10)) for engine in engines]
    refused = await asyncio.gather(
        *(refusal(keepers[number % 3], "v", address_mark(KEY, f"192.0.2.{number}")) for number in range(100))
    )
    assert refused.count(None) == 7
    assert len(await uses_in(engines[0])) == 7


async def test_of_a_hundred_people_at_once_an_address_gets_as_many_as_it_may(
    engines: tuple[Database, ...],
) -> None:
    keepers = [accounts_of(engine, limits=UseLimits(3, 50, 1, 1, 4)) for engine in engines]
    refused = await asyncio.gather(
        *(refusal(keepers[number % 3], f"v{number}", HOME) for number in range(100))
    )
    assert refused.count(None) == 12
    assert len(await uses_in(engines[0])) == 12


async def test_people_at_several_addresses_at_once_wait_for_each_other_and_not_for_ever(
    engines: tuple[Database, ...],
) -> None:
    keepers = [accounts_of(engine) for engine in engines]
    uses = [
        refusal(keepers[number % 3], f"v{number % 5}", (HOME, OFFICE, None)[number % 7 % 3])
        for number in range(100)
    ]
    assert await asyncio.gather(*uses) == [None] * 100


async def test_what_is_no_longer_counted_goes_with_the_sweep(engines: tuple[Database, ...]) -> None:
    clock = Clock()
    keepers = [accounts_of(engine, clock=clock) for engine in engines]
    for owner in ("v", "w", "w"):
        await keepers[0].admit(owner, HOME, "evaluation")
    clock.time += 2 * DAY + SECOND
    await keepers[0].admit("v", HOME, "evaluation")
    assert [use.owner for use in await uses_in(engines[0])] == ["v", "w", "w", "v"]
    await asyncio.gather(*(keeper.sweep() for keeper in keepers))
    assert [use.owner for use in await uses_in(engines[0])] == ["v"]


async def test_a_use_that_is_cancelled_is_counted_whole_or_not_at_all(migrated: Database) -> None:
    keeper = accounts_of(migrated, limits=PLENTY)
    for number in range(40):
        task = asyncio.create_task(refusal(keeper, f"v{number}", HOME))
        await asyncio.sleep(number / 4_000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await refusal(keeper, "last", HOME) is None
    async with migrated.read() as session:
        visitors = (await session.execute(select(func.count()).select_from(Visitor))).scalar_one()
    assert visitors == len(await uses_in(migrated))


async def test_where_the_database_cannot_be_used_there_is_a_sentence(empty_url: str) -> None:
    database = database_at(empty_url)
    with pytest.raises(Unavailable, match="fault is on our side"):
        await accounts_of(database).admit("v", None, "chat")
    await database.close()


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "", "unknown", "A" * 32, HOME + "0"])
async def test_an_address_itself_is_never_stored(migrated: Database, address: str) -> None:
    with pytest.raises(ValueError, match="not the mark"):
        await accounts_of(migrated).admit("v", address, "chat")


def test_a_mark_is_made_with_the_key_and_shows_nothing_of_the_address() -> None:
    mark = address_mark(KEY, "192.0.2.1")
    assert re.fullmatch(r"[0-9a-f]{32}", mark)
    assert mark != address_mark(b"another key", "192.0.2.1")
    assert mark == address_mark(KEY, "192.0.2.1") == address_mark(KEY, "::ffff:192.0.2.1")
    assert mark != address_mark(KEY, "192.0.2.2")


def test_all_addresses_of_a_network_of_the_new_kind_are_one() -> None:
    home = address_mark(KEY, "2001:db8:1:2::1")
    assert (
        home == address_mark(KEY, "2001:db8:1:2:ffff:ffff:ffff:ffff") == address_mark(KEY, "2001:DB8:1:2::9")
    )
    assert home != address_mark(KEY, "2001:db8:1:3::1")


def test_what_is_no_address_has_a_mark_of_its_own() -> None:
    assert len({address_mark(KEY, each) for each in ("unknown", "", "testclient", "\ud83d")}) == 4
