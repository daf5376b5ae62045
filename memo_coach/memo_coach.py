"""The Reflex app: pages registered, services opened and closed, everything around a request mounted."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator

import reflex as rx
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from memo_coach import ui
from memo_coach.server.parent_watch import exit_with_parent
from memo_coach.server.worker_exit import exit_worker
from memo_coach.services import container
from memo_coach.services.processes.shared_buckets import SharedBuckets
from memo_coach.settings import load_settings
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import EventAuthorisation, report_event_error, report_page_error
from memo_coach.web.events.gate import EventGate
from memo_coach.web.events.tab_events import TabEvents
from memo_coach.web.events.tab_states import TabStates
from memo_coach.web.site import ROOT, SITE
from memo_coach.web.stack import build_middleware_stack

SWITCH_SECONDS = 0.001
"""Python's own is 0.005."""

buckets = SharedBuckets()
"""Of this process: the middleware has some, and the services connect them with other processes."""


def api() -> ASGIApp:
    """Load the API, which takes as long as a page takes to open."""
    from memo_coach.api.application import application  # noqa: PLC0415 - when it is asked for

    return application()


class MemoCoach(rx.App):
    """The framework's application within our surroundings."""

    def __call__(self) -> ASGIApp:
        """Return the ASGI application, as a server's factory."""
        framework = super().__call__()
        # What may cross origins is decided around the application; the framework would answer preflights
        # itself.
        cors: object = CORSMiddleware
        for inner in (framework, self._api):
            if isinstance(inner, Starlette):
                inner.user_middleware = [each for each in inner.user_middleware if each.cls is not cors]
        return build_middleware_stack(framework, load_settings(), ROOT / SITE, api, buckets)

    def _setup_state(self) -> None:
        super()._setup_state()
        self._state_manager = TabStates.in_memory()

    @contextlib.asynccontextmanager
    async def _setup_event_processor(self) -> AsyncIterator[None]:
        """Work at events in our way, else as the framework sets it up."""
        namespace, states = self.event_namespace, self.state_manager
        if namespace is None or not isinstance(states, TabStates):
            raise Refused("The application has no events to work at.")
        namespace._token_manager._reset_instance_id()  # noqa: SLF001 - as the framework does here
        self._event_processor = TabEvents(
            states, middleware=self, backend_exception_handler=self.backend_exception_handler
        )
        async with self._event_processor.configure(state_manager=states, event_namespace=namespace):
            yield


@contextlib.asynccontextmanager
async def services() -> AsyncIterator[None]:
    """Open the services before the first request, close them after the last."""
    # A thread that computes lets go of the interpreter sooner, so that answers wait less for it.
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        opened = await container.open_services(load_settings(), buckets=buckets)
    except DatabaseUnusable as error:
        exit_worker(error)
    watch = asyncio.create_task(exit_with_parent(os.getppid()))
    try:
        yield
    finally:
        watch.cancel()
        await container.close_services(opened)


app = MemoCoach(
    toaster=None,
    # Neither the framework's overlay of toasts nor its badge: the pages say themselves when the connection
    # is lost.
    app_wraps={},
    html_lang="en",
    head_components=ui.head_components(),
    reset_style=False,
    frontend_exception_handler=report_page_error,
    backend_exception_handler=report_event_error,
)
app.register_lifespan_task(services)
app.add_middleware(EventAuthorisation(), index=0)
EventGate.guard(app)
ui.register(app)
