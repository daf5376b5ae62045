"""One machine cannot fill the disk, whatever cookies it brings, and an honest office never notices."""

from __future__ import annotations

import shutil
from collections import namedtuple
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.coaching.memo.text import LONGEST_MEMO
from memo_coach.services.clock import now
from memo_coach.services.container import Services
from memo_coach.services.errors import Unavailable
from memo_coach.services.unit_of_work import FREE_BYTES_FOR_NEW_VISITORS, UnitOfWork
from memo_coach.services.usage.storage_budget import (
    ANSWER_BYTES,
    EVALUATION_BYTES,
    MEMO_BYTES,
    NEW_FOR,
    Allowance,
    StorageBudget,
    StorageLimits,
    StorageRefused,
    StorageRequest,
)
from memo_coach.services.views import DraftSaved
from memo_coach.storage.engine.database import Database
from memo_coach.storage.tables import Visitor
from tests.databases import only_on_sqlite
from tests.unit.conftest import Opening, Seconds

RUBRIC = "investment-memo"
HOME, OFFICE = "192.0.2.1", "198.51.100.2"
UNLIMITED = Allowance(1e12, 0)
NO_LIMITS = StorageLimits(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED)
A_DRAFT = 10_000
"""Bytes, with its row."""


async def visitor(services: Services) -> str:
    _token, owner = await services.visitors.admit()
    return owner


async def save(
    services: Services,
    owner: str | None = None,
    *,
    text: str | None = None,
    address: str | None = HOME,
    memo: DraftSaved | None = None,
) -> DraftSaved:
    """Save a draft that takes :data:`A_DRAFT`, as somebody new unless it is said who."""
    owner = owner or await visitor(services)
    return await services.drafts.save(
        owner,
        memo_id=memo.memo_id if memo else None,
        text=owner.ljust(A_DRAFT - MEMO_BYTES, "a") if text is None else text,
        rubric=RUBRIC,
        base_revision=memo.revision if memo else 0,
        address=address,
    )


async def judged(services: Services, owner: str, text: str, address: str | None = None) -> str:
    evaluation = await services.evaluations.submit(owner, text=text, rubric=RUBRIC, address=address)
    async for _ in services.evaluations.follow(owner, evaluation):
        pass
    return evaluation


async def make_regular(services: Services, owner: str) -> None:
    """Let a visitor have been here for longer than a new one."""
    async with services.database.write() as session:
        first = now() - NEW_FOR - timedelta(minutes=1)
        await session.execute(update(Visitor).where(col(Visitor.id) == owner).values(created=first))


async def test_fresh_cookies_from_one_address_keep_no_more_than_an_address_may(
    opening: Opening, seconds: Seconds
) -> None:
    services = await opening(replace(NO_LIMITS, kept_by_address=Allowance(3 * A_DRAFT, A_DRAFT / 60)))
    for _ in range(3):
        await save(services)
    with pytest.raises(StorageRefused, match="your text stays in this browser") as refused:
        await save(services)
    assert 59 <= refused.value.retry_after <= 60
    await save(services, address=OFFICE)
    seconds.now += 60
    await save(services)
    with pytest.raises(StorageRefused):
        await save(services)


async def test_all_addresses_of_a_network_of_the_new_kind_are_one(opening: Opening) -> None:
    services = await opening(replace(NO_LIMITS, kept_by_address=Allowance(A_DRAFT, 0)))
    await save(services, address="2001:db8:1:2::1")
    with pytest.raises(StorageRefused):
        await save(services, address="2001:db8:1:2:ffff::9")
    await save(services, address="2001:db8:1:3::1")


async def test_what_is_refused_leaves_no_trace_and_is_saved_when_there_is_room(
    opening: Opening, seconds: Seconds
) -> None:
    services = await opening(replace(NO_LIMITS, kept_by_address=Allowance(A_DRAFT, A_DRAFT)))
    first = await visitor(services)
    await save(services, first)
    second = await visitor(services)
    with pytest.raises(StorageRefused):
        await save(services, second, text="Mine.")
    assert await services.drafts.current(second) is None
    seconds.now += 1
    await save(services, second, text="Mine.")
    draft = await services.drafts.current(second)
    assert draft is not None
    assert draft.text == "Mine."


