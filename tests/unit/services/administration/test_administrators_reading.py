"""An administrator may read what a model was told of somebody's memo, and its owner is told who did."""

from __future__ import annotations

from pathlib import Path

import pytest

from memo_coach.services.accounts.principal import Actor
from memo_coach.services.administration.debug import READING, DebugService
from memo_coach.services.errors import NotFound
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.audit import AuditFilter, AuditRepository
from memo_coach.storage.tables import Deletion
from tests.ledger import accounts_of, outcome, plan
from tests.stored_rows import NOON, add_visitor, queued

ADA = Actor(name="ada@example.org", user="u1", address="192.0.2.1")
AT_THE_MACHINE = Actor(name="Whoever sits at the machine")


@pytest.fixture
async def debug(migrated: Database, tmp_path: Path) -> DebugService:
    """Return the service of an installation where a model has judged a memo of ana's."""
    for owner in ("ana", "ada"):
        await add_visitor(migrated, owner)
        async with migrated.write() as session:
            session.add(queued(owner, f"e-{owner}"))
    ledger = accounts_of(migrated).ledger(owner="ana", evaluation="e-ana")
    await ledger.settle(await ledger.reserve(plan()), outcome())
    return DebugService(UnitOfWork(migrated, tmp_path), collects=True)


async def told(database: Database) -> list[tuple[str, str]]:
    async with database.read() as session:
        entries = await AuditRepository(session).entries(AuditFilter(action=READING), 10)
    return [(entry.actor, entry.target) for entry in entries]


async def test_reading_somebody_elses_is_written_down_and_told_to_them(
    migrated: Database, debug: DebugService
) -> None:
    (call,) = (await debug.read(ADA, "ada", "e-ana")).calls
    assert call.prompt is not None
    assert await told(migrated) == [("ada@example.org", "evaluation:e-ana")]
    await debug.read(ADA, "ada", "e-ana")
    (reading,) = await debug.readings("ana", "e-ana")
    assert reading.reader == "ada@example.org"
    assert await debug.readings("ada", "e-ana") == ()


async def test_reading_ones_own_is_nobodys_business(migrated: Database, debug: DebugService) -> None:
    assert (await debug.read(ADA, "ada", "e-ada")).calls == ()
    assert await told(migrated) == []


async def test_without_an_account_nobody_elses_is_shown(migrated: Database, debug: DebugService) -> None:
    with pytest.raises(NotFound):
        await debug.read(AT_THE_MACHINE, "ada", "e-ana")
    assert await told(migrated) == []


async def test_what_its_owner_has_deleted_is_not_shown(migrated: Database, debug: DebugService) -> None:
    async with migrated.write() as session:
        session.add(Deletion(id="ana", owner="somebody", due=NOON))
    with pytest.raises(NotFound):
        await debug.read(ADA, "ada", "e-ana")
    assert await told(migrated) == []
