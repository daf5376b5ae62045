"""Access tokens: in whose name they ask, what they may, and for how long; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from memo_coach.services.accounts.tokens import LONGEST_NAME, TokenRefused, TokenService
from memo_coach.services.container import Services
from memo_coach.services.errors import NotFound, TooMany
from memo_coach.services.memos.retention import Retention
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_ACCESS_TOKENS
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import AccessToken, User

NOW = datetime.now(UTC).replace(minute=25, second=0, microsecond=0)
"""Who was last here long ago would be swept away."""


class Clock:
    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(services: Services, clock: Clock) -> TokenService:
    return TokenService(UnitOfWork(services.database, services.settings.data_dir), now=clock)


async def test_a_token_opens_its_owners_data_until_it_expires(
    services: Services, tokens: TokenService, clock: Clock, owner: str
) -> None:
    made = await tokens.make(owner, "  nightly\nrun ", ["write", "read"])
    assert made.token.startswith("mct_")
    assert (made.view.name, made.view.scopes) == ("nightly run", ("read", "write"))
    assert made.view.expires == NOW + timedelta(days=90)
    holder = await tokens.recognise(made.token)
    assert holder is not None
    assert (holder.owner, holder.token.token_id) == (owner, made.view.token_id)
    clock.moment = NOW + timedelta(days=90)
    assert await tokens.recognise(made.token) is None
    assert await tokens.of_owner(owner) == ()
    await Retention(services.database, timedelta(days=9_999), clock).sweep()
    async with services.database.read() as session:
        assert (await session.execute(select(AccessToken))).first() is None


async def test_neither_the_database_nor_a_log_has_the_token(
    services: Services, tokens: TokenService, owner: str
) -> None:
    made = await tokens.make(owner, "x", ["read"])
    async with services.database.read() as session:
        row = (await session.execute(select(AccessToken))).scalar_one()
    assert made.token not in repr(row.model_dump())
    assert made.token not in repr(made)
    others = ("", "mct_", made.token[:-1], f"{made.token}x", f" {made.token}", f"mct_{'é' * 43}")
    for near in others:
        assert await tokens.recognise(near) is None


async def test_its_use_is_kept_to_the_hour(tokens: TokenService, clock: Clock, owner: str) -> None:
    made = await tokens.make(owner, "x", ["read"])
    assert (await tokens.of_owner(owner))[0].last_used is None
    for minutes, hours in ((0, 0), (30, 0), (40, 1)):
        clock.moment = NOW + timedelta(minutes=minutes)
        await tokens.recognise(made.token)
        assert (await tokens.of_owner(owner))[0].last_used == NOW.replace(minute=0) + timedelta(hours=hours)


async def test_its_owner_alone_revokes_it(tokens: TokenService, owner: str, stranger: str) -> None:
    made = await tokens.make(owner, "x", ["read"])
    assert await tokens.of_owner(stranger) == ()
    with pytest.raises(NotFound):
        await tokens.revoke(stranger, made.view.token_id)
    assert await tokens.recognise(made.token) is not None
    await tokens.revoke(owner, made.view.token_id)
    assert await tokens.recognise(made.token) is None


async def test_deleting_everything_takes_the_tokens_along(services: Services, owner: str) -> None:
    made = await services.tokens.make(owner, "x", ["read"])
    deletion = await services.deletions.delete_all(owner)
    assert await services.tokens.recognise(made.token) is None
    await services.deletions.undo(owner, deletion.deletion_id)
    assert await services.tokens.recognise(made.token) is not None


async def test_what_is_no_token_is_refused(tokens: TokenService, owner: str) -> None:
    refused = [
        ("", ["read"], 1),
        (" \t", ["read"], 1),
        ("x" * (LONGEST_NAME + 1), ["read"], 1),
        ("x", [], 1),
        ("x", ["read", "root"], 1),
        ("x", ["read"], 0),
        ("x", ["read"], 366),
    ]
    for name, scopes, days in refused:
        try:
            await tokens.make(owner, name, scopes, days=days)
        except TokenRefused:
            assert await tokens.of_owner(owner) == (), (name, scopes, days)
        else:
            pytest.fail(f"{name!r}, {scopes}, {days} was taken")


async def test_there_is_an_end_to_the_tokens_of_one_owner(
    services: Services, tokens: TokenService, owner: str, stranger: str
) -> None:
    for _ in range(MOST_ACCESS_TOKENS):
        await tokens.make(owner, "x", ["read"])
    with pytest.raises(TooMany):
        await tokens.make(owner, "x", ["read"])
    await tokens.make(stranger, "x", ["read"])


async def test_where_there_are_accounts_a_token_counts_while_its_owners_does(
    services: Services, owner: str
) -> None:
    made = await services.tokens.make(owner, "x", ["read"])
    unit_of_work = UnitOfWork(services.database, services.settings.data_dir)
    tokens = TokenService(unit_of_work, by_account=True)
    assert await tokens.recognise(made.token) is None
    user = User(id="u", owner=owner, email="a@example.org", name="Ana", role="administrator", created=NOW)
    async with services.database.write() as session:
        session.add(user)
    holder = await tokens.recognise(made.token)
    assert holder is not None
    assert holder.is_administrator
    open_to_all = await services.tokens.recognise(made.token)
    assert open_to_all is not None
    assert not open_to_all.is_administrator
    async with services.database.write() as session:
        await UserRepository(session).change("u", {"is_disabled": True})
    assert await tokens.recognise(made.token) is None
