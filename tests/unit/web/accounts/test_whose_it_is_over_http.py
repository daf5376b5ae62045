"""A walk over every address of an installation with accounts: as nobody, a stranger, a writer, the owner.

An address that is in none of the tables below fails the first test.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.responses import PlainTextResponse

from memo_coach.api import documentation
from memo_coach.api.application import application
from memo_coach.services.accounts.principal import Role
from memo_coach.services.accounts.views import UserView
from memo_coach.services.container import Services
from memo_coach.web.accounts.addresses import (
    PASSKEY,
    SECOND_STEP,
    SIGN_IN,
    SIGN_IN_METHODS,
    SIGN_OUT,
    TAKE_ALONG,
    WELCOME,
    in_every_language,
)
from memo_coach.web.accounts.routes import ACCOUNT_ROUTES
from memo_coach.web.accounts.single_sign_on import SINGLE_SIGN_ON_ROUTES
from memo_coach.web.routes import ROUTES
from memo_coach.web.stack import build_middleware_stack
from tests.accounts import ROOT, add_account, signed_in
from tests.databases import only_on_sqlite
from tests.some import some
from tests.unit.api import test_whose_it_is as of_api

SITE = "http://127.0.0.1:1"
FOR_PROGRAMS = ("/api/", "/mcp")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
DRAFT = {"memo_id": "{memo}", "text": "Mine now.", "rubric": "investment-memo", "base_revision": 1}

Sent = Mapping[str, Any] | None
ABOUT: Mapping[str, Sent] = {
    "GET /draft?memo={memo}": None,
    "PUT /draft": {"json": DRAFT},
    "GET /evaluations/{evaluation}/pdf": None,
    "PUT /evaluations/{evaluation}/remarks/{comment}": {"json": {"state": "done"}},
    "GET /memos/{memo}/versions/{number}.{form}": None,
    **of_api.ABOUT,
}
"""What is about somebody's memo or evaluation: to others it is as if it never was."""
OF_ASKER: Mapping[str, Sent] = {
    "GET /draft": None,
    "POST /uploads?name=memo.md": {"content": b"Approve a pump."},
    "POST /draft/new": None,
    "PUT /muted/{kind}": None,
    "DELETE /muted/{kind}": None,
    "PUT /glossary/{word:path}": None,
    "DELETE /glossary/{word:path}": None,
    "GET /export": None,
    "POST /import": {"content": b"no zip file"},
    "GET /outlines/{rubric}": None,
    "GET /samples/{rubric}/{quality}": None,
    "GET /session": None,
    "POST /mcp": {"json": {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}},
    f"POST {SIGN_IN_METHODS}{PASSKEY}": None,
    **{f"{m} {path}": None for path in in_every_language(SIGN_IN_METHODS) for m in ("GET", "POST")},
    **{f"{method} {path}": None for path in in_every_language(TAKE_ALONG) for method in ("GET", "POST")},
    **{asked: sent for asked, sent in of_api.OF_ASKER.items() if asked != "DELETE /api/v1/me"},
    "DELETE /api/v1/me": None,
}
"""What answers with the asker's own alone, or with what is everybody's who has signed in."""
UNFIT = ("POST /import", "POST /sign-in-methods", "POST /es/sign-in-methods", "POST /mcp")
"""What these begin with is refused as it is sent here, by whomever."""
OF_ADMINISTRATORS: Mapping[str, Sent] = {
    "GET /admin/usage.csv": None,
    "GET /admin/audit.csv": None,
    "POST /admin/agreement": {"files": {"files": ("memos.zip", b"no zip file")}},
    **of_api.OF_ADMINISTRATORS,
}
"""What needs the role, and by the API a token for it. Some of it is unfit as it is sent here."""
OPEN = {
    "GET /health/live",
    "GET /health/ready",
    *(
        f"{method} {path}"
        for path in in_every_language(SIGN_IN, WELCOME, SECOND_STEP)
        for method in ("GET", "POST")
    ),
    *(f"POST {page}{path}" for page, path in ((SIGN_OUT, ""), (SIGN_IN, PASSKEY), (SECOND_STEP, PASSKEY))),
    *(f"GET {route.path}" for route in SINGLE_SIGN_ON_ROUTES),
    *(f"GET /api{route.path}" for route in documentation.router.routes if isinstance(route, APIRoute)),
}
"""What needs no session: signing in and out, whether the service is well, how the API is asked."""
LEAVING = {"POST /session/end"}


