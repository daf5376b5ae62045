"""Errors over HTTP as problem details (RFC 9457), for plain routes and for refusals in middleware alike."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

API: Final = "/api"
MCP: Final = "/mcp"
"""Where programs use tools by the Model Context Protocol; a part of the API in all that surrounds it."""


def is_of_api(path: str) -> bool:
    """Whether a path is the API's."""
    return path in {API, MCP} or path.startswith((f"{API}/", f"{MCP}/"))


class Problem(JSONResponse):
    """A problem document. ``detail`` is a sentence for the person."""

    media_type = "application/problem+json"

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        headers: Mapping[str, str] | None = None,
        **members: Any,  # noqa: ANN401 - what JSON can hold
    ) -> None:
        """``members`` are what a program gets told beside what every problem has."""
        self._content = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": detail,
            **members,
        }
        super().__init__(self._content, status.value, {"Cache-Control": "no-store", **(headers or {})})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; a program that asks the API is told the number of its request as well."""
        request_id = scope.get("state", {}).get("request_id")
        if request_id is not None and is_of_api(scope["path"]):
            self.body = self.render({**self._content, "request_id": request_id})
            self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)
