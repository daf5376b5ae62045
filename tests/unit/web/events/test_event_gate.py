"""What the gate lets through to the queue of events, and in what form."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import pytest

from memo_coach.operations import metrics
from memo_coach.web.connection_limits import SENDER, ConnectionLimiter, Sender
from memo_coach.web.errors import Refused
from memo_coach.web.events.gate import EventGate
from memo_coach.web.events.tab_events import TabEvents
from memo_coach.web.events.tab_states import TabStates

HYDRATE = "reflex___state____state.hydrate"


@pytest.fixture(scope="module", autouse=True)
def application() -> Any:
    """Return the application, whose import registers its states and rules."""
    return importlib.import_module("memo_coach.memo_coach").app


class RoomyEvents(TabEvents):
    """A queue that has room, or has none."""

    def __init__(self, *, is_full: bool) -> None:
        super().__init__(TabStates())
        self.is_full = is_full

    def has_room(self, tab: str, event_name: str, characters: int) -> bool:
        return not self.is_full


class App:
    """An application with one socket, as far as the gate looks at one."""

    namespace = "/_event"

    def __init__(self, sender: Sender, *, is_full: bool = False) -> None:
        self.queued: list[Any] = []
        self.disconnected: list[str] = []
        self.environ = {"asgi.scope": {"state": {SENDER: sender}}}
        self.event_processor = RoomyEvents(is_full=is_full)
        self.event_namespace = self
        self.sio = SimpleNamespace(get_environ=lambda _sid, _namespace: self.environ)
        self.sid_to_token: dict[str, str] = {}

    async def on_connect(self, sid: str, _environ: Any, _auth: Any = None) -> None:
        self.sid_to_token[sid] = "tab"

    async def on_event(self, _sid: str, data: Any) -> None:
        self.queued.append(data)

    async def disconnect(self, sid: str) -> None:
        self.disconnected.append(sid)


@pytest.fixture
def sender() -> Any:
    with ConnectionLimiter().connected("ana", "192.0.2.1") as found:
        yield found


async def connected(app: App) -> EventGate:
    gate = EventGate(app)  # type: ignore[arg-type]
    await gate.on_connect("socket", app.environ)
    return gate


async def test_an_event_is_passed_on_with_what_an_event_consists_of(sender: Sender) -> None:
    app = App(sender)
    gate = await connected(app)
    sent = {"pathname": "/", "asPath": "/", "headers": {"cookie": "x"}, "more": "x" * 9_000}
    await gate.on_event("socket", {"name": HYDRATE, "router_data": sent, "token": "another"})
    assert app.queued == [{"name": HYDRATE, "payload": {}, "router_data": {"pathname": "/", "asPath": "/"}}]


async def test_a_tab_is_known_from_its_connecting_on(sender: Sender) -> None:
    app = App(sender)
    await connected(app)
    assert app.event_processor._senders == {"tab": sender}


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        {},
        {"name": 5},
        {"name": "nowhere.nothing"},
        {"name": HYDRATE, "payload": {"value": "x" * 1_000}},
        {"name": HYDRATE, "payload": {}, "router_data": "/"},
    ],
)
async def test_what_no_page_sends_is_not_passed_on(data: Any, sender: Sender) -> None:
    app = App(sender)
    await (await connected(app)).on_event("socket", data)
    assert app.queued == app.disconnected == []


async def test_where_too_many_wait_the_socket_is_closed(sender: Sender) -> None:
    app = App(sender, is_full=True)
    await (await connected(app)).on_event("socket", {"name": HYDRATE, "payload": {}})
    assert (app.queued, app.disconnected) == ([], ["socket"])


async def test_a_socket_that_is_not_connected_sends_nothing(sender: Sender) -> None:
    app = App(sender)
    await EventGate(app).on_event("socket", {"name": HYDRATE, "payload": {}})  # type: ignore[arg-type]
    assert app.queued == []


async def test_events_are_not_worked_at_by_a_processor_without_bounds(sender: Sender) -> None:
    app = App(sender)
    gate = await connected(app)
    app.event_processor = SimpleNamespace()  # type: ignore[assignment]
    with pytest.raises(Refused):
        await gate.on_event("socket", {"name": HYDRATE, "payload": {}})


def test_the_application_has_the_gate_and_the_bounds(application: Any) -> None:
    assert isinstance(application.event_namespace.on_event.__self__, EventGate)
    assert isinstance(application.event_namespace.on_connect.__self__, EventGate)
    assert isinstance(application.state_manager, TabStates)


@pytest.mark.usefixtures("fresh_figures")
async def test_events_are_counted_as_queued_or_refused(sender: Sender) -> None:
    roomy, full = App(sender), App(sender, is_full=True)
    event = {"name": HYDRATE, "payload": {}, "router_data": {}}
    await (await connected(roomy)).on_event("socket", event)
    await (await connected(roomy)).on_event("socket", {"name": "no.such.event"})
    await (await connected(full)).on_event("socket", event)
    counted = {
        outcome: metrics.value_of("memo_coach_socket_events_total", {"outcome": outcome})
        for outcome in ("queued", "refused")
    }
    assert counted == {"queued": 1, "refused": 2}
