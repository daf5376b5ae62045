"""The PDF over HTTP: a file to save, kept by nobody on the way, for the session that it belongs to."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from memo_coach.services.container import Services
from memo_coach.web.routes import RoutesMiddleware
from tests.waiting import PATIENCE_SECONDS

TEXT = "Subject: Añadir\r\n\r\nPlease approve a new pump."


def as_owner(app: ASGIApp, owner: str | None) -> ASGIApp:
    """Stand where the sessions do."""

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {} if owner is None else {"owner": owner}}, receive, send)

    return told


def client(owner: str | None) -> httpx.AsyncClient:
    app = as_owner(RoutesMiddleware(PlainTextResponse("behind")), owner)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


@pytest.fixture
async def evaluation(services: Services, owner: str) -> str:
    found = await services.evaluations.submit(owner, text=TEXT, rubric="investment-memo")
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for _view in services.evaluations.follow(owner, found):
            pass
    return found


async def test_the_owner_gets_a_file(owner: str, evaluation: str) -> None:
    async with client(owner) as browser:
        answer = await browser.get(f"/evaluations/{evaluation}/pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="anadir-v1-feedback.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_somebody_elses_is_the_same_as_none(services: Services, evaluation: str) -> None:
    _token, other = await services.visitors.admit()
    async with client(other) as browser:
        foreign = await browser.get(f"/evaluations/{evaluation}/pdf")
        absent = await browser.get("/evaluations/nothing/pdf")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()


async def test_without_a_session_there_is_none(services: Services, evaluation: str) -> None:
    async with client(None) as browser:
        assert (await browser.get(f"/evaluations/{evaluation}/pdf")).status_code == 403


async def test_it_can_only_be_fetched(owner: str, evaluation: str) -> None:
    async with client(owner) as browser:
        answer = await browser.post(f"/evaluations/{evaluation}/pdf")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
