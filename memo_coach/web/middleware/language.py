"""Each request is answered in its person's language, and a first visit is led to the pages in it.

The server decides, not a script: it knows the language before a byte of the page is sent, so that nobody sees
one language flash up before the other. Only ``/`` is redirected, and never to itself: whoever opens any other
address has the language that is in it, and whoever chose English has the cookie that says so.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memo_coach.translations import ENGLISH, speaking
from memo_coach.web.languages import language_asked_for, path_in

_DEPENDS_ON = "Accept-Language, Cookie"


class LanguageMiddleware:
    """Speaks the language of each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the language of the person, or lead them to its pages."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        language = language_asked_for(headers.get("cookie"), headers.get("accept-language"))
        if scope["path"] != "/" or scope["method"] not in {"GET", "HEAD"}:
            with speaking(language):
                await self._app(scope, receive, send)
            return
        if language != ENGLISH:
            query = scope.get("query_string", b"").decode("latin-1")
            target = path_in(language, f"/?{query}" if query else "/")
            answer = {"Location": target, "Vary": _DEPENDS_ON, "Cache-Control": "no-store"}
            await Response(status_code=HTTPStatus.FOUND, headers=answer)(scope, receive, send)
            return

        async def send_dependent(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).add_vary_header(_DEPENDS_ON)
            await send(message)

        await self._app(scope, receive, send_dependent)
