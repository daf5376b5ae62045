"""The protocol's address over HTTP: who may ask there. What answers is loaded when the first one does."""

from __future__ import annotations

import asyncio
import importlib
from http import HTTPStatus
from typing import Final

from starlette.types import Receive, Scope, Send

from memo_coach.api.mcp_server.tools import ToolAsker
from memo_coach.translations import text
from memo_coach.web.problems import Problem

_ANSWERING: Final = "memo_coach.api.mcp_server.over_http"


class McpEndpoint:
    """Lets in who has a token."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        refusal = _refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        state = scope["state"]
        address = (scope.get("client") or ("unknown", 0))[0]
        asker = ToolAsker(state["owner"], frozenset(state["token"].scopes), address)
        # It takes a second the first time: in a thread, so that pages are answered meanwhile.
        answering = await asyncio.to_thread(importlib.import_module, _ANSWERING)
        await answering.answer(asker, scope, receive, send)


def _refusal(scope: Scope) -> Problem | None:
    if scope.get("state", {}).get("token") is None:
        # Never by a cookie: a page of somebody else's makes a browser send that.
        return Problem(HTTPStatus.UNAUTHORIZED, text("api.who"), {"WWW-Authenticate": "Bearer"})
    if scope["method"] != "POST":
        # There is no session to end, and nothing is sent that was not asked for.
        detail = text("problem.method_not_here", method=scope["method"])
        return Problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, {"Allow": "POST"})
    return None
