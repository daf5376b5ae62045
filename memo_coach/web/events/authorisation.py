"""Which events a browser may send: what is not named here or by :func:`allow` is refused.

Every public method of a state class can be called by anyone with any arguments, decorated or not. So before
an event is queued, its handler must be allowed and its arguments must be what it takes
(:mod:`.gate`); before it runs, its sender's session must still be known (:class:`EventAuthorisation`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import reflex as rx
import structlog
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, FrontendEventExceptionState, OnLoadInternalState, State, StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

from memo_coach.services.errors import Unavailable
from memo_coach.web.errors import Refused
from memo_coach.web.events.arguments import LENGTHS, Unfit, checked_size
from memo_coach.web.events.asking import ASKING
from memo_coach.web.middleware.session import recognised_in

_log = structlog.get_logger(__name__)

TEXT_OF_REPORT = 4_000
LONGEST_REPORT = 50_000
"""Of what went wrong in a page, with the places in its scripts."""

EVENT_RULES: dict[str, frozenset[str]] = {
    # What the framework's own pages send: load, reload, navigate, report an error. Not: its generic setters.
    State.get_full_name(): frozenset({"hydrate", "hydrate_and_load"}),
    OnLoadInternalState.get_full_name(): frozenset({"on_load_internal", "set_is_hydrated"}),
    FrontendEventExceptionState.get_full_name(): frozenset({"handle_frontend_exception"}),
}
"""Full name of a state class → names of its handlers that a visitor's browser may call."""


STORING: set[str] = set()
"""Full names of the handlers that change what is kept."""
FOR_READERS: set[str] = set(EVENT_RULES)
"""Full names of the state classes whose handlers serve also who has not signed in, where others have to."""
LENGTHS[f"{FrontendEventExceptionState.get_full_name()}.handle_frontend_exception"] = {
    "info": LONGEST_REPORT,
    "component_stack": LONGEST_REPORT,
}


def allow(
    state: type[BaseState],
    *handlers: str,
    storing: Collection[str] = (),
    lengths: Mapping[str, Mapping[str, int]] | None = None,
    for_readers: bool = False,
) -> None:
    """Let visitors call these handlers of a state class, each on its own behalf only.

    Args:
        state: the class.
        handlers: the handlers that only show something.
        storing: those that change what is kept. They are not broken off, and every call of them counts.
        lengths: for a handler whose arguments, or the fields of a form in them, may be longer than
            :data:`.arguments.LONGEST_TEXT`: the characters that each may have.
        for_readers: whether what was shared is read with it, so that no account is needed.

    Raises:
        ValueError: the class has no such handler, or it is the framework's generic setter.
    """
    every = (*handlers, *storing)
    unknown = [
        name for name in (*every, *(lengths or {})) if name not in state.event_handlers or name == "setvar"
    ]
    if unknown:
        raise ValueError(f"{state.__name__} has no event handler {', '.join(unknown)}")
    name = state.get_full_name()
    EVENT_RULES[name] = EVENT_RULES.get(name, frozenset()) | set(every)
    STORING.update(f"{name}.{handler}" for handler in storing)
    if for_readers:
        FOR_READERS.add(name)
    LENGTHS.update({f"{name}.{handler}": longest for handler, longest in (lengths or {}).items()})


def is_allowed(event_name: str) -> bool:
    """Whether a browser may call a handler, by its full name."""
    state, _, handler = event_name.rpartition(".")
    return handler in EVENT_RULES.get(state, frozenset())


def stores(event_name: str) -> bool:
    """Whether a handler changes what is kept: it is not broken off, and every call of it counts."""
    return event_name in STORING


def checked(event_name: object, payload: object) -> int:
    """Return the characters in an event's arguments, where it may be queued.

    Raises:
        Unfit: it may not; the message says why.
    """
    if not isinstance(event_name, str) or not is_allowed(event_name):
        raise Unfit("not allowed")
    registered = RegistrationContext.get().event_handlers.get(event_name)
    if registered is None:
        raise Unfit("unknown")
    return checked_size(event_name, registered, payload)


class EventAuthorisation(Middleware):
    """Stands before each handler: rule and session are checked again when it would run."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Return nothing to let the event run, or an answer that takes its place."""
        if not is_allowed(event.name):
            _log.warning("event refused", event_name=event.name, reason="not allowed")
            return StateUpdate()
        try:
            found = await recognised_in(state)
        except (Refused, Unavailable):
            # The browser connects again, is refused at the door, and its page says that it has lost its
            # session.
            _log.info("event refused", event_name=event.name, reason="no session")
            if app.event_namespace is not None:
                await app.event_namespace.disconnect(state.router.session.session_id)
            return StateUpdate()
        ASKING.set(None if found.is_reader else found.principal)
        if found.is_reader and event.name.rpartition(".")[0] not in FOR_READERS:
            # Their socket stays: they would only connect again, for they may.
            _log.info("event refused", event_name=event.name, reason="reader")
            return StateUpdate()
        return None


def report_page_error(exception: Exception) -> None:
    """Log what a page reports to have gone wrong in the browser."""
    _log.error("page error", report=str(exception)[:TEXT_OF_REPORT])


def report_event_error(exception: Exception) -> None:
    """Log what a handler did not handle."""
    _log.error("event failed", exc_info=exception)