def addresses() -> Iterator[str]:
    for route in (*ACCOUNT_ROUTES, *SINGLE_SIGN_ON_ROUTES, *ROUTES):
        for method in METHODS:
            if hasattr(route.endpoint, method.lower()):
                yield f"{method} {route.path}"
    yield "POST /mcp"
    yield from of_api.described()
    for route in within(application().routes):
        if not route.include_in_schema:
            yield from (f"{method} /api{route.path}" for method in route.methods or ())


def within(routes: Iterable[Any]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from within(route.original_router.routes)


def test_the_walk_goes_to_every_address() -> None:
    walked = {asked.partition("?")[0] for asked in (*ABOUT, *OF_ASKER, *OF_ADMINISTRATORS)}
    assert walked | OPEN | LEAVING == set(some(addresses()))


@dataclass(frozen=True)
class Person:
    """Somebody with an account, a browser that is signed in, and a program with all rights."""

    user: UserView
    session: str
    token: str

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"memo_coach_session={self.session}"}

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def asking(self, path: str) -> dict[str, str]:
        return self.bearer if path.startswith(FOR_PROGRAMS) else self.cookie


async def person(services: Services, name: str, role: Role = Role.WRITER) -> Person:
    user = await add_account(services, f"{name}@example.org", role)
    session = (await signed_in(services, user.email)).token
    token = await services.tokens.make(user.owner, "x", ("read", "write", "admin"))
    return Person(user, session, token.token)


