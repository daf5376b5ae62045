"""Who may write, from where, under which name."""

from __future__ import annotations

import pytest

from memo_coach.web.middleware.origins import AllowedOrigins
from tests.integration.web.sockets import HYDRATE, HandshakeRefused, cookie_of, opened
from tests.live_server import LiveServer

NEW_DRAFT = "/draft/new"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example", ""])
def test_a_write_from_another_origin_is_refused(server: LiveServer, origin: str) -> None:
    with server.browser() as browser:
        answer = browser.post(NEW_DRAFT, headers={"Origin": origin})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_write_without_an_origin_is_refused(server: LiveServer) -> None:
    with server.browser() as browser:
        del browser.headers["Origin"]
        assert browser.post(NEW_DRAFT).status_code == 403


def test_a_write_from_our_own_page_is_taken(server: LiveServer) -> None:
    with server.browser() as browser:
        assert browser.post(NEW_DRAFT).status_code == 204


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_a_socket_of_another_origin_or_of_none_is_refused(
    server: LiveServer, origin: str | None
) -> None:
    with pytest.raises(HandshakeRefused) as refusal:
        async with opened(server, cookie_of(server), origin=origin):
            pass
    assert refusal.value.status == 403


async def test_a_socket_of_our_own_page_is_opened(server: LiveServer) -> None:
    async with opened(server, cookie_of(server)) as socket:
        await socket.event(HYDRATE)
        assert await socket.answers()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1@evil.example", ""])
def test_a_request_under_another_host_name_is_refused(server: LiveServer, host: str) -> None:
    with server.client() as client:
        assert client.get("/", headers={"Host": host}).status_code in {400, 421}


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "CONNECT", "PROPFIND"])
def test_a_method_that_nothing_here_needs_is_refused(server: LiveServer, method: str) -> None:
    with server.client() as client:
        assert client.request(method, "/").status_code in {400, 405}


def test_no_origin_is_ever_granted_reading(server: LiveServer) -> None:
    with server.client(Origin="https://evil.example") as client:
        names = client.get("/").headers.keys()
    assert not [name for name in names if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "path", ["/_event/?EIO=4&transport=polling", "/_upload", "/_upload/x", "/_all_routes", "/auth-codespace"]
)
def test_doors_of_the_framework_that_we_do_not_use_are_shut(server: LiveServer, path: str) -> None:
    with server.browser() as browser:
        assert browser.get(path).status_code == 404
        assert browser.post(path, content=b"x").status_code == 404


def test_in_production_only_the_public_name_and_loopback_are_ours() -> None:
    addresses = AllowedOrigins("https://memos.example.org", any_address=False)
    assert addresses.is_own_host("memos.example.org")
    assert addresses.is_own_host("127.0.0.1:3000")
    assert not addresses.is_own_host("192.168.1.7:3000")
    assert not addresses.is_own_host("memos.example.org.evil.example")
    assert not addresses.is_own_host("memos.example.org:x")


def test_behind_tls_the_plain_origin_of_the_same_name_is_foreign() -> None:
    addresses = AllowedOrigins("https://memos.example.org", any_address=False)
    assert addresses.is_own_origin("https://memos.example.org", "memos.example.org")
    assert not addresses.is_own_origin("http://memos.example.org", "memos.example.org")


def test_another_port_of_this_machine_is_another_origin() -> None:
    addresses = AllowedOrigins("http://127.0.0.1:3000", any_address=True)
    assert addresses.is_own_origin("http://localhost:3000", "localhost:3000")
    assert not addresses.is_own_origin("http://localhost:8080", "localhost:3000")
