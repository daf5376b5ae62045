"""Health, and the draft over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.live_server import LiveServer


def draft(**changes: Any) -> dict[str, Any]:
    return {
        "memo_id": None,
        "text": "Approve $1M.",
        "rubric": "investment-memo",
        "base_revision": 0,
        **changes,
    }


def test_the_process_says_that_it_lives(server: LiveServer) -> None:
    with server.client() as client:
        answer = client.get("/health/live")
    assert answer.json() == {"status": "ok"}
    assert answer.headers["cache-control"] == "no-store"


def test_readiness_names_each_check(server: LiveServer) -> None:
    with server.client() as client:
        answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert {"database", "migrations"} <= {check["name"] for check in answer.json()["checks"]}


def test_a_saved_draft_is_there_again(server: LiveServer) -> None:
    with server.browser() as browser:
        assert browser.get("/draft").status_code == 204
        saved = browser.put("/draft", json=draft())
        assert saved.status_code == 200
        assert saved.json()["forked"] is False
        found = browser.get("/draft").json()
    assert found["text"] == "Approve $1M."
    assert found["memo_id"] == saved.json()["memo_id"]


def test_another_browser_sees_nothing_of_a_draft(server: LiveServer) -> None:
    with server.browser() as writer:
        memo_id = writer.put("/draft", json=draft()).json()["memo_id"]
    with server.browser() as other:
        assert other.get("/draft").status_code == 204
        foreign, absent = other.get(f"/draft?memo={memo_id}"), other.get("/draft?memo=nothing")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()


def test_a_draft_longer_than_a_frame_is_saved(server: LiveServer) -> None:
    text = "word " * 19_000
    with server.browser() as browser:
        assert browser.put("/draft", json=draft(text=text)).status_code == 200
        assert browser.get("/draft").json()["text"] == text


def test_clear_begins_anew(server: LiveServer) -> None:
    with server.browser() as browser:
        browser.put("/draft", json=draft())
        assert browser.post("/draft/new").status_code == 204
        assert browser.get("/draft").status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"text": 1}',
        b'{"memo_id":null,"text":"a","rubric":"investment-memo","base_revision":-1}',
        b'{"memo_id":null,"text":"a","rubric":"investment-memo","base_revision":0,"owner":"me"}',
        b'{"memo_id":null,"text":"a","rubric":"no-such-rubric","base_revision":0}',
    ],
)
def test_what_is_no_draft_is_refused_with_a_sentence(server: LiveServer, body: bytes) -> None:
    with server.browser() as browser:
        answer = browser.put("/draft", content=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")


def test_a_method_that_a_route_does_not_have_is_refused(server: LiveServer) -> None:
    with server.browser() as browser:
        answer = browser.delete("/draft")
    assert answer.status_code == 405
    assert "PUT" in answer.headers["allow"]


def test_a_word_with_a_slash_is_kept_from_our_own_pages_alone(server: LiveServer) -> None:
    with server.browser() as browser:
        assert browser.put("/glossary/CI%2FCD").status_code == 204
        foreign = {"Origin": "https://elsewhere.example"}
        assert browser.delete("/glossary/CI%2FCD", headers=foreign).status_code == 403
        assert browser.delete("/glossary/CI%2FCD").status_code == 204
        absent = browser.put("/evaluations/nothing/remarks/o1", json={"state": "done"})
    assert absent.status_code == 404
    assert absent.json()["detail"].startswith("There is nothing here.")
