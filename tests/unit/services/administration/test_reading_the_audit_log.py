"""The audit log as administrators read it: page by page, with what changed, and as CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from memo_coach.services.accounts.principal import Actor
from memo_coach.services.administration.audit import record
from memo_coach.services.administration.audit_log import PAGE, AuditQuestion, AuditService, changes_between
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.engine.database import Database

ADA, BEN = Actor(name="ada@example.org", user="u1", address="192.0.2.1"), Actor(name="=ben")


async def log_of(database: Database, folder: Path, entries: int) -> AuditService:
    async with database.write() as session:
        for number in range(entries):
            await record(
                session,
                BEN if number % 3 == 0 else ADA,
                "user.role" if number % 2 else "document.saved",
                f"user:{number}",
                before={"role": "writer", "name": "Ana"},
                after={"role": "administrator", "name": "Ana"},
            )
    return AuditService(UnitOfWork(database, folder))


async def test_all_entries_are_there_once_however_they_are_paged(migrated: Database, tmp_path: Path) -> None:
    log = await log_of(migrated, tmp_path, 2 * PAGE + 5)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await log.page(AuditQuestion(), cursor)
        seen += [each.target for each in page.entries]
        cursor = page.next_cursor
    assert seen == [f"user:{number}" for number in reversed(range(2 * PAGE + 5))]
    assert (await log.page(AuditQuestion(), "nonsense")).entries[0].target == seen[0]


async def test_entries_are_found_by_action_actor_and_target(migrated: Database, tmp_path: Path) -> None:
    log = await log_of(migrated, tmp_path, 7)
    assert await log.actions() == ("document.saved", "user.role")
    asked = AuditQuestion(action="user.", actor="ADA@", target=":5")
    assert [each.target for each in (await log.page(asked)).entries] == ["user:5"]
    assert (await log.page(AuditQuestion(actor="%"))).entries == ()
    assert (await log.page(AuditQuestion(target="\0" * 9))).entries != ()


async def test_an_entry_tells_what_changed_and_nothing_else(migrated: Database, tmp_path: Path) -> None:
    log = await log_of(migrated, tmp_path, 1)
    ((change,),) = [each.changes for each in (await log.page(AuditQuestion())).entries]
    assert (change.name, change.before, change.after) == ("role", "writer", "administrator")
    (limits,) = changes_between({"limits": None}, {"limits": {"b": 1, "a": "ñ"}})
    assert (limits.before, limits.after) == (None, '{"a": "ñ", "b": 1}')
    assert changes_between(None, None) == []


async def test_the_log_can_be_taken_along_and_computes_nothing(migrated: Database, tmp_path: Path) -> None:
    log = await log_of(migrated, tmp_path, 3)
    written = b"".join([piece async for piece in log.as_csv(AuditQuestion(action="document.saved"))])
    rows = list(csv.DictReader(io.StringIO(written.decode())))
    assert [row["actor"] for row in rows] == ["ada@example.org", "'=ben"]
    assert rows[0]["after"] == '{"role": "administrator", "name": "Ana"}'
