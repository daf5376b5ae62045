"""What a request that signs somebody in says about the browser, and how it is led on."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from memo_coach.services import container
from memo_coach.web import cookies
from memo_coach.web.cookies import is_secure, tokens_in

NEVER_KEPT: Final[Mapping[str, str]] = {"Cache-Control": "no-store"}
_LONGEST_AGENT: Final = 300


def led_to(address: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer that leads a browser to another address."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, {**NEVER_KEPT, **(headers or {})})


def token_of(request: Request, name: str = cookies.SESSION) -> str | None:
    """Return the token in a browser's cookie."""
    found = tokens_in(request.headers.get("cookie"), secure=has_tls(), name=name)
    return found[0] if found else None


def address_of(request: Request) -> str:
    """Return where the request comes from, as the middleware found it."""
    return "unknown" if request.client is None else request.client.host


def agent_of(request: Request) -> str:
    """Return what a browser calls itself."""
    return request.headers.get("user-agent", "")[:_LONGEST_AGENT]


def has_tls() -> bool:
    """Whether browsers reach this installation over TLS only."""
    return is_secure(container.current().settings)