async def test_a_draft_that_is_saved_again_counts_by_what_it_gained(opening: Opening) -> None:
    services = await opening(replace(NO_LIMITS, kept_by_address=Allowance(A_DRAFT + 100, 0)))
    owner = await visitor(services)
    text = "a" * (A_DRAFT - MEMO_BYTES)
    saved = await save(services, owner, text=text)
    for number in range(50):
        text += "b"
        saved = await save(services, owner, text=text, memo=saved)
        assert await save(services, owner, text=text, memo=saved) == saved, number
    with pytest.raises(StorageRefused):
        await save(services, owner, text=text + "c" * 51, memo=saved)


async def test_a_draft_that_is_shortened_and_grown_again_counts_each_time(opening: Opening) -> None:
    services = await opening(replace(NO_LIMITS, kept_by_address=Allowance(2 * A_DRAFT, 0)))
    owner = await visitor(services)
    long = "a" * (A_DRAFT - MEMO_BYTES)
    saved = await save(services, owner, text=long)
    saved = await save(services, owner, text="short", memo=saved)
    saved = await save(services, owner, text=long, memo=saved)
    saved = await save(services, owner, text="short", memo=saved)
    with pytest.raises(StorageRefused):
        await save(services, owner, text=long, memo=saved)


async def test_writing_the_same_amount_over_and_over_is_slowed_down(
    opening: Opening, seconds: Seconds
) -> None:
    services = await opening(replace(NO_LIMITS, written_by_address=Allowance(30_000, 1_000)))
    owner = await visitor(services)
    saved = await save(services, owner, text="a" * 10_000)
    for letter in "bc":
        saved = await save(services, owner, text=letter * 10_000, memo=saved)
    with pytest.raises(StorageRefused) as refused:
        await save(services, owner, text="d" * 10_000, memo=saved)
    assert refused.value.retry_after == 10
    seconds.now += 10
    await save(services, owner, text="d" * 10_000, memo=saved)


async def test_an_address_brings_only_so_many_new_visitors(opening: Opening, seconds: Seconds) -> None:
    services = await opening(replace(NO_LIMITS, visitors_of_address=Allowance(2, 1 / 60)))
    first, second = await visitor(services), await visitor(services)
    await save(services, first)
    await save(services, second)
    with pytest.raises(StorageRefused, match="are new here"):
        await save(services)
    await save(services, first, text="More of the first.")
    await save(services, address=OFFICE)
    seconds.now += 60
    await save(services)


async def test_new_visitors_together_keep_only_so_much_and_the_others_go_on(opening: Opening) -> None:
    services = await opening(replace(NO_LIMITS, kept_by_new_visitors=Allowance(3 * A_DRAFT, 0)))
    regular = await visitor(services)
    await save(services, regular)
    await make_regular(services, regular)
    await save(services)
    await save(services, address=OFFICE)
    with pytest.raises(StorageRefused, match="new here"):
        await save(services, address="203.0.113.3")
    await save(services, regular, text="b" * A_DRAFT)


async def test_evaluations_count_with_their_text_and_once(opening: Opening) -> None:
    text = "Please approve the new pump. " * 100
    size = len(text.strip().encode()) + EVALUATION_BYTES
    services = await opening(replace(NO_LIMITS, kept_by_address=Allowance(2 * size + 100, 0)))
    owner = await visitor(services)
    await judged(services, owner, text, HOME)
    # The same text by another rubric is another evaluation, and no other text.
    await services.evaluations.submit(owner, text=text, rubric="decision-memo", address=HOME)
    with pytest.raises(StorageRefused):
        await services.evaluations.submit(owner, text="Another. " + text, rubric=RUBRIC, address=HOME)
    stranger = await visitor(services)
    await services.evaluations.submit(stranger, text=text, rubric=RUBRIC, address=OFFICE)


async def test_a_draft_that_is_handed_in_is_not_counted_twice(opening: Opening) -> None:
    services = await opening(
        replace(NO_LIMITS, kept_by_address=Allowance(A_DRAFT + EVALUATION_BYTES + 100, 0))
    )
    owner = await visitor(services)
    text = "Please approve. ".ljust(A_DRAFT - MEMO_BYTES, "a")
    await save(services, owner, text=text)
    await judged(services, owner, text, HOME)


