"""A browser is known by a token that is stored nowhere."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from memo_coach.services.composition import Services, close_services, open_services
from memo_coach.settings import Settings
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


@pytest.mark.parametrize("token", [None, "", "x", "A" * 64, "é" * 64, "A" * 63 + "!", "A" * 10_000])
async def test_a_token_that_was_not_given_out_is_nobodys(services: Services, token: str | None) -> None:
    assert await services.visitors.identify(token) is None


async def test_a_token_with_one_character_changed_is_nobodys(services: Services) -> None:
    token, _ = await services.visitors.admit()
    for place in (0, 20, 43, 50, 63):
        other = "B" if token[place] != "B" else "C"
        assert await services.visitors.identify(token[:place] + other + token[place + 1 :]) is None


async def test_a_token_is_a_cookie_value(services: Services) -> None:
    token, owner = await services.visitors.admit()
    assert re.fullmatch(r"[A-Za-z0-9_-]{64}", token)
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
