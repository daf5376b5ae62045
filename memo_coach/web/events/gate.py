"""What stands before the queue of events: what it refuses leaves no trace but a line in the log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx
import structlog

from memo_coach.operations import metrics
from memo_coach.web.connection_limits import SENDER, Sender
from memo_coach.web.errors import Refused
from memo_coach.web.events.arguments import Unfit, page_of
from memo_coach.web.events.authorisation import checked
from memo_coach.web.events.tab_events import TabEvents

_log = structlog.get_logger(__name__)


class EventGate:
    """Stands before the queue of one application."""

    def __init__(self, app: rx.App) -> None:
        self._app = app
        namespace = app.event_namespace
        if namespace is None:
            raise Refused("The application has no event namespace to guard.")
        self._namespace = namespace
        self._queue: Callable[[str, Any], Awaitable[None]] = namespace.on_event
        self._connect: Callable[[str, Any, Any], Awaitable[None]] = namespace.on_connect

    @classmethod
    def guard(cls, app: rx.App) -> None:
        """Put a gate before an application's events."""
        gate = cls(app)
        gate._namespace.on_event = gate.on_event  # type: ignore[method-assign]
        gate._namespace.on_connect = gate.on_connect  # type: ignore[method-assign]

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        """Let a socket in, and note whose it is."""
        await self._connect(sid, environ, auth)
        tab = self._namespace.sid_to_token.get(sid)
        if tab is not None:
            self._events.opened(tab, environ["asgi.scope"]["state"][SENDER])

    async def on_event(self, sid: str, data: object = None, *_rest: object) -> None:
        """Queue an event from a socket, or refuse it."""
        tab = self._namespace.sid_to_token.get(sid)
        if tab is None:
            return
        fields = data if isinstance(data, dict) else {}
        name, payload = fields.get("name"), fields.get("payload", {})
        try:
            characters = checked(name, payload)
            page = page_of(fields.get("router_data", {}))
        except Unfit as fault:
            metrics.count_socket_event("refused")
            _log.warning("event refused", event_name=str(name)[:200], reason=str(fault))
            return
        # The first event may come with the connecting itself.
        self._events.opened(tab, self._sender(sid))
        if not self._events.has_room(tab, str(name), characters):
            metrics.count_socket_event("refused")
            _log.warning("event refused", event_name=name, reason="too many waiting")
            await self._namespace.disconnect(sid)
            return
        metrics.count_socket_event("queued")
        # Only what an event consists of is passed on: the framework would take more.
        await self._queue(sid, {"name": name, "payload": payload, "router_data": page})

    @property
    def _events(self) -> TabEvents:
        processor = self._app.event_processor
        if not isinstance(processor, TabEvents):
            raise Refused("The application works at events without bounds.")
        return processor

    def _sender(self, sid: str) -> Sender:
        sio = self._app.sio
        environ = None if sio is None else sio.get_environ(sid, self._namespace.namespace)
        if environ is None:
            raise Refused
        sender: Sender = environ["asgi.scope"]["state"][SENDER]
        return sender