@contextlib.asynccontextmanager
async def asking(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    app = build_middleware_stack(PlainTextResponse("a page"), services.settings, Path("nowhere"), application)
    transport = httpx.ASGITransport(app, client=("198.51.100.7", 5000))
    headers = {"Origin": SITE, "Accept": "*/*"}
    async with httpx.AsyncClient(transport=transport, base_url=SITE, headers=headers) as client:
        yield client


async def answer_to(
    client: httpx.AsyncClient, asked: str, sent: Sent, ids: Mapping[str, str], headers: Mapping[str, str]
) -> httpx.Response:
    method, path = asked.replace("{word:path}", "{word}").split(" ")
    options = dict(sent or {})
    if "json" in options:
        options["json"] = {
            key: value.format(**ids) if isinstance(value, str) else value
            for key, value in options["json"].items()
        }
    client.cookies.clear()
    headers = {**options.pop("headers", {}), **headers}
    return await client.request(method, path.format(**ids), headers=headers, **options)


NAMES = {
    "kind": "acronyms.unexplained", "word": "EBITDA", "rubric": "investment-memo", "quality": "weak",
    "number": "1", "form": "md", "comment": "o1",
}  # fmt: skip


async def of_ana(services: Services, ana: Person) -> dict[str, str]:
    return {**NAMES, **await of_api.judged(services, ana.user.owner)}


async def kept(services: Services, ana: Person, ids: Mapping[str, str]) -> list[object]:
    owner = ana.user.owner
    review = await services.review.of_evaluation(owner, ids["evaluation"])
    return [
        (await services.evaluations.get(owner, ids["evaluation"])).status,
        (await services.drafts.of_memo(owner, ids["memo"])).text,
        [line.memo_id for line in await services.memos.list(owner)],
        review.marks["o1"].state,
        await services.review.preferences(owner),
        len(await services.tokens.of_owner(owner)),
    ]


async def test_a_stranger_with_an_account_finds_what_there_never_was(installation: Services) -> None:
    ana, ben = await person(installation, "ana"), await person(installation, "ben")
    own = await of_ana(installation, ana)
    absent = {**own, "memo": "nothing", "evaluation": "nothing"}
    before = await kept(installation, ana, own)
    async with asking(installation) as client:
        for asked, sent in ABOUT.items():
            headers = ben.asking(asked.partition(" ")[2])
            foreign = await answer_to(client, asked, sent, own, headers)
            none = await answer_to(client, asked, sent, absent, headers)
            assert (asked, foreign.status_code, none.status_code) == (asked, 404, 404)
            assert {**foreign.json(), "request_id": ""} == {**none.json(), "request_id": ""}
        for asked, sent in OF_ADMINISTRATORS.items():
            headers = ben.asking(asked.partition(" ")[2])
            assert (await answer_to(client, asked, sent, own, headers)).status_code == 403, asked
        for asked, sent in OF_ASKER.items():
            answer = await answer_to(client, asked, sent, own, ben.asking(asked.partition(" ")[2]))
            assert answer.status_code < 400 or asked.startswith(UNFIT), (asked, answer.text)
            assert answer.status_code not in {401, 403}, asked
            assert of_api.SECRET.encode() not in answer.content, asked
        assert await kept(installation, ana, own) == before
        # All of this is there for whose it is: the walk asked for something.
        for asked, sent in ABOUT.items():
            if "DELETE" not in asked:
                answer = await answer_to(client, asked, sent, own, ana.asking(asked.partition(" ")[2]))
                assert answer.is_success, (asked, answer.text)


async def test_nobody_is_answered_nothing_nor_is_who_was_somebody(installation: Services) -> None:
    ana = await person(installation, "ana")
    own = await of_ana(installation, ana)
    out, disabled, removed, root = [
        await person(installation, name, Role.ADMINISTRATOR)
        for name in ("out", "disabled", "removed", "root")
    ]
    await installation.sessions.sign_out(out.session)
    await installation.tokens.revoke(
        out.user.owner, (await installation.tokens.of_owner(out.user.owner))[0].token_id
    )
    await installation.users.set_disabled(ROOT, disabled.user.id, True)
    await installation.users.remove(ROOT, removed.user.id)
    reader, _ = await installation.visitors.admit()
    outsiders: list[dict[str, str]] = [
        {},
        {"Cookie": f"memo_coach_reader={reader}"},
        {"Cookie": f"memo_coach={reader}; memo_coach_session={reader}; memo_coach_session={'x' * 43}"},
        {"Cookie": f"memo_coach_session={ana.session[:-1]}"},
        *({**was.cookie, **was.bearer} for was in (out, disabled, removed)),
    ]
    before = await kept(installation, ana, own)
    async with asking(installation) as client:
        for asked, sent in some({**ABOUT, **OF_ASKER, **OF_ADMINISTRATORS}.items()):
            for headers in outsiders:
                answer = await answer_to(client, asked, sent, own, headers)
                assert (asked, headers, answer.status_code) == (asked, headers, 401)
                assert of_api.SECRET.encode() not in answer.content
        # Nor does a page's cookie open what is for programs, or a token pages.
        for asked, sent in {**ABOUT, **OF_ASKER}.items():
            for_programs = asked.partition(" ")[2].startswith(FOR_PROGRAMS)
            headers = ana.cookie if for_programs else ana.bearer
            assert (asked, (await answer_to(client, asked, sent, own, headers)).status_code) == (asked, 401)
        for asked, sent in OF_ADMINISTRATORS.items():
            headers = root.asking(asked.partition(" ")[2])
            answer = await answer_to(client, asked, sent, own, headers)
            assert answer.status_code not in {401, 403}, asked
            assert answer.is_success or not asked.startswith("GET "), asked
        await installation.users.set_role(ROOT, root.user.id, Role.WRITER)
        for asked, sent in OF_ADMINISTRATORS.items():
            headers = root.asking(asked.partition(" ")[2])
            assert (await answer_to(client, asked, sent, own, headers)).status_code == 403
    assert await kept(installation, ana, own) == before


@only_on_sqlite
@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1:2"])
async def test_nothing_is_changed_by_a_page_of_somebody_elses(
    installation: Services, origin: str | None
) -> None:
    ana = await person(installation, "ana")
    own = await of_ana(installation, ana)
    async with asking(installation) as client:
        del client.headers["origin"]
        sent_along = {**ana.cookie, **({} if origin is None else {"Origin": origin})}
        for asked in some(sorted(set(addresses()))):
            if not asked.startswith("GET "):
                answer = await answer_to(client, asked, None, own, sent_along)
                refused = {401, 403} if asked == "POST /mcp" else {403}
                assert answer.status_code in refused, (asked, answer.status_code)
                assert "set-cookie" not in answer.headers
    assert await installation.sessions.identify(ana.session) == ana.user.owner
