"""Answers as JSON: kept by nobody on the way, and sent only where they have changed (RFC 9110, 13.1.2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Path, Request
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import Response

Absent = SkipJsonSchema[None]
"""Of a parameter that may be left out. It cannot be said to be nothing: a header ``null`` is four letters."""
PRIVATE: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie, Accept-Language"}

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
PathId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


def document(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:  # noqa: ANN401
    """Return a document as an answer."""
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(written, status, {**PRIVATE, **(headers or {})}, "application/json")


def unless_known(request: Request, content: Any, headers: Mapping[str, str] | None = None) -> Response:  # noqa: ANN401
    """Return a document with a tag of what it says, or 304 where the asker has it already."""
    return tagged(request, document(content, headers=headers))


def unless_tagged(request: Request, content: Any, tag: str) -> Response:  # noqa: ANN401
    """Return a document with a tag of its own, or 304 where the asker has it already."""
    return _unless_known(request, document(content), tag)


def tagged(request: Request, answer: Response) -> Response:
    """Return an answer with a tag of its body, or 304 where the asker has it already."""
    tag = f'"{hashlib.sha256(bytes(answer.body)).hexdigest()[:32]}"'
    return _unless_known(request, answer, tag)


def _unless_known(request: Request, answer: Response, tag: str) -> Response:
    answer.headers["ETag"] = tag
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        kept = {
            name: answer.headers[name] for name in ("etag", "cache-control", "vary") if name in answer.headers
        }
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)
    return answer
