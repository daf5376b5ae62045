"""Taking along: all that a browser wrote without an account becomes the account's, and nothing is left."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from memo_coach.services.accounts.principal import Principal
from memo_coach.services.container import Services
from memo_coach.services.errors import NotFound
from memo_coach.storage.repositories.taking_along import STAYING, TAKEN
from memo_coach.storage.tables import GlossaryWord, MutedRemark, Visitor, metadata
from tests.accounts import add_account, signed_in
from tests.stored_rows import (
    add_account_rows,
    add_deletion,
    add_rows_of_a_model,
    add_rows_of_a_review,
    add_rows_of_sharing,
    add_rows_of_webhooks,
    add_visitor,
    queued,
)


def test_each_table_with_an_owner_is_taken_along_or_stays_for_a_reason() -> None:
    assert {table.name for table in metadata.sorted_tables if "owner" in table.c} == {*TAKEN, *STAYING}


async def owners(services: Services) -> dict[str, set[str | None]]:
    async with services.database.read() as session:
        return {
            name: set((await session.execute(select(metadata.tables[name].c.owner))).scalars())
            for name in TAKEN
        }


async def test_all_that_a_visitor_has_becomes_the_accounts_whose_own_choices_stay(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await add_account(services)
    async with services.database.write() as session:
        session.add(GlossaryWord(owner=user.owner, word="I+D"))
        session.add(MutedRemark(owner=user.owner, kind="another"))
    await add_visitor(services.database)
    async with services.database.write() as session:
        done = queued("v", "e")
        done.status, done.finished = "cancelled", done.created
        session.add(done)
    await add_rows_of_a_model(services.database, "v", "e")
    await add_rows_of_a_review(services.database, "v")
    await add_rows_of_sharing(services.database, "v", "e")
    await add_rows_of_webhooks(services.database, "v", "e")
    await add_deletion(services.database, "v")

    async def identify(token: str | None) -> str | None:
        return token

    monkeypatch.setattr(services.visitors, "identify", identify)
    principal = (await signed_in(services)).principal
    assert await services.taking_along.offered("v") == 1
    assert await services.taking_along.take(principal, "v") == 1
    assert set().union(*(await owners(services)).values()) == {user.owner}
    async with services.database.read() as session:
        assert set((await session.execute(select(Visitor.id))).scalars()) == {user.owner, "deleted-v"}  # type: ignore[call-overload]
    assert [memo.memo_id for memo in await services.memos.list(user.owner)] == ["m-v"]
    with pytest.raises(NotFound):
        await services.taking_along.take(principal, "v")


async def test_nobody_takes_along_what_is_an_accounts_or_nobodys(services: Services) -> None:
    await add_account_rows(services.database)
    user = await add_account(services)
    token, visitor = await services.visitors.admit()
    principal = Principal(user.owner, user.id)
    for given in (None, "", "x" * 100, token):
        assert await services.taking_along.offered(given) == 0
        with pytest.raises(NotFound):
            await services.taking_along.take(principal, given)
    await services.drafts.save(visitor, memo_id=None, text="Mine", rubric="investment-memo", base_revision=0)
    assert await services.taking_along.offered(token) == 1
    with pytest.raises(NotFound):
        await services.taking_along.take(Principal(visitor), token)
