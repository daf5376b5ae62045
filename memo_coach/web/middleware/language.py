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
from memo_coach.web.languages import alternates, language_asked_for, path_in

_DEPENDS_ON = "Accept-Language, Cookie"


class LanguageMiddleware:
    """Speaks the language of each request, and tells search engines of the same page in others."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the language of the person, or lead them to its pages."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        language = language_asked_for(headers.get("cookie"), headers.get("accept-language"))
        is_read = scope["method"] in {"GET", "HEAD"}
        links = alternates(scope["path"], self._public_url) if is_read else None
        if links is None:
            with speaking(language):
                await self._app(scope, receive, send)
            return
        if scope["path"] == "/" and language != ENGLISH:
            query = scope.get("query_string", b"").decode("latin-1")
            target = path_in(language, f"/?{query}" if query else "/")
            answer = {"Location": target, "Vary": _DEPENDS_ON, "Cache-Control": "no-store"}
            await Response(status_code=HTTPStatus.FOUND, headers=answer)(scope, receive, send)
            return

        async def send_linked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("Link", links)
                if scope["path"] == "/":
                    headers.add_vary_header(_DEPENDS_ON)
            await send(message)

        with speaking(language):
            await self._app(scope, receive, send_linked)
