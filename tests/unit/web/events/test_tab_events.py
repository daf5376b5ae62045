"""Events are worked at for tabs that are there, each once, and fairly."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from reflex.state import State
from reflex_base.event import BACKGROUND_TASK_MARKER, Event, EventHandler
from reflex_base.event.processor import BaseStateEventProcessor
from reflex_base.event.processor.event_processor import EventProcessor
from reflex_base.registry import RegisteredEventHandler, RegistrationContext

from memo_coach.web.connection_limits import (
    CONNECTING_UNITS,
    FROM_ADDRESS,
    OF_OWNER,
    ConnectionLimiter,
    Sender,
)
from memo_coach.web.events import authorisation
from memo_coach.web.events.tab_events import BACKGROUND_EVENTS, WAITING_EVENTS, TabEvents
from memo_coach.web.events.tab_states import TabStates


class Desk:
    """Handlers that wait until they are let go, and a processor that works at them."""

    def __init__(self, events: TabEvents, states: TabStates) -> None:
        self.events, self.states = events, states
        self.began: list[Any] = []
        self.ended: list[Any] = []
        self.broken_off: list[Any] = []
        self.go_on = asyncio.Event()
        self._news = asyncio.Event()

    async def work(self, number: Any) -> None:
        """Begin, wait, and end, unless it is broken off."""
        self._note(self.began, number)
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self._note(self.broken_off, number)
            raise
        self._note(self.ended, number)

    def _note(self, where: list[Any], number: Any) -> None:
        where.append(number)
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        while not condition():
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), 10)

    async def send(self, tab: str, name: str, number: Any) -> Any:
        future = await self.events.enqueue(tab, Event(name=name, payload={"number": number}))
        await settled()
        return future

    def connect(self, tab: str, sender: Sender) -> None:
        self.events.opened(tab, sender)


async def settled() -> None:
    """Let every task that can go on do so."""
    for _ in range(30):
        await asyncio.sleep(0)


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """Yield a processor with three handlers: one that shows, one that stores, one in the background."""
    known = RegistrationContext.get().event_handlers
    states = TabStates()
    events = TabEvents(states)
    made = Desk(events, states)

    async def shows(_state: State, number: Any) -> None:
        await made.work(number)

    async def also_shows(_state: State, number: Any) -> None:
        await made.work(number)

    async def stores(_state: State, number: Any) -> None:
        await made.work(number)

    async def behind(_state: State, number: Any) -> None:
        await made.work(number)

    setattr(behind, BACKGROUND_TASK_MARKER, True)
    for each in (shows, also_shows, stores, behind):
        registered = RegisteredEventHandler(handler=EventHandler(fn=each), states=(State,))
        monkeypatch.setitem(known, f"desk.{each.__name__}", registered)
    monkeypatch.setattr(authorisation, "STORING", {"desk.stores"})
    async with events.configure(state_manager=states):
        yield made
    await states.close()


class Clock:
    """A clock that the test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> ConnectionLimiter:
    return ConnectionLimiter(clock=clock)


async def test_what_waits_goes_with_the_connection(desk: Desk, limiter: ConnectionLimiter) -> None:
    with limiter.connected("ana", "192.0.2.1") as sender:
        desk.connect("tab", sender)
        await desk.send("tab", "desk.shows", "running")
        for number in range(5):
            await desk.send("tab", "desk.stores", number)
        assert desk.began == ["running"]
        desk.events._on_disconnect("tab")
        await desk.until(lambda: desk.broken_off == ["running"])
        desk.go_on.set()
        await settled()
        assert desk.began == ["running"], "nobody is there to see the others"
        assert sender.usages[0].waiting == sender.usages[0].characters == 0


async def test_what_stores_is_not_broken_off(desk: Desk, limiter: ConnectionLimiter) -> None:
    with limiter.connected("ana", "192.0.2.1") as sender:
        desk.connect("tab", sender)
        await desk.send("tab", "desk.stores", "storing")
        await desk.send("tab", "desk.shows", "waiting")
        desk.events._on_disconnect("tab")
        desk.go_on.set()
        await desk.until(lambda: desk.ended == ["storing"])
        await settled()
        assert (desk.began, desk.broken_off) == (["storing"], [])


async def test_what_goes_on_in_the_background_ends_with_the_connection(
    desk: Desk, limiter: ConnectionLimiter
) -> None:
    with limiter.connected("ana", "192.0.2.1") as sender:
        desk.connect("tab", sender)
        for number in range(3):
            await desk.send("tab", "desk.behind", number)
        await desk.until(lambda: len(desk.began) == 3)
        desk.events._on_disconnect("tab")
        await desk.until(lambda: sorted(desk.broken_off) == [0, 1, 2])


async def test_an_event_for_a_tab_that_has_gone_is_not_worked_at(desk: Desk) -> None:
    desk.go_on.set()
    future = await desk.send("gone", "desk.shows", 1)
    assert future.cancelled()
    assert desk.began == []


async def test_the_newest_of_what_only_shows_something_stands_for_those_that_wait(
    desk: Desk, limiter: ConnectionLimiter
) -> None:
    with limiter.connected("ana", "192.0.2.1") as sender:
        desk.connect("tab", sender)
        for number in range(1, 6):
            await desk.send("tab", "desk.shows", number)
            await desk.send("tab", "desk.also_shows", number * 10)
        desk.go_on.set()
        await desk.until(lambda: len(desk.ended) == 3)
        await settled()
        assert desk.ended == [1, 5, 50]


