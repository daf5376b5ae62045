"""A browser is known by its cookie, and by nothing else."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import httpx
import pytest

from memo_coach.web.cookies import cookie_header, tokens_in
from tests.integration.web.sockets import HYDRATE, HandshakeRefused, cookie_of, forged_cookie, opened
from tests.live_server import ROOT, LiveServer
from tests.unit.cli.test_command_line import PROGRAM
from tests.waiting import wait_until

PAGE = {"Accept": "text/html"}


def test_a_first_page_brings_a_cookie_that_no_script_can_read(server: LiveServer) -> None:
    with server.client() as client:
        cookie = client.get("/", headers=PAGE).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Max-Age=31536000" in cookie


def test_a_browser_that_is_known_keeps_its_cookie(server: LiveServer) -> None:
    with server.browser() as browser:
        assert "set-cookie" not in browser.get("/", headers=PAGE).headers


@pytest.mark.parametrize("path", ["/health/live", "/robots.txt", "/nowhere"])
def test_what_is_not_a_page_brings_no_cookie(server: LiveServer, path: str) -> None:
    with server.client() as client:
        assert "set-cookie" not in client.get(path).headers


def test_over_tls_the_cookie_is_secure_and_bound_to_the_host() -> None:
    header = cookie_header("t" * 43, secure=True, lifetime=timedelta(days=30))
    assert header.startswith("__Host-memo_coach=")
    assert header.endswith("; Secure")
    assert "Max-Age=2592000" in header
    assert "Domain" not in header


@pytest.mark.parametrize(
    "cookies", ["memo_coach=short", 'memo_coach="<script>"', "\x00", "other=1", "", None]
)
def test_a_cookie_that_is_no_token_is_nobodys(cookies: str | None) -> None:
    assert tokens_in(cookies, secure=False) == ()


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_the_draft_of_nobody_is_refused(server: LiveServer, method: str) -> None:
    with server.client(Origin=server.url) as client:
        answer = client.request(method, "/draft", json={})
    assert answer.status_code == 403
    assert answer.json()["title"] == "Forbidden"


def test_a_forged_cookie_is_nobodys(server: LiveServer) -> None:
    with server.client(Cookie=forged_cookie()) as client:
        assert client.get("/draft").status_code == 403


@pytest.mark.parametrize("cookie", [None, forged_cookie()], ids=["none", "forged"])
async def test_a_socket_of_nobody_is_refused(server: LiveServer, cookie: str | None) -> None:
    with pytest.raises(HandshakeRefused) as refusal:
        async with opened(server, cookie):
            pass
    assert refusal.value.status == 403


async def test_the_token_never_comes_back_through_the_socket(server: LiveServer) -> None:
    cookie = cookie_of(server)
    async with opened(server, cookie) as socket:
        await socket.event(HYDRATE)
        answers = await socket.answers()
    assert answers
    assert cookie.partition("=")[2] not in str(answers)


async def test_the_same_tab_name_of_another_browser_is_another_tab(server: LiveServer) -> None:
    tab = "0a1b2c3d-0000-4000-8000-000000000001"
    names = set()
    for cookie in (cookie_of(server), cookie_of(server)):
        async with opened(server, cookie, tab=tab) as socket:
            await socket.event(HYDRATE)
            root = (await socket.answers())[0]["delta"]["reflex___state____state"]
            names.add(root["rx_router_session_rx_state_"]["client_token"])
    assert len(names) == 2
    assert tab not in names


def save_draft(browser: httpx.Client) -> None:
    draft = {
        "memo_id": None,
        "text": "We ask for two ovens.",
        "rubric": "investment-memo",
        "base_revision": 0,
    }
    browser.put("/draft", json=draft).raise_for_status()


async def test_a_session_that_its_browser_ends_is_over_in_every_copy_and_on_open_sockets(
    server: LiveServer,
) -> None:
    with server.browser() as browser:
        save_draft(browser)
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        async with opened(server, cookie) as socket:
            await socket.event(HYDRATE)
            assert await socket.answers()
            answer = browser.post("/session/end")
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            assert not browser.cookies
            await socket.event(HYDRATE)
            assert await socket.closing_code() == 1008
    with server.client(Cookie=cookie) as copy:
        assert copy.get("/draft").status_code == 403
        assert "set-cookie" in copy.get("/", headers=PAGE).headers
    with pytest.raises(HandshakeRefused):
        async with opened(server, cookie):
            pass


def test_the_session_of_another_browser_cannot_be_ended_from_another_site(server: LiveServer) -> None:
    with server.browser() as browser:
        save_draft(browser)
        assert browser.post("/session/end", headers={"Origin": "http://evil.example"}).status_code == 403
        assert browser.get("/draft").status_code == 200


def operate(server: LiveServer, *arguments: str) -> str:
    """Return what a command of the operator's says."""
    command = [*PROGRAM, "visitors", *arguments]
    environment = {**server.environment, "LOG_LEVEL": "ERROR"}
    return subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True).stdout.decode()


def test_the_operator_ends_a_session_and_the_server_follows(server: LiveServer) -> None:
    with server.browser() as browser:
        save_draft(browser)
        newest = operate(server, "list", "--limit", "1").split()[0]
        assert "has ended" in operate(server, "end", newest)
        wait_until(lambda: "set-cookie" in browser.get("/", headers=PAGE).headers, "the server has followed")
