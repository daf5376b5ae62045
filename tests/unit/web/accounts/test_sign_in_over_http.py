"""Signing in and out over plain HTTP, through all that stands around the application."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote

import httpx
import pyotp
from starlette.responses import PlainTextResponse

from memo_coach.services.accounts.principal import Actor, Role
from memo_coach.services.container import Services
from memo_coach.settings import Settings
from memo_coach.web.accounts.addresses import own_address, sign_in_address
from memo_coach.web.accounts.name_tag import mark_of
from memo_coach.web.stack import build_middleware_stack

SITE = "http://127.0.0.1:1"
ANA, PASSWORD = "ana@example.org", "seven green kettles sing"
OPERATOR = Actor("the test")
PAGE = {"Accept": "text/html"}
DRAFT = {"memo_id": None, "text": "We ask for two ovens.", "rubric": "investment-memo", "base_revision": 0}
SECRET = re.compile(r"<code>([A-Z2-7 ]{39})</code>")
ALERT = re.compile(r'<p role="alert"[^>]*>([^<]+)<')


def browser(settings: Settings) -> httpx.AsyncClient:
    """Return a new person's browser, which opens pages and sends our own origin with what it sends."""
    app = build_middleware_stack(PlainTextResponse("a page"), settings, Path("nowhere"))
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000))
    return httpx.AsyncClient(transport=transport, base_url=SITE, headers={**PAGE, "Origin": SITE})


@contextlib.asynccontextmanager
async def signed_in(services: Services, email: str = ANA, **form: str) -> AsyncIterator[httpx.AsyncClient]:
    """Yield the browser of somebody who has an account and has signed in."""
    await services.users.create(OPERATOR, email=email, name="Ana Ruíz", role=Role.WRITER, password=PASSWORD)
    async with browser(services.settings) as person:
        answer = await person.post("/login", data={"email": email, "password": PASSWORD, **form})
        assert answer.status_code == 303, answer.text
        yield person


async def set_up(person: httpx.AsyncClient, address: str) -> str:
    """Set up the authenticator app that is asked of an administrator; return its secret."""
    asked = await person.get(address)
    secret = "".join(SECRET.findall(asked.text)[0].split())
    path, _, query = address.partition("?")
    form = {"code": pyotp.TOTP(secret).now(), "next": unquote(query.removeprefix("next="))}
    done = await person.post(path, data=form)
    assert (done.status_code, done.text.count("<li>")) == (200, 10)
    return secret


ELSEWHERE = (
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    " //evil.example", "///evil.example", "javascript:alert(1)", "http:evil.example", "evil.example",
    "/\n/evil.example", "//127.0.0.1:1@evil.example", "/login?next=/login", "/es/welcome", "/" + "a" * 3_000,
    "",
)  # fmt: skip


def test_signing_in_leads_on_to_pages_of_ours_alone() -> None:
    for elsewhere in ELSEWHERE:
        assert own_address(elsewhere) == "/", elsewhere
        assert sign_in_address(elsewhere) == "/login", elsewhere


async def test_without_a_session_pages_lead_to_the_sign_in_and_back_and_all_else_is_refused(
    installation: Services,
) -> None:
    async with browser(installation.settings) as nobody:
        for asked, led in (
            ("/memos?x=1&y=a%26b", "/login?next=%2Fmemos%3Fx%3D1%26y%3Da%2526b"),
            ("/es/memos", "/es/login?next=%2Fes%2Fmemos"),
            ("/", "/login"),
            ("/memos/index.html", "/login?next=%2Fmemos%2Findex.html"),
            ("/nowhere", "/login?next=%2Fnowhere"),
        ):
            answer = await nobody.get(asked)
            assert (answer.status_code, answer.headers["location"]) == (303, led)
            assert not answer.headers.get("set-cookie")
        for method, path in (("GET", "/draft"), ("PUT", "/draft"), ("GET", "/export"), ("GET", "/session")):
            answer = await nobody.request(method, path, headers={"Accept": "*/*"})
            assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
            assert "Sign in to go on" in answer.json()["detail"]
            assert answer.headers["www-authenticate"]
        for path in ("/login", "/es/login", "/welcome", "/share", "/health/live", "/styles.css"):
            assert (await nobody.get(path)).status_code == 200, path
        assert list(nobody.cookies) == ["memo_coach_reader"]  # of the shared page
        assert (await nobody.get("/draft", headers={"Accept": "*/*"})).status_code == 401


