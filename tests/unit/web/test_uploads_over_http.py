"""A file over HTTP: its text comes back, or the sentence that says why not; nothing of it is kept."""

from __future__ import annotations

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from memo_coach.documents.reading.limits import MOST_BYTES
from memo_coach.services.container import Services
from memo_coach.web.middleware.body_limit import BodyLimitMiddleware
from memo_coach.web.routes import RoutesMiddleware
from tests.documents import MEMO, docx


def as_owner(app: ASGIApp, owner: str | None) -> ASGIApp:
    """Stand where the sessions do."""

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {} if owner is None else {"owner": owner}}, receive, send)

    return told


def client(owner: str | None) -> httpx.AsyncClient:
    app = as_owner(BodyLimitMiddleware(RoutesMiddleware(PlainTextResponse("behind"))), owner)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


@pytest.mark.usefixtures("services")
async def test_the_text_of_a_file_is_answered(owner: str) -> None:
    async with client(owner) as browser:
        answer = await browser.post("/uploads?name=memo.docx", content=docx())
    assert answer.status_code == 200
    assert answer.json() == {"text": MEMO, "left_out": []}
    assert answer.headers["cache-control"] == "no-store"


async def test_nothing_of_a_file_is_kept(services: Services, owner: str) -> None:
    async with client(owner) as browser:
        await browser.post("/uploads?name=../../memo.txt", content=MEMO.encode())
    assert await services.drafts.current(owner) is None


@pytest.mark.usefixtures("services")
@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "no text"), (b"%PDF-1.7 broken", "damaged"), (b"\x7fELF" + bytes(100), "kind that is not read")],
)
async def test_a_file_that_cannot_be_read_is_refused_with_its_sentence(
    owner: str, content: bytes, sentence: str
) -> None:
    async with client(owner) as browser:
        answer = await browser.post("/uploads?name=memo", content=content)
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


@pytest.mark.usefixtures("services")
async def test_a_file_over_the_limit_is_refused_before_it_is_read(owner: str) -> None:
    async with client(owner) as browser:
        answer = await browser.post("/uploads", content=bytes(MOST_BYTES + 1))
    assert answer.status_code == 413


@pytest.mark.usefixtures("services")
async def test_without_a_session_no_file_is_read() -> None:
    async with client(None) as browser:
        answer = await browser.post("/uploads", content=MEMO.encode())
    assert answer.status_code == 403
