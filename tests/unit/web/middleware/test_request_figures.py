"""Every answer, socket and event is counted, by its kind and never by its path."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from memo_coach.operations import metrics
from memo_coach.web.middleware.request_id import RequestIdMiddleware

pytestmark = pytest.mark.usefixtures("fresh_figures")


async def answering(scope: Scope, _receive: Receive, send: Send) -> None:
    if scope["path"] == "/broken":
        raise ZeroDivisionError
    status = 404 if scope["path"].startswith("/memos/") else 200
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def ask(*paths: str) -> None:
    transport = httpx.ASGITransport(RequestIdMiddleware(answering))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for path in paths:
            await client.get(path)


def requests(route: str, status: str) -> float:
    return metrics.value_of("memo_coach_requests_total", {"route": route, "status": status})


async def test_answers_are_counted_by_kind_and_status_with_their_time() -> None:
    await ask("/", "/help", "/memos/somebody-s-secret")
    assert (requests("page", "200"), requests("memo", "404")) == (2, 1)
    assert metrics.value_of("memo_coach_request_seconds_count", {"route": "page"}) == 2
    assert metrics.value_of("memo_coach_request_seconds_bucket", {"route": "page", "le": "+Inf"}) == 2
    content, _ = await metrics.exposition()
    assert b"somebody-s-secret" not in content


async def test_what_breaks_is_counted_as_the_answer_that_it_got() -> None:
    await ask("/broken")
    assert requests("page", "500") == 1


async def a_socket(*sent: Message) -> None:
    async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
        for message in sent:
            await send(dict(message))
        observed.append(metrics.value_of("memo_coach_open_sockets"))

    async def nothing(*_arguments: Any) -> Any:
        return {"type": "websocket.disconnect"}

    observed: list[float] = []
    await RequestIdMiddleware(application)({"type": "websocket", "path": "/_event/"}, nothing, nothing)
    assert observed == [1.0 if {"type": "websocket.accept"} in sent else 0.0]


def sockets(outcome: str) -> float:
    return metrics.value_of("memo_coach_sockets_total", {"outcome": outcome})


async def test_a_socket_counts_as_open_as_long_as_it_is() -> None:
    await a_socket({"type": "websocket.accept"})
    assert (sockets("opened"), sockets("closed"), sockets("refused")) == (1, 1, 0)
    assert metrics.value_of("memo_coach_open_sockets") == 0


async def test_a_socket_that_is_refused_was_never_open() -> None:
    await a_socket({"type": "websocket.close"})
    assert (sockets("opened"), sockets("closed"), sockets("refused")) == (0, 0, 1)


async def test_a_socket_is_no_request() -> None:
    await a_socket({"type": "websocket.accept"})
    assert metrics.value_of("memo_coach_request_seconds_count", {"route": "socket"}) == 0
