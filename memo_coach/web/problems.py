"""Errors over HTTP as problem details (RFC 9457), for plain routes and for refusals in middleware alike."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse


class Problem(JSONResponse):
    """A problem document. ``detail`` is a sentence for the person."""

    media_type = "application/problem+json"

    def __init__(self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> None:
        content = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
        super().__init__(content, status.value, {"Cache-Control": "no-store", **(headers or {})})
