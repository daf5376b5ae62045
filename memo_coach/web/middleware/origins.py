"""Which hosts are ours, who may write to us, and which methods and paths exist at all.

A browser sends cookies with a socket that any page opens, so a socket without our own ``Origin`` is refused,
and so is every unsafe request (cross-site request forgery, cross-site socket hijacking). A host name that is
not ours is refused too: a stranger's name that resolves to this machine would make a stranger's page "our own
origin".
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from memo_coach.settings import LOCAL_NAMES, Settings
from memo_coach.translations import text
from memo_coach.web.problems import MCP, Problem, is_of_api

_log = structlog.get_logger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD"})
METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
SOCKET_PATHS = frozenset({"/_event", "/_event/"})
CLOSED_PATHS = ("/_event", "/_upload", "/_all_routes", "/auth-codespace")
"""Of the framework, and not used here over HTTP: polling instead of a socket, uploads, listings."""
POLICY_VIOLATION = 1008
LOOPBACK = LOCAL_NAMES


@dataclass(frozen=True, slots=True)
class AllowedOrigins:
    """The names under which this service may be asked.

    ``public_url`` always; loopback names always (health checks, a laptop); other bare addresses only outside
    production, where someone tries the service from a phone in the same network.
    """

    public_url: str
    any_address: bool

    @classmethod
    def of(cls, settings: Settings) -> AllowedOrigins:
        """Take them from the settings."""
        return cls(settings.public_url, any_address=settings.app_env != "production")

    def is_own_host(self, host: str) -> bool:
        """Whether a ``Host`` header is ours."""
        if host.lower() == urlsplit(self.public_url).netloc:
            return True
        try:
            parts = urlsplit(f"//{host}")
            name, _port = parts.hostname or "", parts.port
        except ValueError:
            return False
        if parts.netloc != host or parts.username is not None or parts.path:
            return False
        return name in LOOPBACK or (self.any_address and _is_address(name))

    def is_own_origin(self, origin: str | None, host: str) -> bool:
        """Whether an ``Origin`` header is ours; a missing or opaque one (``null``) is not."""
        if not origin:
            return False
        if origin.lower() == self.public_url:
            return True
        served_under_other_name = host.lower() != urlsplit(self.public_url).netloc
        return (
            served_under_other_name and self.is_own_host(host) and origin.lower() == f"http://{host.lower()}"
        )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_by_program(path: str, headers: Headers) -> bool:
    """Whether a request comes from no page, and with a credential that no browser adds by itself.

    Where nothing else counts, one that brings none is answered there, and told what is missing.
    """
    return "origin" not in headers and ("authorization" in headers or path == MCP)


class OriginMiddleware:
    """Lets in what is addressed to us, in a method that we have, from a page of ours."""

    def __init__(self, app: ASGIApp, addresses: AllowedOrigins) -> None:
        self._app = app
        self._addresses = addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on or refuse it."""
        if scope["type"] == "http":
            refusal = self._refusal(scope)
            if refusal is not None:
                status, key = refusal
                _log.info("refused", path=scope["path"], status=status.value, reason=key)
                headers = (
                    {"Allow": ", ".join(sorted(METHODS))} if status is HTTPStatus.METHOD_NOT_ALLOWED else None
                )
                detail = text(f"problem.{key}", method=scope["method"])
                await Problem(status, detail, headers)(scope, receive, send)
                return
        elif scope["type"] == "websocket":
            reason = self._socket_refusal(scope)
            if reason is not None:
                _log.info("socket refused", path=scope["path"], reason=reason)
                await refuse_socket(receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str] | None:
        headers = Headers(scope=scope)
        host, method, path = headers.get("host", ""), scope["method"], scope["path"]
        if not self._addresses.is_own_host(host):
            return HTTPStatus.MISDIRECTED_REQUEST, "wrong_host"
        # The API has an answer of its own, which names the methods of the very address.
        if method not in METHODS and not is_of_api(path):
            return HTTPStatus.METHOD_NOT_ALLOWED, "wrong_method"
        if path.startswith("//") or "\\" in path or "\0" in path:
            return HTTPStatus.NOT_FOUND, "no_page"
        if any(path == closed or path.startswith(f"{closed}/") for closed in CLOSED_PATHS):
            return HTTPStatus.NOT_FOUND, "no_page"
        is_told_apart = method in SAFE_METHODS or (is_of_api(path) and _is_by_program(path, headers))
        if not is_told_apart and not self._addresses.is_own_origin(headers.get("origin"), host):
            return HTTPStatus.FORBIDDEN, "wrong_origin"
        return None

    def _socket_refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if scope["path"] not in SOCKET_PATHS:
            return "no such socket"
        if not self._addresses.is_own_host(host):
            return "not our host"
        if not self._addresses.is_own_origin(headers.get("origin"), host):
            return "not our origin"
        return None


async def refuse_socket(receive: Receive, send: Send) -> None:
    """Answer a socket's handshake with 403."""
    message = await receive()
    if message["type"] == "websocket.connect":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
