"""Ids that were made up, other people's ids, and limits: every service, every owner."""

from __future__ import annotations

import asyncio
import shutil
from collections import namedtuple
from collections.abc import Awaitable, Callable

import pytest

from memo_coach.operations.health import LEAST_FREE_BYTES
from memo_coach.services.container import Services
from memo_coach.services.errors import NotFound, TooMany, Unavailable
from memo_coach.services.evaluations import service as evaluations
from tests.scripted_coach import ScriptedCoach

Call = Callable[[Services, str, str, str], Awaitable[object]]
"""Services, who asks, the id of a memo, the id of an evaluation."""

CALLS: dict[str, Call] = {
    "read a draft": lambda services, who, memo, _: services.drafts.of_memo(who, memo),
    "save a draft": lambda services, who, memo, _: services.drafts.save(
        who, memo_id=memo, text="Mine now.", rubric="investment-memo", base_revision=1
    ),
    "submit a memo": lambda services, who, memo, _: services.evaluations.submit(
        who, text="Mine now.", rubric="investment-memo", memo_id=memo
    ),
    "delete a memo": lambda services, who, memo, _: services.memos.delete(who, memo),
    "read an evaluation": lambda services, who, _, evaluation: services.evaluations.get(who, evaluation),
    "follow an evaluation": lambda services, who, _, evaluation: anext(
        aiter(services.evaluations.follow(who, evaluation))
    ),
    "cancel an evaluation": lambda services, who, _, evaluation: services.evaluations.cancel(who, evaluation),
    "repeat an evaluation": lambda services, who, _, evaluation: services.evaluations.retry(who, evaluation),
}
ODD_IDS = (
    "%",
    "_" * 22,
    "\0",
    "\ud83d",
    "☃" * 9,
    "../../etc/passwd",
    "' OR 1=1 --",
    "x" * 100_000,
    "1.0",
    "None",
)


async def written(services: Services, owner: str) -> tuple[str, str]:
    """Return the ids of a memo with a version and of its evaluation."""
    evaluation = await services.evaluations.submit(owner, text="Buy a pump.", rubric="investment-memo")
    view = await services.evaluations.get(owner, evaluation)
    return view.memo_id, evaluation


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
async def test_somebody_elses_ids_and_made_up_ones_name_nothing(
    services: Services, owner: str, stranger: str, call: Call
) -> None:
    memo, evaluation = await written(services, owner)
    with pytest.raises(NotFound):
        await call(services, stranger, memo, evaluation)
    for odd in ODD_IDS:
        with pytest.raises(NotFound):
            await call(services, owner, odd, odd)
    assert (await services.drafts.of_memo(owner, memo)).text == "Buy a pump."


async def test_evaluations_of_one_owner_have_an_end(
    services: Services, owner: str, stranger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluations, "MOST_EVALUATIONS", 1)
    await written(services, owner)
    with pytest.raises(TooMany, match="Delete a memo"):
        await services.evaluations.submit(owner, text="Buy another.", rubric="investment-memo")
    await written(services, stranger)


async def test_a_full_disk_refuses_what_adds_and_allows_what_makes_room(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    memo, _ = await written(services, owner)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, LEAST_FREE_BYTES - 1))
    with pytest.raises(Unavailable, match="disk is full"):
        await services.drafts.save(
            owner, memo_id=None, text="More.", rubric="investment-memo", base_revision=0
        )
    with pytest.raises(Unavailable, match="disk is full"):
        await services.evaluations.submit(owner, text="More.", rubric="investment-memo")
    assert len(await services.memos.list(owner)) == 1
    await services.memos.delete(owner, memo)


async def test_a_broken_database_is_told_in_a_sentence(services: Services, owner: str) -> None:
    async with services.database.write_connection() as connection:
        await connection.exec_driver_sql("ALTER TABLE memos RENAME TO taken_away")
    with pytest.raises(Unavailable, match="try again in a minute"):
        await services.memos.list(owner)
    with pytest.raises(Unavailable, match="What was saved is safe"):
        await services.drafts.save(
            owner, memo_id=None, text="More.", rubric="investment-memo", base_revision=0
        )
    assert services.workers.is_alive


@pytest.mark.usefixtures("patient_database")
async def test_fifty_clicks_at_once_make_one_memo_one_version_and_one_evaluation(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()

    async def click() -> str:
        return await services.evaluations.submit(owner, text="Buy a pump.", rubric="investment-memo")

    (evaluation,) = set(await asyncio.gather(*(click() for _ in range(50))))
    coach.go_on()
    views = [view async for view in services.evaluations.follow(owner, evaluation)]
    assert views[-1].status == "done"
    (memo,) = await services.memos.list(owner)
    assert (memo.versions, len(memo.evaluations)) == (1, 1)


async def test_a_click_after_the_evaluation_is_done_makes_no_second_memo(
    services: Services, owner: str
) -> None:
    for _ in range(2):
        evaluation = await services.evaluations.submit(owner, text="Buy a pump.", rubric="investment-memo")
        assert [view async for view in services.evaluations.follow(owner, evaluation)][-1].status == "done"
    (memo,) = await services.memos.list(owner)
    assert memo.versions == 1
