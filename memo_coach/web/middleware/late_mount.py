"""An application below a path that is loaded when it is first asked: most installations never ask it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from memo_coach.web.problems import is_of_api

Load = Callable[[], ASGIApp]


class LateMountMiddleware:
    """Lets the API answer what is below its path, and leaves all else to the application behind."""

    def __init__(self, app: ASGIApp, load: Load | None) -> None:
        """Without ``load`` there is no API."""
        self._app = app
        self._load = load
        self._loading: asyncio.Future[ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http" or self._load is None or not is_of_api(scope["path"]):
            await self._app(scope, receive, send)
            return
        if self._loading is None or (self._loading.done() and self._loading.exception() is not None):
            # Loading takes a second of a processor: in a thread, so that pages are answered meanwhile.
            self._loading = asyncio.ensure_future(asyncio.to_thread(self._load))
        loaded = await asyncio.shield(self._loading)
        await loaded(scope, receive, send)
