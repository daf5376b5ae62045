"""Every public method of every state: refused unless it is named by a rule, and refused to nobody."""

from __future__ import annotations

import importlib
import inspect
import typing
from typing import Any

import pytest

from memo_coach.web.errors import Refused
from memo_coach.web.events import authorisation
from memo_coach.web.events.arguments import Unfit
from memo_coach.web.events.authorisation import (
    EVENT_RULES,
    allow,
    checked,
    is_allowed,
)
from tests.integration.web.sockets import HYDRATE, HandshakeRefused, cookie_of, opened
from tests.live_server import LiveServer

OWN = "memo_coach___"
HANDLERS_A_SOCKET = 24
"""Two frames each stay below the sixty that a socket may send at once (`web/events/socket_frames.py`)."""


@pytest.fixture(scope="module", autouse=True)
def handlers() -> dict[str, Any]:
    """Return every event handler that the application registers, by its full name."""
    return dict(application()._registration_context.event_handlers)


def application() -> Any:
    """Return the application, whose import registers its states and rules."""
    return importlib.import_module("memo_coach.memo_coach").app


def test_every_handler_of_ours_is_named_by_a_rule(handlers: dict[str, Any]) -> None:
    ours = {name for name in handlers if OWN in name and not name.endswith(".setvar")}
    assert ours
    assert not {name for name in ours if not is_allowed(name)}


def test_every_rule_names_a_handler_that_exists(handlers: dict[str, Any]) -> None:
    named = {f"{state}.{handler}" for state, names in EVENT_RULES.items() for handler in names}
    assert not named - handlers.keys()


def test_no_generic_setter_is_allowed(handlers: dict[str, Any]) -> None:
    setters = [name for name in handlers if name.endswith((".setvar", ".update_vars_internal"))]
    assert setters
    assert not [name for name in setters if is_allowed(name)]


def test_of_the_framework_only_what_its_pages_send_is_allowed(handlers: dict[str, Any]) -> None:
    allowed = {name.partition("____")[2] for name in handlers if OWN not in name and is_allowed(name)}
    assert allowed == {
        "state.hydrate",
        "state.hydrate_and_load",
        "state.reflex___state____on_load_internal_state.on_load_internal",
        "state.reflex___state____on_load_internal_state.set_is_hydrated",
        "state.reflex___state____frontend_event_exception_state.handle_frontend_exception",
    }


def test_a_generic_setter_cannot_be_allowed_by_mistake(handlers: dict[str, Any]) -> None:
    state = handlers[HYDRATE].states[0]
    with pytest.raises(ValueError, match="setvar"):
        allow(state, "setvar")


@pytest.mark.parametrize(
    ("payload", "fault"),
    [
        ({"value": "yes"}, "wrong type"),
        ({"value": 1}, "wrong type"),
        ({}, "missing"),
        ({"value": True, "more": 1}, "unknown argument"),
        ([], "no arguments object"),
        (None, "no arguments object"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(handlers: dict[str, Any], payload: Any, fault: str) -> None:
    name = next(name for name in handlers if name.endswith("on_load_internal_state.set_is_hydrated"))
    with pytest.raises(Unfit, match=fault):
        checked(name, payload)
    assert checked(name, {"value": True}) == len("value")


async def test_every_handler_is_refused_to_a_browser_without_a_session(server: LiveServer) -> None:
    # Without a session there is no socket, so there is no way to any handler.
    with pytest.raises(HandshakeRefused) as refusal:
        async with opened(server, cookie=None):
            pass
    assert refusal.value.status == 403


async def test_no_handler_runs_in_a_state_whose_session_is_gone(
    handlers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(_state: object) -> str:
        raise Refused

    monkeypatch.setattr(authorisation, "recognised_in", nobody)
    gone: list[str] = []

    class Namespace:
        async def disconnect(self, sid: str) -> None:
            gone.append(sid)

    class App:
        event_namespace = Namespace()

    class Session:
        session_id = "socket"

    class Router:
        session = Session()

    class State:
        router = Router()

    for name in handlers:
        event = type("Event", (), {"name": name, "payload": {}})()
        answer = await authorisation.EventAuthorisation().preprocess(App(), State(), event)
        assert answer is not None, f"{name} would run for nobody"
    assert gone


def arguments_of(handler: Any, size: int) -> dict[str, Any]:
    """Return arguments of the right types that no page would send: about nothing that there is."""
    values: dict[Any, Any] = {str: "9" * size, int: 10**size, float: 10.0**size, bool: bool(size), dict: {}}
    hints = typing.get_type_hints(handler.handler.fn)
    names = list(inspect.signature(handler.handler.fn).parameters)[1:]
    return {name: values[typing.get_origin(hints[name]) or hints[name]] for name in names}


async def test_no_handler_fails_on_what_a_script_sends_for_a_page_of_somebody_else(
    server: LiveServer, handlers: dict[str, Any]
) -> None:
    page = {"pathname": "/feedback/somebody-elses", "asPath": "/feedback/somebody-elses?old=%00#x"}
    asked = [name for name in sorted(handlers) if OWN in name and is_allowed(name)]
    before = server.log.stat().st_size
    for first in range(0, len(asked), HANDLERS_A_SOCKET):
        async with opened(server, cookie_of(server)) as socket:
            await socket.event(HYDRATE, router_data=page)
            for name in asked[first : first + HANDLERS_A_SOCKET]:
                for size in (0, 9):
                    await socket.event(name, arguments_of(handlers[name], size), router_data=page)
                await socket.answers(0.05)
            await socket.answers()
            assert not socket.closed
    logged = server.log.read_text()[before:]
    assert "event failed" not in logged
    assert "not allowed" not in logged


@pytest.mark.parametrize(
    "name",
    [
        "reflex___state____state.setvar",
        "reflex___state____state.set_is_hydrated",
        "reflex___state____state.reflex___state____update_vars_internal_state.update_vars_internal",
        "reflex___state____state.dict",
        "reflex___state____state._clean",
        "nowhere.nothing",
        "",
        "x" * 5000,
    ],
)
async def test_a_forged_event_changes_nothing_and_the_socket_lives(server: LiveServer, name: str) -> None:
    async with opened(server, cookie_of(server)) as socket:
        await socket.event(HYDRATE)
        await socket.answers()
        await socket.event(name, {"var_name": "is_hydrated", "value": False})
        assert await socket.answers(0.3) == []
        await socket.event(HYDRATE)
        assert await socket.answers()


@pytest.mark.parametrize(
    "frame", ['["event",null]', '["event","text"]', '["event",[1]]', '["event"]', '["nothing",{}]']
)
async def test_a_frame_that_is_no_event_leaves_the_socket_alive(server: LiveServer, frame: str) -> None:
    async with opened(server, cookie_of(server)) as socket:
        await socket.send(f"42/_event,{frame}")
        assert await socket.answers(0.3) == []
        await socket.event(HYDRATE)
        assert await socket.answers()


async def test_an_event_cannot_claim_another_session_or_address(server: LiveServer) -> None:
    async with opened(server, cookie_of(server)) as socket:
        forged = {"pathname": "/", "headers": {"cookie": "x=y"}, "ip": "6.6.6.6", "token": "other"}
        await socket.event(HYDRATE, router_data=forged, token="other")
        answers = str(await socket.answers())
    assert "6.6.6.6" not in answers
    assert "'client_token': 'other'" not in answers
