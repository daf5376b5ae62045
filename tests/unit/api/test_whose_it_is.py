"""Each address of the API is nobody else's: a walk over all, as a stranger, as nobody, without the right."""

from __future__ import annotations

from typing import Any

import pytest

from memo_coach.api.application import application
from memo_coach.services.container import Services
from tests.databases import only_on_sqlite
from tests.some import some
from tests.unit.api.asking import program

ABOUT: dict[str, Any] = {
    "GET /api/v1/evaluations/{evaluation}": None,
    "GET /api/v1/evaluations/{evaluation}/events": None,
    "GET /api/v1/evaluations/{evaluation}/pdf": None,
    "POST /api/v1/evaluations/{evaluation}/chat": {"json": {"message": "Why?"}},
    "DELETE /api/v1/evaluations/{evaluation}": None,
    "GET /api/v1/memos/{memo}": None,
    "GET /api/v1/memos/{memo}/versions": None,
    "GET /api/v1/memos/{memo}/diff?old=1&new=1": None,
    "GET /api/v1/webhooks/{webhook}/deliveries": None,
    "DELETE /api/v1/webhooks/{webhook}": None,
    "POST /api/v1/webhooks/{webhook}/test": None,
    "POST /api/v1/evaluations": {"json": {"text": "Approve a pump.", "memo": "{memo}"}},
}
"""What is about a memo or an evaluation, and what is sent along."""
OF_ASKER: dict[str, Any] = {
    "GET /api/v1/evaluations": None,
    "GET /api/v1/evaluations?memo={memo}": None,
    "POST /api/v1/memos": {"files": {"file": ("memo.md", b"Approve a pump.")}},
    "GET /api/v1/progress": None,
    "GET /api/v1/progress?memo={memo}": None,
    "GET /api/v1/rubrics": None,
    "GET /api/v1/webhooks": None,
    "POST /api/v1/webhooks": {"json": {"url": "https://receiver.example.org/"}},
    "GET /api/v1/me": None,
    "GET /api/v1/me/export": None,
    "DELETE /api/v1/me": None,
}
"""What answers with the asker's own alone."""
_CHANGE = {"headers": {"If-Match": "*"}}
OF_ADMINISTRATORS: dict[str, Any] = {
    "GET /api/v1/config": None,
    "GET /api/v1/config/{document}": None,
    "PUT /api/v1/config/{document}": {"json": {"text": "x"}, **_CHANGE},
    "POST /api/v1/config/{document}/validate": {"json": {"text": "x"}},
    "GET /api/v1/config/{document}/versions": None,
    "GET /api/v1/config/{document}/versions/{version}": None,
    "POST /api/v1/config/{document}/rollback": {"json": {"note": "x"}, **_CHANGE},
    "POST /api/v1/config": {"json": {"id": "x", "like": "status-update"}},
    "POST /api/v1/config/{document}/retire": _CHANGE,
    "POST /api/v1/config/{document}/offer": _CHANGE,
    "GET /api/v1/debug/evaluations/{evaluation}": None,
    "POST /api/v1/debug/selftest": None,
}
"""What is for who looks after the installation, by a token that says so; without accounts, for nobody."""
SECRET = "Zaragoza"


def described() -> set[str]:
    return {
        f"{method.upper()} {path}"
        for path, methods in application().openapi()["paths"].items()
        for method in methods
    }


def test_the_walk_goes_to_every_address() -> None:
    walked = {asked.partition("?")[0] for asked in (*ABOUT, *OF_ASKER, *OF_ADMINISTRATORS)}
    assert walked == set(some(described()))


async def judged(services: Services, owner: str) -> dict[str, str]:
    """Return an evaluation that is done, and its memo."""
    text = f"Subject: {SECRET}\n\nPlease approve a pump."
    evaluation = await services.evaluations.submit(owner, text=text, rubric="investment-memo")
    async for _view in services.evaluations.follow(owner, evaluation):
        pass
    memo = (await services.evaluations.get(owner, evaluation)).memo_id
    webhook = await services.webhooks.make(owner, "https://receiver.example.org/")
    about = {"evaluation": evaluation, "memo": memo, "webhook": webhook.view.webhook_id}
    return {**about, "document": "context", "version": "0"}


async def token_of(services: Services, owner: str, *scopes: str) -> str:
    return (await services.tokens.make(owner, "x", scopes or ("read", "write"))).token


def filled(asked: str, body: Any, ids: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
    method, path = asked.split(" ")
    json = {key: str(value).format(**ids) for key, value in (body or {}).get("json", {}).items()}
    return method, path.format(**ids), {**(body or {}), **({"json": json} if json else {})}


async def test_a_stranger_finds_what_there_never_was(services: Services, owner: str, stranger: str) -> None:
    own = await judged(services, owner)
    absent = dict.fromkeys(own, "nothing")
    async with program(await token_of(services, stranger)) as asking:
        for asked, body in some(ABOUT.items()):
            method, path, sent = filled(asked, body, own)
            foreign = await asking.request(method, path, **sent)
            method, path, sent = filled(asked, body, absent)
            none = await asking.request(method, path, **sent)
            assert (asked, foreign.status_code, none.status_code) == (asked, 404, 404)
            assert foreign.json() == none.json()
        for asked, body in OF_ADMINISTRATORS.items():
            method, path, sent = filled(asked, body, own)
            assert (asked, (await asking.request(method, path, **sent)).status_code) == (asked, 403)
        for asked, body in OF_ASKER.items():
            method, path, sent = filled(asked, body, own)
            answer = await asking.request(method, path, **sent)
            assert answer.is_success, asked
            assert SECRET.encode() not in answer.content, asked
            assert not any(own[name].encode() in answer.content for name in ("evaluation", "memo")), asked
    assert (await services.evaluations.get(owner, own["evaluation"])).status == "done"


@only_on_sqlite
@pytest.mark.parametrize("token", [None, "mct_" + "x" * 43, "x", ""])
async def test_nobody_is_answered_nothing(services: Services, owner: str, token: str | None) -> None:
    own = await judged(services, owner)
    # A cookie beside a token that is none counts for nothing.
    async with program(token, session=None if token is None else owner) as asking:
        for asked, body in some({**ABOUT, **OF_ASKER, **OF_ADMINISTRATORS}.items()):
            method, path, sent = filled(asked, body, own)
            answer = await asking.request(method, path, **sent)
            assert (asked, answer.status_code) == (asked, 401)
            assert answer.headers["www-authenticate"] == "Bearer"


@only_on_sqlite
async def test_a_token_does_what_its_scopes_say(services: Services, owner: str) -> None:
    own = await judged(services, owner)
    for scope, refused in (("read", {"POST", "DELETE"}), ("write", {"GET"})):
        async with program(await token_of(services, owner, scope)) as asking:
            for asked, body in some({**ABOUT, **OF_ASKER}.items()):
                method, path, sent = filled(asked, body, own)
                if method in refused:
                    assert (asked, (await asking.request(method, path, **sent)).status_code) == (asked, 403)
