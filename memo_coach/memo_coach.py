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
from memo_coach.services import composition
from memo_coach.settings import load_settings
from memo_coach.web.event_authorisation import (
    EventAuthorisation,
    EventGate,
    report_event_error,
    report_page_error,
)
from memo_coach.web.parentage import end_with
from memo_coach.web.site import ROOT, SITE
from memo_coach.web.surroundings import surround

SWITCH_SECONDS = 0.001
"""Python's own is 0.005."""


class MemoCoach(rx.App):
    """The framework's application within our surroundings."""

    def __call__(self) -> ASGIApp:
        """Give the ASGI application, as a server's factory."""
        framework = super().__call__()
        # What may cross origins is decided around the application; the framework would answer preflights
        # itself.
        cors: object = CORSMiddleware
        for inner in (framework, self._api):
            if isinstance(inner, Starlette):
                inner.user_middleware = [each for each in inner.user_middleware if each.cls is not cors]
        return surround(framework, load_settings(), ROOT / SITE)


@contextlib.asynccontextmanager
async def services() -> AsyncIterator[None]:
    """Open the services before the first request, close them after the last."""
    # A thread that computes lets go of the interpreter sooner, so that answers wait less for it.
    sys.setswitchinterval(SWITCH_SECONDS)
    opened = await composition.open_services(load_settings())
    watch = asyncio.create_task(end_with(os.getppid()))
    try:
        yield
    finally:
        watch.cancel()
        await composition.close_services(opened)


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
