"""A browser is known by a token that is stored nowhere."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from memo_coach.services.accounts.revoked_sessions import LOOK_EVERY_SECONDS, RevokedSessions
from memo_coach.services.accounts.visitors import RENEWED_AFTER, VisitorService
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.settings import Settings
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.tables import Visitor


async def visitors_in(services: Services) -> int:
    async with services.database.read() as session:
        return (await session.execute(select(func.count()).select_from(Visitor))).scalar_one()


async def test_a_token_is_known_again_and_nobody_elses(services: Services) -> None:
    token, owner = await services.visitors.admit()
    other_token, other = await services.visitors.admit()
    assert (token, owner) != (other_token, other)
    assert await services.visitors.identify(token) == owner
    assert await services.visitors.identify(other_token) == other


async def test_a_token_that_was_not_given_out_is_nobodys(services: Services) -> None:
    for token in (None, "", "x", "A" * 64, "A" * 72, "é" * 72, "A" * 71 + "!", "A" * 10_000):
        assert await services.visitors.identify(token) is None, token


async def test_a_token_with_one_character_changed_is_nobodys(services: Services) -> None:
    token, _ = await services.visitors.admit()
    for place in (0, 20, 43, 50, 63, 71):
        other = "B" if token[place] != "B" else "C"
        assert await services.visitors.identify(token[:place] + other + token[place + 1 :]) is None


async def test_a_token_is_a_cookie_value(services: Services) -> None:
    token, owner = await services.visitors.admit()
    assert re.fullmatch(r"[A-Za-z0-9_-]{72}", token)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", owner)


async def test_a_token_is_known_after_a_restart(services: Services, settings: Settings) -> None:
    token, owner = await services.visitors.admit()
    await close_services(services)
    again = await open_services(settings)
    assert await again.visitors.identify(token) == owner
    await close_services(again)


async def test_visits_that_write_nothing_leave_no_row(services: Services) -> None:
    for _ in range(20):
        token, _owner = await services.visitors.admit()
        await services.visitors.identify(token)
    assert await visitors_in(services) == 0


async def test_the_first_write_makes_one_row_and_the_token_is_in_no_file(
    services: Services, settings: Settings
) -> None:
    token, owner = await services.visitors.admit()
    for text in ("One", "Two"):
        await services.drafts.save(owner, memo_id=None, text=text, rubric="investment-memo", base_revision=0)
    assert await visitors_in(services) == 1
    for path in settings.data_dir.iterdir():
        assert token.encode() not in path.read_bytes()


KEY = b"a key for tests"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


def undated_token() -> str:
    """Return a token as they were before they had a date."""
    random = secrets.token_bytes(32)
    return base64.urlsafe_b64encode(random + hmac.digest(KEY, random, "sha256")[:16]).decode()


async def test_a_token_is_good_for_its_time(clock: Clock) -> None:
    visitors = VisitorService(KEY, lifetime=30 * DAY, clock=clock)
    token, owner = await visitors.admit()
    clock.moment = NOON + 30 * DAY - timedelta(seconds=1)
    assert await visitors.identify(token) == owner
    clock.moment = NOON + 30 * DAY
    assert await visitors.identify(token) is None
    assert await visitors.renewed(token) is None


async def test_whoever_comes_again_in_time_is_known_for_as_long_as_they_come(clock: Clock) -> None:
    visitors = VisitorService(KEY, lifetime=30 * DAY, clock=clock)
    token, owner = await visitors.admit()
    first = token
    for _ in range(40):
        clock.moment += 20 * DAY
        renewed = await visitors.renewed(token)
        assert renewed not in {None, token}
        token = str(renewed)
        assert await visitors.identify(token) == owner
    assert await visitors.identify(first) is None, "a copy does not last"


async def test_a_fresh_token_is_not_replaced(clock: Clock) -> None:
    visitors = VisitorService(KEY, clock=clock)
    token, _owner = await visitors.admit()
    clock.moment += RENEWED_AFTER - timedelta(seconds=1)
    assert await visitors.renewed(token) is None
    clock.moment += timedelta(seconds=1)
    assert await visitors.renewed(token)


async def test_a_token_of_the_future_is_nobodys(clock: Clock) -> None:
    visitors = VisitorService(KEY, clock=clock)
    clock.moment = NOON + DAY
    token, _owner = await visitors.admit()
    clock.moment = NOON
    assert await visitors.identify(token) is None


async def test_a_date_cannot_be_put_onto_a_token(clock: Clock) -> None:
    visitors = VisitorService(KEY, lifetime=30 * DAY, clock=clock)
    old = base64.urlsafe_b64decode((await visitors.admit())[0])
    clock.moment = NOON + 40 * DAY
    new = base64.urlsafe_b64decode((await visitors.admit())[0])
    for forged in (old[:32] + new[32:38] + old[38:], old[:32] + new[32:], undated_token()[:64] + "AAAAAAAA"):
        value = forged if isinstance(forged, str) else base64.urlsafe_b64encode(forged).decode()
        assert await visitors.identify(value) is None


async def test_a_token_from_before_they_had_a_date_is_good_and_is_replaced(clock: Clock) -> None:
    visitors = VisitorService(KEY, lifetime=30 * DAY, dated_since=NOON, clock=clock)
    token = undated_token()
    owner = await visitors.identify(token)
    renewed = await visitors.renewed(token)
    assert owner is not None
    assert await visitors.identify(renewed) == owner
    clock.moment = NOON + 30 * DAY
    assert await visitors.identify(token) is None


async def write_as(services: Services, owner: str) -> None:
    await services.drafts.save(owner, memo_id=None, text="One", rubric="investment-memo", base_revision=0)


async def test_a_session_that_was_ended_is_nobodys_in_every_copy(services: Services) -> None:
    token, owner = await services.visitors.admit()
    other_token, other = await services.visitors.admit()
    await write_as(services, owner)
    await services.visitors.end(owner)
    assert await services.visitors.identify(token) is None
    assert await services.visitors.renewed(token) is None
    assert await services.visitors.identify(other_token) == other


async def test_all_sessions_are_ended_and_new_ones_are_not(services: Services) -> None:
    token, _owner = await services.visitors.admit()
    ended = RevokedSessions(services.database)
    assert await ended.end(None, datetime.now(UTC))
    services.visitors._ended._next_look = 0  # type: ignore[union-attr]
    assert await services.visitors.identify(token) is None
    new_token, new = await services.visitors.admit()
    assert await services.visitors.identify(new_token) == new


async def test_nothing_is_kept_of_the_session_of_somebody_who_never_wrote(services: Services) -> None:
    token, owner = await services.visitors.admit()
    assert not await RevokedSessions(services.database).end(owner, datetime.now(UTC))
    assert await services.visitors.identify(token) == owner


async def test_another_process_learns_of_it_within_a_second_and_asks_no_oftener(services: Services) -> None:
    _token, owner = await services.visitors.admit()
    await write_as(services, owner)
    moment, issued = 100.0, datetime.now(UTC)
    elsewhere = RevokedSessions(services.database, clock=lambda: moment)
    assert not await elsewhere.is_revoked(owner, issued)
    await RevokedSessions(services.database).end(owner, issued + timedelta(seconds=1))
    assert not await elsewhere.is_revoked(owner, issued)
    moment += LOOK_EVERY_SECONDS
    assert await elsewhere.is_revoked(owner, issued)
    assert not await elsewhere.is_revoked(owner, issued + timedelta(seconds=2))


async def test_what_is_known_goes_on_counting_while_the_database_cannot_be_used(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    _token, owner = await services.visitors.admit()
    await write_as(services, owner)
    issued, moment = datetime.now(UTC), 100.0
    ended = RevokedSessions(services.database, clock=lambda: moment)
    await ended.end(owner, issued + timedelta(seconds=1))
    assert await ended.is_revoked(owner, issued)
    moment += LOOK_EVERY_SECONDS

    def unusable() -> None:
        raise DatabaseUnusable("The disk has gone.")

    monkeypatch.setattr(services.database, "read", unusable)
    assert await ended.is_revoked(owner, issued)