async def test_every_call_of_what_stores_counts_and_in_order(desk: Desk, limiter: ConnectionLimiter) -> None:
    with limiter.connected("ana", "192.0.2.1") as sender:
        desk.connect("tab", sender)
        for number in range(5):
            await desk.send("tab", "desk.stores", number)
        desk.go_on.set()
        await desk.until(lambda: desk.ended == [0, 1, 2, 3, 4])


async def test_many_tabs_of_one_browser_have_the_places_of_one_browser(
    desk: Desk, limiter: ConnectionLimiter
) -> None:
    with limiter.connected("ana", "192.0.2.1") as ana, limiter.connected("ben", "192.0.2.1") as ben:
        for number in range(12):
            desk.connect(f"tab-{number}", ana)
            await desk.send(f"tab-{number}", "desk.shows", f"ana {number}")
        assert len(desk.began) == OF_OWNER.at_work
        desk.connect("another", ben)
        await desk.send("another", "desk.shows", "ben")
        assert "ben" in desk.began, "others of the address do not wait behind them"
        desk.go_on.set()
        await desk.until(lambda: len(desk.ended) == 13)


async def test_many_browsers_of_one_address_have_the_places_of_one_address(
    desk: Desk, limiter: ConnectionLimiter
) -> None:
    with contextlib.ExitStack() as open_sockets:
        for number in range(FROM_ADDRESS.at_work + 4):
            sender = open_sockets.enter_context(limiter.connected(f"owner {number}", "192.0.2.1"))
            desk.connect(f"tab-{number}", sender)
            await desk.send(f"tab-{number}", "desk.shows", number)
        assert len(desk.began) == FROM_ADDRESS.at_work
        far = open_sockets.enter_context(limiter.connected("far", "198.51.100.7"))
        desk.connect("far", far)
        await desk.send("far", "desk.shows", "far")
        assert "far" in desk.began
        desk.go_on.set()
        await desk.until(lambda: len(desk.ended) == FROM_ADDRESS.at_work + 5)


async def test_a_tab_has_room_for_so_many_events(desk: Desk, limiter: ConnectionLimiter) -> None:
    with limiter.connected("ana", "192.0.2.1") as sender:
        desk.connect("tab", sender)
        for number in range(WAITING_EVENTS):
            assert desk.events.has_room("tab", "desk.stores", 1)
            await desk.send("tab", "desk.stores", number)
        assert not desk.events.has_room("tab", "desk.stores", 1)
        desk.connect("another", sender)
        assert desk.events.has_room("another", "desk.stores", 1)


async def test_a_tab_has_so_many_events_in_the_background(desk: Desk, limiter: ConnectionLimiter) -> None:
    with limiter.connected("ana", "192.0.2.1") as sender:
        desk.connect("tab", sender)
        for number in range(BACKGROUND_EVENTS):
            assert desk.events.has_room("tab", "desk.behind", 1)
            await desk.send("tab", "desk.behind", number)
        assert not desk.events.has_room("tab", "desk.behind", 1)


async def test_a_browser_and_an_address_have_room_for_so_many_events_and_characters(
    desk: Desk, limiter: ConnectionLimiter
) -> None:
    with limiter.connected("ana", "192.0.2.1") as sender:
        desk.connect("tab", sender)
        assert desk.events.has_room("tab", "desk.stores", OF_OWNER.characters)
        assert not desk.events.has_room("tab", "desk.stores", OF_OWNER.characters + 1)
        owner, address = sender.usages
        owner.waiting = OF_OWNER.waiting
        assert not desk.events.has_room("tab", "desk.stores", 1)
        owner.waiting, address.waiting = 0, FROM_ADDRESS.waiting
        assert not desk.events.has_room("tab", "desk.stores", 1)


async def test_whoever_asks_for_much_waits_and_nobody_else_does(
    limiter: ConnectionLimiter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    with limiter.connected("ana", "192.0.2.1") as ana, limiter.connected("ben", "192.0.2.1") as ben:
        monkeypatch.setattr("memo_coach.web.connection_limits.asyncio.sleep", sleep)
        for _ in range(int(OF_OWNER.burst) - CONNECTING_UNITS):
            await ana.turn()
        assert waited == []
        await ana.turn()
        assert waited == [pytest.approx(1 / OF_OWNER.rate)]
        ana.charge(2_000_000)
        await ana.turn()
        assert waited[-1] == pytest.approx((2 + 100) / OF_OWNER.rate)
        await ben.turn()
        assert len(waited) == 2
        clock.now += 1_000
        await ana.turn()
        assert len(waited) == 2


def test_a_party_without_a_socket_is_forgotten_once_it_has_been_quiet(
    limiter: ConnectionLimiter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memo_coach.web.connection_limits.MOST_REMEMBERED", 40)
    with limiter.connected("stays", "192.0.2.1"):
        for number in range(1_000):
            with limiter.connected(f"owner {number}", "192.0.2.1"):
                pass
            clock.now += 1
        assert len(limiter) <= 41
        assert limiter.full("stays", "192.0.2.1") is None


def test_the_framework_still_has_the_names_that_are_used_here() -> None:
    fields = EventProcessor.__dataclass_fields__
    assert {"_token_queues", "_tasks", "_futures"} <= fields.keys()
    for name in ("_on_disconnect", "_enqueue_for_token", "_process_event_queue_entry", "enqueue"):
        assert callable(getattr(BaseStateEventProcessor, name))


def test_whoever_opens_sockets_without_end_opens_none_for_a_while(limiter: ConnectionLimiter) -> None:
    opened = 0
    while limiter.full("ana", "192.0.2.1") is None:
        opened += 1
        with limiter.connected("ana", "192.0.2.1"):
            pass
        assert opened < 1_000
    assert opened >= OF_OWNER.burst / CONNECTING_UNITS
    assert limiter.full("ben", "192.0.2.1") is None
