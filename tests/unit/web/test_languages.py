"""The language of a request and of a page: by the choice, by the browser, by the address."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from memo_coach.translations import current_language, languages, speaking
from memo_coach.ui.assets import ASSETS
from memo_coach.web.languages import SEARCHED, language_asked_for, language_of_path, localised_path, path_in
from memo_coach.web.middleware.language import LanguageMiddleware

ORIGIN = "https://memos.example.org"


async def _spoken(_request: Request) -> PlainTextResponse:
    return PlainTextResponse(current_language())


@pytest.fixture
def client() -> httpx.AsyncClient:
    routes = [Route(path, _spoken, methods=["GET", "POST"]) for path in ("/", "/es", "/draft")]
    app = Starlette(routes=routes, middleware=[Middleware(LanguageMiddleware, ORIGIN)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


@pytest.mark.parametrize(
    ("cookies", "accepted", "language"),
    [
        (None, None, "en"),
        (None, "es", "es"),
        (None, "es-MX,es;q=0.9,en;q=0.8", "es"),
        (None, "EN;q=0.4, ES ; q=0.6", "es"),
        (None, "fr,de;q=0.9", "en"),
        (None, "fr;q=1, es;q=0, en;q=0.1", "en"),
        (None, "es;q=oops,;;,=", "en"),
        (None, "x," * 50_000 + "es", "en"),
        ("memo_coach=x; language=en", "es", "en"),
        ("language=es", "en", "es"),
        ("language=../../etc; language=xx", "es", "es"),
    ],
)
def test_a_choice_decides_and_else_what_the_browser_likes_best(
    cookies: str | None, accepted: str | None, language: str
) -> None:
    assert language_asked_for(cookies, accepted) == language


def test_a_page_is_at_one_address_in_each_language() -> None:
    english = ["/", "/?memo=x", "/#content", "/help#rubrics", "/feedback/abc"]
    assert [localised_path(path) for path in english] == english
    with speaking("es"):
        assert [localised_path(path) for path in english] == [
            "/es", "/es?memo=x", "/es#content", "/es/help#rubrics", "/es/feedback/abc",
        ]  # fmt: skip
    assert {language_of_path(path) for path in ("/es", "/es/", "/es/help")} == {"es"}
    others = ("", "/", "/help", "/essay", "/xx/help", "//es", "/../es", None, ["/es"], "/" + "e" * 10**6)
    assert {language_of_path(path) for path in others} == {"en"}


async def test_a_first_visit_is_led_to_the_pages_in_its_language_and_no_other_is(
    client: httpx.AsyncClient,
) -> None:
    spanish = {"Accept-Language": "es-ES"}
    answer = await client.get("/?memo=x", headers=spanish)
    assert (answer.status_code, answer.headers["location"]) == (302, "/es?memo=x")
    assert answer.headers["vary"] == "Accept-Language, Cookie"
    stays = await client.get("/", headers={**spanish, "Cookie": "language=en"})
    assert (stays.status_code, stays.headers["vary"]) == (200, "Accept-Language, Cookie")
    assert (await client.get("/es", headers={"Accept-Language": "en"})).status_code == 200
    assert (await client.post("/", headers=spanish)).status_code == 200


async def test_a_page_that_is_searched_for_names_its_whole_address_in_every_language(
    client: httpx.AsyncClient,
) -> None:
    expected = ", ".join(
        f'<{ORIGIN}{path}>; rel="alternate"; hreflang="{language}"'
        for language, path in (("x-default", "/"), ("en", "/"), ("es", "/es"))
    )
    assert [(await client.get(path)).headers["link"] for path in ("/", "/es")] == [expected] * 2
    assert "link" not in (await client.get("/draft")).headers
    assert "link" not in (await client.post("/es")).headers


def test_search_engines_are_let_to_just_these_pages() -> None:
    lines = (ASSETS / "robots.txt").read_text("utf-8").splitlines()
    assert (lines[0], lines[-1]) == ("User-agent: *", "Disallow: /")
    allowed = {line.removeprefix("Allow: ").rstrip("$") for line in lines[1:-1]}
    assert allowed == {path_in(language, path) for language in languages() for path in SEARCHED}


async def test_each_request_is_answered_in_its_own_language(client: httpx.AsyncClient) -> None:
    assert (await client.get("/draft", headers={"Accept-Language": "es"})).text == "es"
    assert (
        await client.get("/draft", headers={"Accept-Language": "es", "Cookie": "language=en"})
    ).text == "en"
    assert (await client.get("/draft")).text == "en"
