"""A request id for every request and socket, the access log, figures, and the answer to what broke."""

from __future__ import annotations

import re
import secrets
import time
from http import HTTPStatus

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memo_coach.operations import metrics
from memo_coach.translations import speaking, text
from memo_coach.web.languages import language_asked_for
from memo_coach.web.problems import Problem
from memo_coach.web.route_classes import route_class

_log = structlog.get_logger("memo_coach.web.access")
_FILE = re.compile(r"\.[a-z0-9]{2,12}$")
_QUIET = ("/assets/", "/health/", "/metrics", "/ping", "/_health")


class RequestIdMiddleware:
    """Names each request by an id of our own making: one that comes from outside could forge log lines."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request with its id in the logs' context and in ``X-Request-ID``."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_urlsafe(12)
        scope.setdefault("state", {})["request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._run(scope, receive, send, request_id)

    async def _run(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started = time.perf_counter()
        status: int | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] in {"http.response.start", "websocket.accept"}:
                status = int(message.get("status", HTTPStatus.SWITCHING_PROTOCOLS))
                if message["type"] == "websocket.accept":
                    metrics.count_socket("opened")
                message.setdefault("headers", [])
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            elif message["type"] == "websocket.close" and status is None:
                status = HTTPStatus.FORBIDDEN.value
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except ClientDisconnect:
            _log.info("request given up by its sender", path=scope["path"])
        except Exception as error:  # noqa: BLE001 - the outermost frame: logged and answered
            _log.error("request failed", path=scope["path"], exc_info=error)
            if scope["type"] == "http" and status is None:
                headers = Headers(scope=scope)
                # The language was spoken further within, where it broke.
                with speaking(language_asked_for(headers.get("cookie"), headers.get("accept-language"))):
                    detail = text("problem.broken", number=request_id)
                answer = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
                await answer(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            _count(scope, status, seconds)
            quiet = scope["path"].startswith(_QUIET) or _FILE.search(scope["path"]) is not None
            (_log.debug if quiet else _log.info)(
                "request",
                method=scope.get("method", "SOCKET"),
                path=scope["path"],
                status=status,
                milliseconds=round(seconds * 1000, 1),
            )


def _count(scope: Scope, status: int | None, seconds: float) -> None:
    """Count what was asked and answered; a socket's time is how long a page was open, and tells nothing."""
    if scope["type"] == "websocket":
        metrics.count_socket("closed" if status == HTTPStatus.SWITCHING_PROTOCOLS else "refused")
    elif status is not None:
        metrics.count_request(route=route_class(scope["path"]), status=status, seconds=seconds)