async def test_questions_and_answers_count(opening: Opening) -> None:
    services = await opening(replace(NO_LIMITS, kept_by_address=Allowance(ANSWER_BYTES + 100, 0)))
    owner = await visitor(services)
    evaluation = await judged(services, owner, "Please approve the new pump by Friday.")
    await services.chats.ask(owner, evaluation, "Why?", address=HOME)
    async for _ in services.chats.follow(owner, evaluation):
        pass
    with pytest.raises(StorageRefused):
        await services.chats.ask(owner, evaluation, "Why not?", address=HOME)
    assert len((await services.chats.get(owner, evaluation)).messages) == 2


async def test_where_the_disk_runs_short_new_visitors_are_refused_first(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = await opening(NO_LIMITS)
    regular = await visitor(services)
    saved = await save(services, regular)
    await make_regular(services, regular)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, FREE_BYTES_FOR_NEW_VISITORS - 1))
    with pytest.raises(Unavailable, match="new visitors"):
        await save(services)
    with pytest.raises(Unavailable, match="new visitors"):
        await services.evaluations.submit(await visitor(services), text="Approve it.", rubric=RUBRIC)
    await save(services, regular, text="More.", memo=saved)
    await judged(services, regular, "Please approve the new pump by Friday.")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, FREE_BYTES_FOR_NEW_VISITORS))
    await save(services)


@only_on_sqlite
async def test_room_that_was_made_within_the_database_is_room_for_new_visitors(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = await opening(NO_LIMITS)
    owner = await visitor(services)
    long = await save(services, owner, text="a" * 100_000)
    await services.memos.delete(owner, long.memo_id)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, FREE_BYTES_FOR_NEW_VISITORS - 90_000))
    await save(services)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, FREE_BYTES_FOR_NEW_VISITORS - 200_000))
    with pytest.raises(Unavailable):
        await save(services)


PEOPLE = 100


@pytest.fixture
def shipped(seconds: Seconds, tmp_path: Path) -> StorageBudget:
    """Return the limits as they are shipped. While the disk has room, they ask nothing of a database."""
    never_opened = Database("sqlite+aiosqlite:////nowhere/at/all.db")
    return StorageBudget(UnitOfWork(never_opened, tmp_path), str, clock=seconds)


async def keep(budget: StorageBudget, size: int, *, first: bool = False) -> None:
    """Keep something that a visitor of this morning adds; the first thing that they add."""
    moment = now()
    since = moment if first else moment - timedelta(hours=1)
    await budget.count_kept(AsyncSession(), StorageRequest(OFFICE, size, since, moment))


async def test_a_hundred_people_of_one_office_who_type_without_a_pause_are_not_refused(
    shipped: StorageBudget, seconds: Seconds
) -> None:
    text = 60_000
    for _ in range(PEOPLE):
        shipped.count_written(OFFICE, text, all_new=True)
        await keep(shipped, text + MEMO_BYTES, first=True)
    for _second in range(600):
        seconds.now += 1
        for _ in range(PEOPLE):
            shipped.count_written(OFFICE, text)
            await keep(shipped, 10)


async def test_a_hundred_people_of_one_office_paste_the_longest_memo_and_have_it_judged_at_once(
    shipped: StorageBudget,
) -> None:
    for _ in range(PEOPLE):
        shipped.count_written(OFFICE, LONGEST_MEMO, all_new=True)
        await keep(shipped, LONGEST_MEMO + MEMO_BYTES, first=True)
        shipped.count_written(OFFICE, LONGEST_MEMO)
        await keep(shipped, LONGEST_MEMO + EVALUATION_BYTES)


async def test_a_hundred_people_of_one_office_work_all_day(shipped: StorageBudget, seconds: Seconds) -> None:
    memo = 12_000
    for _ in range(PEOPLE):
        await keep(shipped, memo + MEMO_BYTES, first=True)
    for _half_hour in range(20):
        for _ in range(PEOPLE):
            await keep(shipped, memo + EVALUATION_BYTES)
            await keep(shipped, ANSWER_BYTES)
        seconds.now += 1_800


async def test_one_address_cannot_fill_a_disk_of_twenty_gigabytes_in_a_week(
    shipped: StorageBudget, seconds: Seconds
) -> None:
    ten_drafts = 10 * 6 * LONGEST_MEMO
    kept, week = 0, 7 * 24 * 3600
    while seconds.now < week:
        try:
            await keep(shipped, ten_drafts, first=True)
            kept += ten_drafts
        except StorageRefused as refused:
            seconds.now += refused.retry_after
    assert kept < 10e9
