"""Drafts that nobody comes back to go after a time, and visitors who left nothing else."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from memo_coach.services.clock import now
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.memos import drafts as drafts_module
from memo_coach.services.memos import library as memos_module
from memo_coach.services.memos import retention as retention_module
from memo_coach.services.memos.library import MemoService
from memo_coach.services.memos.retention import PASS_EVERY, Retention
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.settings import Settings, load_settings
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.memos import MemoRepository
from memo_coach.storage.repositories.visitors import SEEN_EVERY
from memo_coach.storage.tables import ChatMessage, ImportedMemo, Memo, MemoVersion, Visitor
from tests.ledger import Clock
from tests.stored_rows import NOON, add_rows_of_a_model, add_visitor, memo_of, queued

LIFETIME = timedelta(days=180)
LONG_AGO = NOON - LIFETIME - timedelta(minutes=1)
RECENTLY = NOON - LIFETIME + timedelta(minutes=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def add_draft(
    database: Database, owner: str, *, changed: datetime, seen: datetime, drafts: int = 1
) -> None:
    """Add a visitor with drafts ``d-OWNER-NUMBER``."""
    async with database.write() as session:
        session.add(Visitor(id=owner, created=changed, last_seen=seen))
        await session.flush()
        for number in range(drafts):
            memo = memo_of(owner, f"d-{owner}-{number}")
            memo.draft_text, memo.changed, memo.draft_saved = "Approve", changed, changed
            session.add(memo)


async def ids(database: Database, table: type[Memo] | type[Visitor]) -> set[str]:
    async with database.read() as session:
        return set((await session.execute(select(col(table.id)))).scalars())


async def test_a_draft_and_its_visitor_go_after_the_time_and_not_before(
    migrated: Database, clock: Clock
) -> None:
    await add_draft(migrated, "gone", changed=LONG_AGO, seen=LONG_AGO)
    await add_draft(migrated, "here", changed=RECENTLY, seen=RECENTLY)
    retention = Retention(migrated, LIFETIME, clock)
    assert await retention.sweep() == (1, 1)
    assert await ids(migrated, Visitor) == {"here"}
    assert await ids(migrated, Memo) == {"d-here-0"}
    clock.time += timedelta(minutes=1)
    assert await retention.sweep() == (0, 0)
    clock.time += PASS_EVERY
    assert await retention.sweep() == (1, 1)


async def test_who_comes_back_keeps_every_draft(migrated: Database, clock: Clock) -> None:
    await add_draft(migrated, "v", changed=LONG_AGO, seen=RECENTLY)
    assert await Retention(migrated, LIFETIME, clock).sweep() == (0, 0)


async def test_a_draft_that_changed_since_stays_whatever_the_visitor_s_row_says(
    migrated: Database, clock: Clock
) -> None:
    await add_draft(migrated, "v", changed=RECENTLY, seen=LONG_AGO)
    assert await Retention(migrated, LIFETIME, clock).sweep() == (0, 0)


async def test_evaluated_memos_stay_with_what_was_begun_on_them(migrated: Database, clock: Clock) -> None:
    await add_draft(migrated, "v", changed=LONG_AGO, seen=LONG_AGO, drafts=2)
    async with migrated.write() as session:
        session.add(
            MemoVersion(
                memo="d-v-0", number=1, text="T", text_sha256="x", words=1, language="en", created=LONG_AGO
            )
        )
    assert await Retention(migrated, LIFETIME, clock).sweep() == (1, 0)
    async with migrated.read() as session:
        (memo,) = (await session.execute(select(Memo))).scalars()
    assert (memo.id, memo.draft_text) == ("d-v-0", "Approve")
    assert await ids(migrated, Visitor) == {"v"}


async def test_everything_about_an_evaluation_stays(migrated: Database, clock: Clock) -> None:
    await add_visitor(migrated)
    async with migrated.write() as session:
        session.add(queued("v", "e"))
    await add_rows_of_a_model(migrated, "v", "e")
    clock.time = NOON + 10 * LIFETIME
    assert await Retention(migrated, LIFETIME, clock).sweep() == (0, 0)


async def test_a_visitor_who_deleted_everything_goes(migrated: Database, clock: Clock) -> None:
    await add_draft(migrated, "empty", changed=LONG_AGO, seen=LONG_AGO, drafts=0)
    assert await Retention(migrated, LIFETIME, clock).sweep() == (0, 1)


async def test_many_go_in_small_steps_and_those_who_stay_are_in_nobodys_way(
    migrated: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention_module, "VISITORS_AT_ONCE", 3)
    monkeypatch.setattr(retention_module, "DRAFTS_AT_ONCE", 2)
    monkeypatch.setattr(retention_module, "STEPS_AT_ONCE", 4)
    for number in range(7):
        await add_draft(migrated, f"stays-{number}", changed=RECENTLY, seen=LONG_AGO)
        await add_draft(migrated, f"leaves-{number}", changed=LONG_AGO, seen=LONG_AGO, drafts=3)
    retention = Retention(migrated, LIFETIME, clock)
    found = [await retention.sweep() for _ in range(20)]
    assert max(drafts for drafts, _ in found) <= 8
    assert sum(drafts for drafts, _ in found) == 21
    assert sum(visitors for _, visitors in found) == 7
    assert await ids(migrated, Visitor) == {f"stays-{number}" for number in range(7)}


async def test_between_two_passes_the_database_is_left_alone(migrated: Database, clock: Clock) -> None:
    retention = Retention(migrated, LIFETIME, clock)
    await retention.sweep()
    await add_draft(migrated, "gone", changed=LONG_AGO, seen=LONG_AGO)
    clock.time += PASS_EVERY - timedelta(seconds=1)
    assert await retention.sweep() == (0, 0)
    clock.time += timedelta(seconds=1)
    assert await retention.sweep() == (1, 1)


async def test_several_processes_remove_each_thing_once(engines: tuple[Database, ...], clock: Clock) -> None:
    for number in range(30):
        await add_draft(engines[0], f"v-{number}", changed=LONG_AGO, seen=LONG_AGO)
    sweeps = [Retention(each, LIFETIME, clock).sweep() for each in engines]
    found = await asyncio.gather(*sweeps)
    assert sum(drafts for drafts, _ in found) == sum(visitors for _, visitors in found) == 30


async def save(services: Services, owner: str, words: str) -> str:
    saved = await services.drafts.save(
        owner, memo_id=None, text=words, rubric="investment-memo", base_revision=0
    )
    return saved.memo_id


@pytest.mark.parametrize("look", ["write", "memo", "memos"])
async def test_opening_a_page_renews_the_time_of_the_drafts(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    memo = await save(services, owner, "Approve the pump.")
    later = Clock()
    later.time = retention_module.clock.now() + LIFETIME
    monkeypatch.setattr(drafts_module, "now", later)
    monkeypatch.setattr(memos_module, "now", later)
    await {
        "write": lambda: services.drafts.current(owner),
        "memo": lambda: services.drafts.of_memo(owner, memo),
        "memos": lambda: services.memos.list(owner),
    }[look]()
    later.time += LIFETIME - timedelta(minutes=1)
    retention = Retention(services.database, LIFETIME, later)
    assert await retention.sweep() == (0, 0)
    later.time += PASS_EVERY
    assert await retention.sweep() == (1, 1)


async def test_looking_again_within_the_hour_writes_nothing(services: Services, owner: str) -> None:
    await save(services, owner, "Approve the pump.")
    before = await seen(services)
    await services.drafts.current(owner)
    assert await seen(services) == before


async def test_a_database_that_takes_no_changes_can_be_read(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await save(services, owner, "Approve the pump.")
    later = Clock()
    later.time = retention_module.clock.now() + SEEN_EVERY + timedelta(minutes=1)
    monkeypatch.setattr(drafts_module, "now", later)
    async with services.database.write() as session:
        forbid = {
            "sqlite": "CREATE TRIGGER none BEFORE UPDATE ON visitors BEGIN SELECT RAISE(ABORT, 'no'); END",
            "postgresql": "ALTER TABLE visitors ADD CONSTRAINT c CHECK (last_seen < '2000-01-01') NOT VALID",
        }
        await session.execute(text(forbid[session.get_bind().dialect.name]))
    draft = await services.drafts.current(owner)
    assert draft is not None
    assert draft.text == "Approve the pump."


async def seen(services: Services) -> datetime:
    async with services.database.read() as session:
        return (await session.execute(select(col(Visitor.last_seen)))).scalar_one()


async def test_a_writer_who_was_gone_for_too_long_begins_anew_with_the_same_cookie(
    services: Services,
) -> None:
    token, owner = await services.visitors.admit()
    await save(services, owner, "Approve the pump.")
    clock = Clock()
    clock.time = retention_module.clock.now() + LIFETIME + timedelta(days=1)
    assert await Retention(services.database, LIFETIME, clock).sweep() == (1, 1)
    assert await services.visitors.identify(token) == owner
    assert await services.drafts.current(owner) is None
    await save(services, owner, "Another pump.")
    assert len(await services.memos.list(owner)) == 1


async def test_a_running_service_removes_them_by_itself_after_the_days_that_were_set(
    settings: Settings, tmp_path: Path
) -> None:
    given = settings.as_environment() | {"DRAFT_DAYS": "7"}
    first = await open_services(load_settings(given, env_file=None))
    week_ago = retention_module.clock.now() - timedelta(days=7)
    await add_draft(first.database, "gone", changed=week_ago, seen=week_ago)
    later = week_ago + timedelta(hours=1)
    await add_draft(first.database, "here", changed=later, seen=later)
    await close_services(first)
    second = await open_services(load_settings(given, env_file=None))
    # Housekeeping begins at once, and ends what it is at before it is closed.
    await asyncio.sleep(0)
    await close_services(second)
    database = Database(settings.database_url)
    assert await ids(database, Visitor) == {"here"}
    await database.close()


async def test_a_memo_that_nobody_uses_goes_where_the_operator_wishes_it_and_says_so_before(
    migrated: Database, clock: Clock, tmp_path: Path
) -> None:
    for name in ("unused", "judged", "asked", "imported"):
        await add_visitor(migrated, name)
    recently = NOON + timedelta(days=20)
    async with migrated.write() as session:
        session.add(queued("unused", "e-unused"))
        session.add(queued("judged", "e-judged", recently))
        session.add(queued("asked", "e-asked"))
        session.add(ImportedMemo(memo="m-imported", source_sha256="ab", imported=recently))
        await session.flush()
        session.add(
            ChatMessage(
                id="c", owner="asked", evaluation="e-asked", position=0, role="person", text="?",
                status="done", created=recently, changed=recently,
            )
        )  # fmt: skip
    clock.time = NOON + timedelta(days=101)
    everything = {"m-unused", "m-judged", "m-asked", "m-imported"}
    await Retention(migrated, 10 * LIFETIME, clock).sweep()
    assert await ids(migrated, Memo) == everything, "off by default"
    kept_unused = timedelta(days=100)
    await Retention(migrated, 10 * LIFETIME, clock, kept_unused=kept_unused).sweep()
    assert await ids(migrated, Memo) == everything - {"m-unused"}
    async with migrated.read() as session:
        for name in ("judged", "asked", "imported"):
            assert await MemoRepository(session).last_used(name) == {f"m-{name}": recently}
    told = MemoService(UnitOfWork(migrated, tmp_path), str, kept_unused=now() - recently + timedelta(days=29))
    (memo,) = await told.list("asked")
    assert memo.going is not None
    untold = MemoService(
        UnitOfWork(migrated, tmp_path), str, kept_unused=now() - recently + timedelta(days=31)
    )
    assert [memo.going for memo in await untold.list("asked")] == [None]
