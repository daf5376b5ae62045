"""What a call may cost is set aside before it, and what it cost is counted once, however many ask at once."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, event
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from memo_coach.coaching.llm.model import Message, ModelFailure
from memo_coach.operations import metrics
from memo_coach.services.usage import ledger
from memo_coach.services.usage.budget import ModelBudget
from memo_coach.services.views import Usage
from memo_coach.storage.engine.database import Database
from memo_coach.storage.tables import Memo, Visitor
from tests.ledger import (
    MODEL,
    Clock,
    accounts_of,
    assert_balanced,
    calls_in,
    days_in,
    outcome,
    plan,
    texts_in,
)
from tests.stored_rows import NOON, add_visitor, queued

pytestmark = pytest.mark.usefixtures("fresh_figures")

TODAY = "2026-05-01"
MIDNIGHT = datetime(2026, 5, 2, tzinfo=UTC)


async def reserved_or_not(accounts: ModelBudget, micro_usd: int = 100) -> str | None:
    try:
        return await accounts.ledger(owner=None, evaluation=None).reserve(plan(micro_usd))
    except ModelFailure as failure:
        if failure.reason != "budget" or failure.until != MIDNIGHT:
            raise
        return None


async def test_a_reservation_is_set_aside_and_settling_it_counts_what_it_cost(migrated: Database) -> None:
    keeper = accounts_of(migrated, budget=1_000)
    accounts = keeper.ledger(owner=None, evaluation=None)
    call_id = await accounts.reserve(plan(300))
    today = await keeper.spent_today()
    assert (today.day, today.reserved_micro_usd, today.spent_micro_usd) == (TODAY, 300, 0)
    assert (today.left_micro_usd, today.ends) == (700, MIDNIGHT)
    await accounts.settle(call_id, outcome(120))
    today = await keeper.spent_today()
    assert (today.reserved_micro_usd, today.spent_micro_usd, today.left_micro_usd) == (0, 120, 880)
    (call,) = await calls_in(migrated)
    assert (call.status, call.model, call.purpose, call.micro_usd) == ("done", MODEL, "evaluation", 120)
    assert (call.prompt_tokens, call.completion_tokens, call.retries) == (31, 200, 1)
    assert (call.first_token_seconds, call.seconds, call.estimated) == (0.5, 2.5, False)
    assert (call.created, call.settled, call.failure) == (NOON, NOON, None)


async def test_a_call_that_failed_keeps_its_reason_and_frees_what_it_did_not_cost(
    migrated: Database,
) -> None:
    accounts = accounts_of(migrated).ledger(owner=None, evaluation=None)
    call_id = await accounts.reserve(plan(300))
    await accounts.settle(call_id, outcome(0, status="failed", failure="rate-limited", estimated=True))
    (call,) = await calls_in(migrated)
    assert (call.status, call.failure, call.micro_usd, call.estimated) == ("failed", "rate-limited", 0, True)
    assert await days_in(migrated) == {TODAY: (0, 0)}


async def test_a_call_is_settled_once(migrated: Database) -> None:
    keeper = accounts_of(migrated)
    accounts = keeper.ledger(owner=None, evaluation=None)
    call_id = await accounts.reserve(plan(300))
    await accounts.reserve(plan(9_000))
    await asyncio.gather(*(accounts.settle(call_id, outcome(50 + number)) for number in range(8)))
    await accounts.settle("no such call", outcome(50))
    assert (await keeper.spent_today()).reserved_micro_usd == 9_000
    await assert_balanced(migrated)


async def test_a_call_that_cost_more_than_was_set_aside_counts_with_what_it_cost(migrated: Database) -> None:
    keeper = accounts_of(migrated, budget=100)
    accounts = keeper.ledger(owner=None, evaluation=None)
    await accounts.settle(await accounts.reserve(plan(100)), outcome(130))
    today = await keeper.spent_today()
    assert (today.spent_micro_usd, today.left_micro_usd) == (130, 0)
    assert await reserved_or_not(keeper, 1) is None
    await accounts.settle(await accounts.reserve(plan(0)), outcome(7))
    assert (await keeper.spent_today()).spent_micro_usd == 137
    await assert_balanced(migrated)


async def test_a_call_past_the_budget_is_refused_until_midnight_and_leaves_nothing(
    migrated: Database,
) -> None:
    keeper = accounts_of(migrated, budget=250)
    assert await reserved_or_not(keeper) is not None
    assert await reserved_or_not(keeper) is not None
    assert await reserved_or_not(keeper) is None
    assert await reserved_or_not(keeper, 50) is not None
    assert len(await calls_in(migrated)) == 3
    assert await days_in(migrated) == {TODAY: (250, 0)}


async def test_without_a_budget_only_what_costs_nothing_is_asked(migrated: Database) -> None:
    keeper = accounts_of(migrated, budget=0)
    assert await reserved_or_not(keeper, 1) is None
    assert await reserved_or_not(keeper, 0) is not None


async def test_each_day_has_its_own_budget_and_a_call_counts_on_the_day_it_was_set_aside(
    migrated: Database,
) -> None:
    clock = Clock()
    clock.time = MIDNIGHT - timedelta(seconds=1)
    keeper = accounts_of(migrated, budget=100, clock=clock)
    first = await reserved_or_not(keeper)
    assert first is not None
    clock.time = MIDNIGHT
    accounts = keeper.ledger(owner=None, evaluation=None)
    await accounts.reserve(plan(100))
    await accounts.settle(first, outcome(40))
    assert await days_in(migrated) == {TODAY: (0, 40), "2026-05-02": (100, 0)}
    await assert_balanced(migrated)


async def test_of_a_hundred_calls_at_once_as_many_pass_as_the_budget_has_room_for(
    engines: tuple[Database, ...],
) -> None:
    keepers = [accounts_of(engine, budget=3_799) for engine in engines]
    passed = await asyncio.gather(*(reserved_or_not(keepers[number % 3]) for number in range(100)))
    assert sum(call_id is not None for call_id in passed) == 37
    assert await days_in(engines[0]) == {TODAY: (3_700, 0)}
    await assert_balanced(engines[0])


async def test_the_budget_is_never_passed_while_a_hundred_reserve_and_settle(
    engines: tuple[Database, ...],
) -> None:
    budget, dice, seen = 2_000, random.Random(3), []
    keepers = [accounts_of(engine, budget=budget) for engine in engines]

    async def call(number: int) -> None:
        call_id = await reserved_or_not(keepers[number % 3], dice.randint(1, 400))
        if call_id is None:
            return
        today = await keepers[0].spent_today()
        seen.append(today.reserved_micro_usd + today.spent_micro_usd)
        accounts = keepers[number % 2].ledger(owner=None, evaluation=None)
        await accounts.settle(call_id, outcome(dice.randint(0, 1)))

    await asyncio.gather(*(call(number) for number in range(100)))
    assert seen
    assert max(seen) <= budget
    assert {call.status for call in await calls_in(engines[0])} == {"done"}
    await assert_balanced(engines[0])


async def test_calls_that_are_cancelled_at_any_moment_leave_sums_that_are_right(
    engines: tuple[Database, ...],
) -> None:
    dice, known = random.Random(11), []
    keepers = [accounts_of(engine) for engine in engines]

    async def call(number: int) -> None:
        accounts = keepers[number % 3].ledger(owner=None, evaluation=None)
        call_id = await accounts.reserve(plan(100))
        known.append(call_id)
        try:
            await asyncio.sleep(0)
        finally:
            await accounts.settle(call_id, outcome(60))

    async def cancelled(number: int, longest: float) -> None:
        task = asyncio.create_task(call(number))
        await asyncio.sleep(dice.uniform(0, longest))
        task.cancel()
        await asyncio.sleep(dice.uniform(0, longest / 10))
        task.cancel()  # once more, while it tidies up
        with suppress(asyncio.CancelledError):
            await task

    for start in range(0, 64, 8):
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(call(number) for number in range(8)))
        longest = asyncio.get_running_loop().time() - began
        await asyncio.gather(*(cancelled(number, longest) for number in range(start, start + 8)))
    # Neither is anything still set aside, nor is there a call of which nobody knows.
    found = await calls_in(engines[0])
    assert {call.id for call in found} == set(known)
    assert {call.status for call in found} == {"done"}
    assert await days_in(engines[0]) == {TODAY: (0, 60 * len(found))}


async def test_a_reservation_whose_commit_was_cancelled_is_taken_back(
    migrated: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = accounts_of(migrated)
    reserve = ledger.DatabaseLedger._reserve

    async def cancelled_afterwards(self: ledger.DatabaseLedger, call_id: str, planned: object) -> None:
        await reserve(self, call_id, planned)  # type: ignore[arg-type]
        assert len(await calls_in(migrated)) == 1
        raise asyncio.CancelledError

    monkeypatch.setattr(ledger.DatabaseLedger, "_reserve", cancelled_afterwards)
    with pytest.raises(asyncio.CancelledError):
        await keeper.ledger(owner=None, evaluation=None).reserve(plan())
    assert await calls_in(migrated) == []
    assert await days_in(migrated) == {TODAY: (0, 0)}


async def test_what_died_counts_in_full_and_once_however_many_look_for_it(
    engines: tuple[Database, ...],
) -> None:
    clock = Clock()
    keepers = [accounts_of(engine, clock=clock, longest_call_seconds=60) for engine in engines]
    old = [await reserved_or_not(keepers[0], 10 + number) for number in range(20)]
    clock.time += timedelta(seconds=50)
    young = await reserved_or_not(keepers[0], 500)
    clock.time += timedelta(seconds=11)
    swept = await asyncio.gather(*(keepers[number % 3].sweep() for number in range(9)))
    assert sum(swept) == 20
    expected = sum(10 + number for number in range(20))
    assert await days_in(engines[0]) == {TODAY: (500, expected)}
    statuses = {call.id: call.status for call in await calls_in(engines[0])}
    assert statuses == {**dict.fromkeys(old, "lost"), young: "reserved"}
    await assert_balanced(engines[0])


async def test_a_call_that_comes_back_from_the_dead_is_not_counted_again(migrated: Database) -> None:
    clock = Clock()
    keeper = accounts_of(migrated, clock=clock)
    call_id = await reserved_or_not(keeper)
    assert call_id is not None
    clock.time += timedelta(minutes=2)
    assert await keeper.sweep() == 1
    assert await reserved_or_not(keeper, 9_000) is not None
    await keeper.ledger(owner=None, evaluation=None).settle(call_id, outcome(60))
    assert await days_in(migrated) == {TODAY: (9_000, 100)}
    assert (await calls_in(migrated))[0].status == "lost"


async def test_an_answer_is_not_lost_with_its_bill_which_then_counts_in_full(migrated: Database) -> None:
    clock = Clock()
    keeper = accounts_of(migrated, clock=clock)
    accounts = keeper.ledger(owner=None, evaluation=None)
    call_id = await accounts.reserve(plan(100))

    def fail(*_arguments: object) -> None:
        raise OperationalError("", {}, Exception("out of order"))

    engine = migrated.sync_engine
    event.listen(engine, "before_cursor_execute", fail)
    await accounts.settle(call_id, outcome(60))
    event.remove(engine, "before_cursor_execute", fail)
    clock.time += timedelta(minutes=2)
    assert await keeper.sweep() == 1
    assert await days_in(migrated) == {TODAY: (0, 100)}


@pytest.fixture
async def evaluated(migrated: Database) -> Database:
    """Return a database with an evaluation ``e`` of the visitor ``v``."""
    await add_visitor(migrated)
    async with migrated.write() as session:
        session.add(queued("v", "e"))
    return migrated


async def test_texts_are_kept_word_for_word_where_that_is_switched_on(evaluated: Database) -> None:
    accounts = accounts_of(evaluated).ledger(owner="v", evaluation="e")
    messages = (Message("system", "Judge."), Message("user", "Straße 😀 \x00 \ud83d"))
    call_id = await accounts.reserve(plan(messages=messages))
    (text,) = await texts_in(evaluated)
    assert (text.call, text.evaluation, text.response) == (call_id, "e", "")
    await accounts.settle(call_id, outcome(response="¡Sí! “quoted” \x00 end"))
    (text,) = await texts_in(evaluated)
    assert text.prompt[0] == {"role": "system", "content": "Judge."}
    assert text.prompt[1]["content"].startswith("Straße 😀 ")
    assert text.response.startswith("¡Sí! “quoted” ")
    assert text.response.endswith(" end")


async def test_an_endless_answer_is_kept_up_to_a_length(evaluated: Database) -> None:
    accounts = accounts_of(evaluated).ledger(owner="v", evaluation="e")
    await accounts.settle(await accounts.reserve(plan()), outcome(response="x" * 1_000_500))
    (text,) = await texts_in(evaluated)
    assert text.response == "x" * 1_000_000 + "\n[… 500 more characters]"


async def test_no_text_is_kept_where_that_is_switched_off_or_there_is_no_evaluation(
    evaluated: Database,
) -> None:
    off = accounts_of(evaluated, keeps_texts=False).ledger(owner="v", evaluation="e")
    await off.settle(await off.reserve(plan()), outcome())
    on = accounts_of(evaluated)
    for owner, evaluation in ((None, None), ("v", None), ("v", "no such"), ("stranger", "e")):
        accounts = on.ledger(owner=owner, evaluation=evaluation)
        await accounts.settle(await accounts.reserve(plan()), outcome())
    assert await texts_in(evaluated) == []
    assert [(call.owner, call.evaluation) for call in await calls_in(evaluated)].count(("v", "e")) == 1
    assert len(await calls_in(evaluated)) == 5


async def test_the_text_goes_with_the_memo_and_the_bill_stays(evaluated: Database) -> None:
    accounts = accounts_of(evaluated).ledger(owner="v", evaluation="e")
    ended, running = await accounts.reserve(plan()), await accounts.reserve(plan())
    await accounts.settle(ended, outcome())
    async with evaluated.write() as session:
        await session.execute(delete(Memo).where(col(Memo.id) == "m-v"))
    await accounts.settle(running, outcome())
    assert await texts_in(evaluated) == []
    assert [call.evaluation for call in await calls_in(evaluated)] == [None, None]
    async with evaluated.write() as session:
        await session.execute(delete(Visitor))
    assert [call.owner for call in await calls_in(evaluated)] == [None, None]
    await assert_balanced(evaluated)


async def test_memos_may_be_deleted_while_their_calls_are_made(engines: tuple[Database, ...]) -> None:
    for number in range(12):
        await add_visitor(engines[0], f"v{number}")
        async with engines[0].write() as session:
            session.add(queued(f"v{number}", f"e{number}"))

    async def call(number: int) -> None:
        accounts = accounts_of(engines[number % 2]).ledger(
            owner=f"v{number % 12}", evaluation=f"e{number % 12}"
        )
        for _ in range(3):
            await accounts.settle(await accounts.reserve(plan()), outcome())

    async def forget(number: int) -> None:
        await asyncio.sleep(number / 200)
        async with engines[2].write() as session:
            table = Memo if number % 2 else Visitor
            owner = col(Memo.owner) if number % 2 else col(Visitor.id)
            await session.execute(delete(table).where(owner == f"v{number}"))

    await asyncio.gather(*map(call, range(36)), *map(forget, range(12)))
    assert len(await calls_in(engines[0])) == 108
    assert await texts_in(engines[0]) == []
    await assert_balanced(engines[0])


async def test_usage_is_the_sum_of_the_owners_calls_that_made_the_evaluation(evaluated: Database) -> None:
    keeper = accounts_of(evaluated)
    accounts = keeper.ledger(owner="v", evaluation="e")
    assert await keeper.usage("v", ["e"]) == {}
    for purpose, cost in (("evaluation", 250_000), ("repair", 100_000), ("chat", 30_000)):
        await accounts.settle(await accounts.reserve(plan(purpose=purpose)), outcome(cost))
    await accounts.reserve(plan())
    assert await keeper.usage("v", ["e", "other"]) == {"e": Usage(62, 400, 0.35)}
    assert await keeper.usage("v", ["e"], purposes=["chat"]) == {"e": Usage(31, 200, 0.03)}
    assert await keeper.usage("stranger", ["e"]) == {}


async def test_what_is_settled_is_measured(migrated: Database) -> None:
    accounts = accounts_of(migrated).ledger(owner=None, evaluation=None)
    labels = {"model": MODEL, "purpose": "chat", "status": "broken", "failure": "broken"}
    before = metrics.value_of("memo_coach_model_calls_total", labels)
    call_id = await accounts.reserve(plan(purpose="chat"))
    for _ in range(2):
        await accounts.settle(call_id, outcome(status="broken", failure="broken"))
    assert metrics.value_of("memo_coach_model_calls_total", labels) == before + 1


async def test_where_the_budget_stands_is_measured(migrated: Database) -> None:
    keeper = accounts_of(migrated, budget=2_000_000)
    accounts = keeper.ledger(owner=None, evaluation=None)
    await accounts.settle(await accounts.reserve(plan(500_000)), outcome(250_000))
    await accounts.reserve(plan(1_000_000))
    await keeper.show_spending()
    found = {
        state: metrics.value_of("memo_coach_model_budget_usd", {"state": state})
        for state in ("budget", "spent", "reserved")
    }
    assert found == {"budget": 2.0, "spent": 0.25, "reserved": 1.0}


async def test_the_key_of_the_installation_stays_the_same(migrated: Database) -> None:
    async def opened() -> ModelBudget:
        return await ModelBudget.open(
            migrated,
            daily_budget_micro_usd=1,
            limits=accounts_of(migrated)._limits,
            keeps_texts=False,
            longest_call_seconds=1,
        )

    marks = {(await opened()).address_mark("192.0.2.7") for _ in range(3)}
    assert len(marks) == 1
    assert marks != {accounts_of(migrated).address_mark("192.0.2.7")}
