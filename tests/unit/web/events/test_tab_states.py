"""The state of a closed tab is kept for a moment, and only so many of one browser and of one address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest
from reflex.istate.manager import memory
from reflex.istate.manager.token import BaseStateToken
from reflex.state import State

from memo_coach.web.events import tab_states
from memo_coach.web.events.tab_states import (
    CLOSED_FROM_ADDRESS,
    CLOSED_IN_ALL,
    CLOSED_OF_OWNER,
    CLOSED_SECONDS,
    TabStates,
)


class Clock(SimpleNamespace):
    now = 1_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(memory, "time", found)
    monkeypatch.setattr(tab_states, "time", found)
    return found


@pytest.fixture
async def states(clock: Clock) -> AsyncIterator[TabStates]:
    found = TabStates(token_expiration=900)
    yield found
    await found.close()


def token(tab: str) -> BaseStateToken:
    return BaseStateToken(ident=tab, cls=State)


async def visit(states: TabStates, tab: str, owner: str = "ana", address: str = "192.0.2.1") -> None:
    states.opened(tab, owner, address)
    async with states.modify_state(token(tab)):
        pass


async def test_the_state_of_an_open_tab_stays(states: TabStates, clock: Clock) -> None:
    await visit(states, "tab")
    clock.now += 10 * CLOSED_SECONDS
    states._purge_expired_tokens()
    assert "tab" in states.states


async def test_the_state_of_a_closed_tab_stays_for_a_moment(states: TabStates, clock: Clock) -> None:
    await visit(states, "tab")
    states.closed("tab")
    clock.now += CLOSED_SECONDS - 1
    states._purge_expired_tokens()
    assert "tab" in states.states
    clock.now += 2
    states._purge_expired_tokens()
    assert not states.states
    assert not states._closed


async def test_a_tab_that_comes_back_in_time_has_its_state(states: TabStates, clock: Clock) -> None:
    await visit(states, "tab")
    before = states.states["tab"]
    states.closed("tab")
    clock.now += CLOSED_SECONDS - 1
    await visit(states, "tab")
    clock.now += CLOSED_SECONDS
    states._purge_expired_tokens()
    assert states.states["tab"] is before


async def test_what_still_stores_for_a_closed_tab_does_not_make_its_state_stay_longer(
    states: TabStates, clock: Clock
) -> None:
    await visit(states, "tab")
    async with states.modify_state(token("tab")):
        states.closed("tab")
    clock.now += CLOSED_SECONDS + 1
    states._purge_expired_tokens()
    assert not states.states


async def test_of_one_browser_only_so_many_closed_tabs_are_kept_the_latest(states: TabStates) -> None:
    for number in range(CLOSED_OF_OWNER + 5):
        await visit(states, f"tab {number}")
        states.closed(f"tab {number}")
    await visit(states, "open")
    assert list(states.states) == [*(f"tab {5 + number}" for number in range(CLOSED_OF_OWNER)), "open"]


async def test_of_one_address_only_so_many_closed_tabs_are_kept(states: TabStates) -> None:
    await visit(states, "far", "ben", "198.51.100.7")
    states.closed("far")
    for number in range(CLOSED_FROM_ADDRESS + 5):
        await visit(states, f"tab {number}", f"owner {number}")
        states.closed(f"tab {number}")
    assert len(states.states) == CLOSED_FROM_ADDRESS + 1
    assert "far" in states.states


async def test_in_all_only_so_many_closed_tabs_are_kept(states: TabStates) -> None:
    for number in range(CLOSED_IN_ALL + 5):
        await visit(states, f"tab {number}", f"owner {number}", f"address {number}")
        states.closed(f"tab {number}")
    assert len(states.states) == len(states._closed) == CLOSED_IN_ALL


async def test_a_state_that_is_worked_at_is_not_taken_away(states: TabStates) -> None:
    await visit(states, "busy")
    async with states.modify_state(token("busy")) as state:
        states.closed("busy")
        for number in range(CLOSED_OF_OWNER + 5):
            await visit(states, f"tab {number}")
            states.closed(f"tab {number}")
        assert states.states["busy"] is state


async def test_a_tab_that_never_had_a_state_is_nothing_to_keep(states: TabStates) -> None:
    states.opened("tab", "ana", "192.0.2.1")
    states.closed("tab")
    states.closed("unknown")
    assert not states._closed
