"""Which events a browser may send: what is not named here or by :func:`allow` is refused.

Every public method of a state class can be called by anyone with any arguments, decorated or not. So before
an event is queued, its handler must be allowed, its arguments must be of the declared types, and the queue
must have room (:class:`EventGate`); before it runs, its sender's session must still be known
(:class:`EventAuthorisation`).
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any

import reflex as rx
import structlog
from pydantic import PydanticUserError, TypeAdapter, ValidationError
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, FrontendEventExceptionState, OnLoadInternalState, State, StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegisteredEventHandler, RegistrationContext

from memo_coach.web.errors import Refused
from memo_coach.web.session import owner_of

_log = structlog.get_logger("memo_coach.web.events")

WAITING_EVENTS = 64
"""Of one tab. They run one after the other; a person waits, a script does not."""
BACKGROUND_EVENTS = 8
"""Of one tab, running at once."""
TEXT_OF_REPORT = 4_000

EVENT_RULES: dict[str, frozenset[str]] = {
    # What the framework's own pages send: load, reload, navigate, report an error. Not: its generic setters.
    State.get_full_name(): frozenset({"hydrate", "hydrate_and_load"}),
    OnLoadInternalState.get_full_name(): frozenset({"on_load_internal", "set_is_hydrated"}),
    FrontendEventExceptionState.get_full_name(): frozenset({"handle_frontend_exception"}),
}
"""Full name of a state class → names of its handlers that a visitor's browser may call."""


def allow(state: type[BaseState], *handlers: str) -> None:
    """Let visitors call these handlers of a state class, each on its own behalf only.

    Raises:
        ValueError: the class has no such handler, or it is the framework's generic setter.
    """
    unknown = [name for name in handlers if name not in state.event_handlers or name == "setvar"]
    if unknown:
        raise ValueError(f"{state.__name__} has no event handler {', '.join(unknown)}")
    name = state.get_full_name()
    EVENT_RULES[name] = EVENT_RULES.get(name, frozenset()) | set(handlers)


def is_allowed(event_name: str) -> bool:
    """Tell whether a browser may call a handler, by its full name."""
    state, _, handler = event_name.rpartition(".")
    return handler in EVENT_RULES.get(state, frozenset())


def fault_in(event_name: object, payload: object) -> str | None:
    """Tell why an event is refused, or nothing where it may be queued."""
    if not isinstance(event_name, str) or not is_allowed(event_name):
        return "not allowed"
    registered = RegistrationContext.get().event_handlers.get(event_name)
    if registered is None:
        return "unknown"
    if not isinstance(payload, dict):
        return "no arguments object"
    return _fault_in_arguments(_parameters(registered), payload)


def _fault_in_arguments(
    parameters: Mapping[str, tuple[TypeAdapter[Any] | None, bool]], payload: Mapping[str, object]
) -> str | None:
    if not payload.keys() <= parameters.keys():
        return "unknown argument"
    for name, (adapter, required) in parameters.items():
        if name not in payload:
            if required:
                return f"argument {name} is missing"
        elif adapter is not None and not _fits(adapter, payload[name]):
            return f"argument {name} is of the wrong type"
    return None


def _fits(adapter: TypeAdapter[Any], value: object) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=512)
def _parameters(registered: RegisteredEventHandler) -> Mapping[str, tuple[TypeAdapter[Any] | None, bool]]:
    """Give a handler's parameters: how to check each, and whether it must be given."""
    function = registered.handler.fn
    hints = typing.get_type_hints(function)
    found: dict[str, tuple[TypeAdapter[Any] | None, bool]] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            continue
        required = parameter.default is parameter.empty
        found[parameter.name] = (_adapter(hints.get(parameter.name, Any)), required)
    return found


def _adapter(hint: Any) -> TypeAdapter[Any] | None:  # noqa: ANN401 - a type hint is of no one type
    try:
        return TypeAdapter(hint, config={"strict": True})
    except PydanticUserError:
        # A type with a configuration of its own (a model): the framework builds it, and its faults are
        # raised there.
        return TypeAdapter(dict[str, Any]) if hint is not Any else None


class EventGate:
    """Stands before the queue of one application: what it refuses leaves no trace but a log line."""

    def __init__(self, app: rx.App) -> None:
        self._app = app
        namespace = app.event_namespace
        if namespace is None:
            raise Refused("The application has no event namespace to guard.")
        self._namespace = namespace
        self._queue: Callable[[str, Any], Awaitable[None]] = namespace.on_event

    @classmethod
    def guard(cls, app: rx.App) -> None:
        """Put a gate before an application's events."""
        gate = cls(app)
        gate._namespace.on_event = gate.on_event  # type: ignore[method-assign]

    async def on_event(self, sid: str, data: object = None, *_rest: object) -> None:
        """Queue an event from a socket, or refuse it."""
        tab = self._namespace.sid_to_token.get(sid)
        if tab is None:
            return
        fields = data if isinstance(data, dict) else {}
        name, payload = fields.get("name"), fields.get("payload", {})
        fault = fault_in(name, payload)
        if fault is None and not isinstance(fields.get("router_data", {}), dict):
            fault = "no page"
        if fault is not None:
            _log.warning("event refused", event_name=str(name)[:200], reason=fault)
            return
        if self._is_full(tab, str(name)):
            _log.warning("event refused", event_name=name, reason="too many waiting")
            await self._namespace.disconnect(sid)
            return
        # Only what an event consists of is passed on: the framework would take more.
        await self._queue(
            sid, {"name": name, "payload": payload, "router_data": dict(fields.get("router_data", {}))}
        )

    def _is_full(self, tab: str, name: str) -> bool:
        # The framework has no public count: a test watches that these two names stay.
        processor = self._app.event_processor
        if RegistrationContext.get().event_handlers[name].handler.is_background:
            running = sum(f"|{tab}|" in task.get_name() for task in processor._tasks.values())  # noqa: SLF001
            return running >= BACKGROUND_EVENTS
        return len(processor._token_queues.get(tab, ())) >= WAITING_EVENTS  # noqa: SLF001


class EventAuthorisation(Middleware):
    """Stands before each handler: rule and session are checked again when it would run."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Give nothing to let the event run, or an answer that takes its place."""
        if not is_allowed(event.name):
            _log.warning("event refused", event_name=event.name, reason="not allowed")
            return StateUpdate()
        try:
            await owner_of(state)
        except Refused:
            # The browser connects again, is refused at the door, and its page says that it has lost its
            # session.
            _log.info("event refused", event_name=event.name, reason="no session")
            if app.event_namespace is not None:
                await app.event_namespace.disconnect(state.router.session.session_id)
            return StateUpdate()
        return None


def report_page_error(exception: Exception) -> None:
    """Log what a page reports to have gone wrong in the browser."""
    _log.error("page error", report=str(exception)[:TEXT_OF_REPORT])


def report_event_error(exception: Exception) -> None:
    """Log what a handler did not handle."""
    _log.error("event failed", exc_info=exception)