async def test_who_signs_in_has_a_session_until_they_sign_out(installation: Services) -> None:
    async with signed_in(installation, next="/progress") as ana:
        assert (await ana.put("/draft", json=DRAFT)).status_code == 200
        (principal,) = [
            await installation.sessions.principal(value)
            for name, value in ana.cookies.items()
            if name == "memo_coach_session"
        ]
        assert principal is not None
        mark, role, name = ana.cookies["memo_coach_account"].split(".")
        assert (mark, role, unquote(name)) == (mark_of(principal.owner), "writer", "Ana Ruíz")
        assert (await ana.get("/login?next=/help")).headers["location"] == "/help"
        assert not (await ana.get("/memos")).headers.get("set-cookie")
        refused = await ana.put("/draft", json=DRAFT, headers={"Memo-Account": "0" * 20})
        assert (refused.status_code, "Somebody else" in refused.json()["detail"]) == (401, True)
        assert (await ana.put("/draft", json=DRAFT, headers={"Memo-Account": mark})).status_code == 200
        copy = dict(ana.cookies)
        answer = await ana.post(
            "/sign-out", data={"language": "es"}, headers={"Origin": "https://evil.example"}
        )
        assert answer.status_code == 403
        answer = await ana.post("/sign-out", data={"language": "es"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/es/login?signed-out=1")
        assert list(ana.cookies) == ["memo_coach_device"]  # it opens nothing
        assert "Ha cerrado la sesión" in (await ana.get("/es/login?signed-out=1")).text
    async with browser(installation.settings) as thief:
        thief.cookies.update(copy)
        assert (await thief.get("/draft", headers={"Accept": "*/*"})).status_code == 401


async def test_the_cookie_of_a_session_is_for_this_site_alone_and_changes_at_each_sign_in(
    installation: Services,
) -> None:
    async with signed_in(installation) as ana:
        first = ana.cookies["memo_coach_session"]
        again = await ana.post("/login", data={"email": ANA, "password": PASSWORD})
        cookie = next(each for each in again.headers.get_list("set-cookie") if "coach_session" in each)
        assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"))
        assert ana.cookies["memo_coach_session"] != first
        assert await installation.sessions.identify(first) is None


async def test_a_refusal_is_the_page_with_the_reason_and_the_address_that_was_typed(
    installation: Services,
) -> None:
    async with signed_in(installation), browser(installation.settings) as other:
        wrong = {"email": '"><script>', "password": "x", "next": "/help"}
        answer = await other.post("/login", data=wrong)
        assert answer.status_code == 422
        assert "did not sign you in" in ALERT.findall(answer.text)[0]
        assert "autofocus" in answer.text
        assert "<script>" not in answer.text
        assert 'value="&quot;&gt;&lt;script&gt;"' in answer.text
        assert 'value="/help"' in answer.text
        assert "memo_coach_session" not in other.cookies
        spanish = await other.post("/es/login", data=wrong)
        assert "correo" in ALERT.findall(spanish.text)[0]
        program = await other.post("/login", data=wrong, headers={"Accept": "application/json"})
        assert program.headers["content-type"] == "application/problem+json"
        foreign = await other.post("/login", data=wrong, headers={"Origin": "https://evil.example"})
        assert foreign.status_code == 403
        assert (await other.post("/login", content=b"a" * 20_000)).status_code == 413
        assert (await other.post("/login", json=wrong)).status_code == 422


async def test_who_fails_too_often_is_told_how_long_to_wait(installation: Services) -> None:
    async with signed_in(installation), browser(installation.settings) as other:
        statuses = []
        for _attempt in range(30):
            answer = await other.post("/login", data={"email": ANA, "password": "not this one at all"})
            statuses.append(answer.status_code)
            if answer.status_code == 429:
                break
        assert statuses[-1] == 429
        assert int(answer.headers["retry-after"]) > 0
        assert "Wait" in ALERT.findall(answer.text)[0]


async def test_links_make_the_first_administrator_and_accounts_and_open_once(installation: Services) -> None:
    link = await installation.accounts.first_administrator.link()
    assert link is not None
    async with browser(installation.settings) as ana, browser(installation.settings) as bea:
        assert (await ana.get("/welcome", headers={"Accept-Language": "es"})).headers[
            "location"
        ] == "/es/welcome"
        assert "does not" not in (await ana.get("/welcome")).text
        assert "opens nothing any more" in (await ana.post("/welcome", data={"token": "x" * 43})).text
        asked = await ana.post("/welcome", data={"token": f"#{link.url_token}"})
        assert 'name="name"' in asked.text
        form = {"token": link.url_token, "email": ANA, "name": "Ana", "password": "short"}
        refused = await ana.post("/welcome", data=form)
        assert (refused.status_code, "at least 12" in ALERT.findall(refused.text)[0]) == (422, True)
        assert f'value="{ANA}"' in refused.text
        made = await ana.post("/es/welcome", data={**form, "password": PASSWORD})
        assert (made.status_code, made.headers["location"]) == (303, "/es/second-step?next=%2Fes")
        await set_up(ana, made.headers["location"])
        assert ana.cookies["memo_coach_account"].split(".")[1] == "administrator"
        invited = await installation.users.invite(
            OPERATOR, email="bea@example.org", name="Bea", role=Role.WRITER
        )
        asked = await bea.post("/welcome", data={"token": invited.url_token})
        assert 'value="bea@example.org"' in asked.text
        assert "readonly" in asked.text
        form = {"token": invited.url_token, "password": PASSWORD, "email": "evil@example.org"}
        assert (await bea.post("/welcome", data=form)).status_code == 303
        assert (await bea.get("/draft", headers={"Accept": "*/*"})).status_code == 204
        assert "opens nothing any more" in (await ana.post("/welcome", data=form)).text


async def test_what_a_browser_wrote_as_a_visitor_is_offered_to_who_signs_in_and_taken_or_left(
    installation: Services,
) -> None:
    token, visitor = await installation.visitors.admit()
    await installation.drafts.save(
        visitor, memo_id=None, text="We ask for two ovens.", rubric="investment-memo", base_revision=0,
        address="127.0.0.1",
    )  # fmt: skip
    await installation.evaluations.submit(visitor, text="We ask for two ovens.", rubric="investment-memo")
    for email, choice in (("bea@example.org", "leave"), (ANA, "take")):
        await installation.users.create(OPERATOR, email=email, name="A", role=Role.WRITER, password=PASSWORD)
        async with browser(installation.settings) as person:
            person.cookies.set("memo_coach", token, domain="127.0.0.1")
            form = {"email": email, "password": PASSWORD, "next": "/progress"}
            offer = (await person.post("/login", data=form)).headers["location"]
            assert offer == "/take-along?next=%2Fprogress"
            assert "We ask" not in (await person.get(offer)).text
            done = await person.post("/take-along", data={"choice": choice, "next": "/progress"})
            assert (done.status_code, done.headers["location"]) == (303, "/progress")
            assert ("memo_coach" in person.cookies) == (choice == "leave")
            assert (await person.get("/take-along")).headers["location"] == "/"
            owner = await installation.sessions.identify(person.cookies["memo_coach_session"])
            assert owner is not None
            assert bool(await installation.memos.list(owner)) == (choice == "take")


async def test_who_has_a_second_factor_is_asked_for_it_on_the_way_to_the_page_that_was_wanted(
    installation: Services,
) -> None:
    async with signed_in(installation) as ana:
        methods = "/es/sign-in-methods"
        assert "No tiene ninguno" in (await ana.get(methods)).text
        page = (await ana.post(methods, data={"action": "set-up-authenticator"})).text
        secret = "".join(SECRET.findall(page)[0].split())
        assert "<svg" in page
        refused = await ana.post(methods, data={"action": "add-authenticator", "code": "000000"})
        assert (refused.status_code, "no es correcto" in ALERT.findall(refused.text)[0]) == (422, True)
        assert "".join(SECRET.findall(refused.text)[0].split()) == secret
        form = {"action": "add-authenticator", "code": pyotp.TOTP(secret).now(), "name": "<b>"}
        shown = await ana.post(methods, data=form)
        codes = re.findall(r"<li><code>([\w-]+)</code>", shown.text)
        assert (len(codes), shown.headers["cache-control"]) == (10, "no-store")
        assert "&lt;b&gt;" in (await ana.get(methods)).text
        assert (await ana.post("/sign-in-methods/passkey")).status_code >= 400, "passkeys are for names"
    async with browser(installation.settings) as desk:
        assert (await desk.get("/second-step")).headers["location"] == "/login"
        assert (await desk.post("/second-step/passkey")).status_code >= 400
        assert (await desk.get("/sign-in-methods")).headers["location"].startswith("/login?next=")
        known = await desk.post("/login", data={"email": ANA, "password": PASSWORD, "next": "/help"})
        assert known.headers["location"] == "/second-step?next=%2Fhelp"
        assert "memo_coach_session" not in desk.cookies
        assert ANA in (await desk.get(known.headers["location"])).text
        wrong = await desk.post("/second-step", data={"code": "000000", "next": "/help"})
        assert (wrong.status_code, "not right" in ALERT.findall(wrong.text)[0]) == (422, True)
        done = await desk.post("/second-step", data={"code": codes[0], "next": "//evil.example"})
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert "memo_coach_second_step" not in desk.cookies
        assert (await desk.get("/draft", headers={"Accept": "*/*"})).status_code == 204
