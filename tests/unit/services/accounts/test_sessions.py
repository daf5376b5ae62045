"""Sessions: known by a token until they end by themselves or are ended, each its person's own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from memo_coach.services.accounts import sessions as module
from memo_coach.services.container import Services
from memo_coach.services.errors import NotFound
from tests.accounts import add_account, signed_in
from tests.clock import Clock


async def test_a_session_ends_when_nobody_uses_it_and_after_its_days_in_any_case(
    services: Services, clock: Clock
) -> None:
    await add_account(services)
    idle, used = (await signed_in(services)).token, (await signed_in(services)).token
    hours = services.sessions.lifetime // services.sessions.idle * 2
    for hour in range(hours):
        clock.move(services.sessions.idle.total_seconds() / 2)
        assert (await services.sessions.principal(used) is not None) == (hour < hours - 1)
    assert await services.sessions.principal(idle) is None


async def test_when_a_session_was_used_is_kept_to_the_minute(services: Services, clock: Clock) -> None:
    await add_account(services)
    signed = await signed_in(services)

    async def last_used() -> float:
        await services.sessions.principal(signed.token)
        view = (await services.sessions.list(signed.principal))[0]
        return (view.last_used - view.made).total_seconds()

    clock.move(30)
    assert await last_used() == 0
    clock.move(40)
    assert 70 <= await last_used() < 90


async def test_people_see_and_end_their_own_sessions_and_nobody_elses(services: Services) -> None:
    await add_account(services)
    await add_account(services, "bob@example.org")
    ana, here, bob = (
        await signed_in(services), await signed_in(services), await signed_in(services, "bob@example.org"),
    )  # fmt: skip
    listed = await services.sessions.list(here.principal)
    assert [(each.agent, each.address, each.is_this) for each in listed] == [
        ("Firefox", "198.51.100.7", True),
        ("Firefox", "198.51.100.7", False),
    ]
    for foreign in (bob.principal.session or "", "x", ""):
        with pytest.raises(NotFound):
            await services.sessions.end(here.principal, foreign)
    await services.sessions.end(here.principal, ana.principal.session or "")
    assert await services.sessions.principal(ana.token) is None
    third = await signed_in(services)
    assert await services.sessions.end_others(here.principal) == 1
    assert await services.sessions.identify(third.token) is None
    assert await services.sessions.identify(here.token) == here.principal.owner
    await services.sessions.sign_out(here.token)
    assert await services.sessions.identify(here.token) is None
    assert await services.sessions.identify(bob.token) == bob.principal.owner
    assert await services.sessions.end_all(bob.principal.owner) == 1
    assert await services.sessions.identify(bob.token) is None


async def test_signing_in_gives_a_new_token_and_ends_the_one_that_the_browser_came_with(
    services: Services,
) -> None:
    await add_account(services)
    old = (await signed_in(services)).token
    new = (await signed_in(services, previous=old)).token
    assert new != old
    assert await services.sessions.principal(old) is None
    for nonsense in (None, "", "x" * 43, "x" * 10**6, "\0" * 43):
        assert await services.sessions.principal(nonsense) is None
        await services.sessions.sign_out(nonsense)


async def test_an_account_has_so_many_sessions_and_the_oldest_goes(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SESSIONS", 2)
    await add_account(services)
    tokens = []
    for _ in range(3):
        tokens.append((await signed_in(services)).token)
        clock.move(timedelta(minutes=2).total_seconds())
    assert [await services.sessions.identify(token) is None for token in tokens] == [True, False, False]
