"""Marks, muted kinds and the glossary over HTTP: the session's own alone, and as often as it is sent."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest

from memo_coach.services.container import Services
from memo_coach.services.review.views import ReviewPreferences
from tests.unit.web.test_evaluation_pdf import client
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture
async def evaluation(services: Services, owner: str) -> str:
    found = await services.evaluations.submit(owner, text="Please approve a pump.", rubric="investment-memo")
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for _view in services.evaluations.follow(owner, found):
            pass
    return found


async def test_a_remark_is_marked_as_often_as_it_is_sent_and_the_mark_taken_back(
    services: Services, owner: str, evaluation: str
) -> None:
    address = f"/evaluations/{evaluation}/remarks/o1"
    async with client(owner) as browser:
        for _again in range(2):
            answer = await browser.put(address, json={"state": "declined", "reason": "We own no pump."})
            assert (answer.status_code, answer.content) == (204, b"")
        mark = (await services.review.of_evaluation(owner, evaluation)).marks["o1"]
        assert (mark.state, mark.reason) == ("declined", "We own no pump.")
        assert (await browser.put(address, json={"state": "open"})).status_code == 204
    assert (await services.review.of_evaluation(owner, evaluation)).marks["o1"].state == "open"


async def test_another_browsers_remark_is_as_good_as_none(
    services: Services, owner: str, stranger: str, evaluation: str
) -> None:
    async with client(stranger) as browser:
        answers = [
            await browser.put(address, json={"state": "done"})
            for address in (f"/evaluations/{evaluation}/remarks/o1", "/evaluations/nothing/remarks/o1")
        ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert (await services.review.of_evaluation(owner, evaluation)).marks["o1"].state == "open"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b'{"state": "gone"}', 422),
        (b'{"state": "done", "owner": "me"}', 422),
        (b'{"state": "declined", "reason": 5}', 422),
        (b'{"state": "declined", "reason": "%s"}' % (b"x" * 501), 422),
    ],
)
async def test_what_is_no_mark_is_refused_with_a_sentence(
    owner: str, evaluation: str, body: bytes, status: int
) -> None:
    async with client(owner) as browser:
        answer = await browser.put(f"/evaluations/{evaluation}/remarks/o1", content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")


async def test_kinds_are_muted_and_words_known_as_often_as_it_is_sent(services: Services, owner: str) -> None:
    words = ("I+D", "CI/CD", "R&D 100%", "¿qué?")
    async with client(owner) as browser:
        for _again in range(2):
            sent = [await browser.put("/muted/acronyms.unexplained")]
            sent += [await browser.put(f"/glossary/{quote(word, safe='')}") for word in words]
            assert {answer.status_code for answer in sent} == {204}
        expected = ReviewPreferences(("acronyms.unexplained",), ("CI/CD", "I+D", "R&D 100%", "¿qué?"))
        assert await services.review.preferences(owner) == expected
        for _again in range(2):
            sent = [await browser.delete("/muted/acronyms.unexplained")]
            sent += [await browser.delete(f"/glossary/{quote(word, safe='')}") for word in words]
            assert {answer.status_code for answer in sent} == {204}
        assert await services.review.preferences(owner) == ReviewPreferences((), ())
        assert (await browser.put("/muted/No%20kind")).status_code == 422
        assert (await browser.put(f"/glossary/{'x' * 61}")).status_code == 422
        assert (await browser.get("/glossary/WMS")).status_code == 405


async def test_without_a_session_nothing_is_kept(services: Services, evaluation: str) -> None:
    async with client(None) as browser:
        sent = [
            await browser.put(f"/evaluations/{evaluation}/remarks/o1", json={"state": "done"}),
            await browser.put("/muted/ask.missing"),
            await browser.put("/glossary/WMS"),
            await browser.delete("/glossary/WMS"),
        ]
    assert {answer.status_code for answer in sent} == {403}
