"""The audit log: what was done is told, and nobody can make it untold."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from memo_coach.services.accounts.principal import Actor
from memo_coach.services.administration.audit import LONGEST_NAME, record
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.audit import AuditFilter, AuditRepository

ADA = Actor(name="ada@example.org", user="u1", address="192.0.2.1")


async def test_an_entry_says_who_did_what_to_what(migrated: Database) -> None:
    async with migrated.write() as session:
        await record(
            session, ADA, "document.saved", "document:rubric", before={"version": 1}, after={"version": 2}
        )
    async with migrated.read() as session:
        (entry,) = await AuditRepository(session).entries(AuditFilter(), 10)
    assert (entry.actor, entry.actor_user, entry.action, entry.target) == (
        "ada@example.org", "u1", "document.saved", "document:rubric",
    )  # fmt: skip
    assert (entry.before, entry.after, entry.address) == ({"version": 1}, {"version": 2}, "192.0.2.1")


async def test_where_the_transaction_fails_nothing_is_told(migrated: Database) -> None:
    async def tell_and_break() -> None:
        async with migrated.write() as session:
            await record(session, ADA, "user.disabled", "user:u2")
            raise RuntimeError("broke")

    with pytest.raises(RuntimeError, match="broke"):
        await tell_and_break()
    async with migrated.read() as session:
        assert await AuditRepository(session).entries(AuditFilter(), 10) == []


@pytest.mark.parametrize(
    "statement", ["DELETE FROM audit_entries", "UPDATE audit_entries SET actor = 'nobody'"]
)
async def test_the_database_refuses_to_change_what_was_told(migrated: Database, statement: str) -> None:
    async with migrated.write() as session:
        await record(session, ADA, "user.disabled", "user:u2")
    with pytest.raises(DBAPIError, match="only grows"):
        async with migrated.write() as session:
            await session.execute(text(statement))
    async with migrated.read() as session:
        (entry,) = await AuditRepository(session).entries(AuditFilter(), 10)
    assert entry.actor == "ada@example.org"


async def test_entries_are_found_by_action_target_and_actor(migrated: Database) -> None:
    async with migrated.write() as session:
        await record(session, ADA, "user.disabled", "user:u2")
        await record(session, Actor(name="bob", user="u3"), "document.saved", "document:rubric")
    async with migrated.read() as session:
        log = AuditRepository(session)
        assert [each.action for each in await log.entries(AuditFilter(), 10)] == [
            "document.saved",
            "user.disabled",
        ]
        for wanted in (
            AuditFilter(action="user."),
            AuditFilter(action="user.disabled"),
            AuditFilter(target="user:u2"),
            AuditFilter(actor_user="u1"),
        ):
            assert [each.target for each in await log.entries(wanted, 10)] == ["user:u2"]


async def test_a_long_name_is_cut(migrated: Database) -> None:
    async with migrated.write() as session:
        await record(session, Actor(name="a" * 1000), "x", "y" * 1000)
    async with migrated.read() as session:
        (entry,) = await AuditRepository(session).entries(AuditFilter(), 10)
    assert len(entry.actor) == len(entry.target) == LONGEST_NAME
