"""Whose address a request has, with and without a proxy in front."""

from __future__ import annotations

import ipaddress

import pytest
import structlog
from starlette.types import Receive, Scope, Send

from memo_coach.settings import SettingsError, load_settings
from memo_coach.web.middleware.client_address import MOST_HOPS, ClientAddressMiddleware, client_address

EDGE = (ipaddress.ip_network("172.30.30.0/28"), ipaddress.ip_network("fd00:30::/64"))
PROXY, STRANGER, VISITOR = "172.30.30.2", "198.51.100.7", "203.0.113.9"


def test_without_a_proxy_of_ours_the_header_says_nothing() -> None:
    assert client_address(STRANGER, VISITOR, EDGE) == STRANGER
    assert client_address(PROXY, VISITOR, ()) == PROXY


def test_a_proxy_of_ours_is_believed() -> None:
    assert client_address(PROXY, VISITOR, EDGE) == VISITOR
    assert client_address("fd00:30::5", "2001:db8::1", EDGE) == "2001:db8::1"


def test_what_the_visitor_put_before_the_proxy_s_entry_is_not_believed() -> None:
    assert client_address(PROXY, f"10.0.0.1, 127.0.0.1 ,{VISITOR}", EDGE) == VISITOR


def test_a_chain_of_our_proxies_is_followed_to_the_first_stranger() -> None:
    assert client_address(PROXY, f"10.0.0.1, {VISITOR}, 172.30.30.9,172.30.30.3", EDGE) == VISITOR


@pytest.mark.parametrize(
    "header", ["", " ", "unknown", f"{VISITOR}, nonsense", "<script>", "1.2.3.4:80", "::1%eth0, x"]
)
def test_an_entry_that_is_no_address_ends_the_chain_at_the_proxy(header: str) -> None:
    assert client_address(PROXY, header, EDGE) == PROXY


def test_only_our_own_addresses_in_the_chain_give_the_farthest_of_them() -> None:
    assert client_address(PROXY, "172.30.30.1, 172.30.30.3", EDGE) == "172.30.30.1"


def test_an_old_address_is_known_in_its_new_form() -> None:
    assert client_address(f"::ffff:{PROXY}", f"::ffff:{VISITOR}", EDGE) == VISITOR


def test_of_an_endless_header_only_the_end_is_read() -> None:
    header = ",".join([VISITOR, *["172.30.30.3"] * 10_000])
    assert client_address(PROXY, header, EDGE) == "172.30.30.3"
    assert client_address(PROXY, ",".join([VISITOR, *["172.30.30.3"] * (MOST_HOPS - 1)]), EDGE) == VISITOR


def scope_of(peer: tuple[str, int] | None, *headers: tuple[bytes, bytes], kind: str = "http") -> Scope:
    return {"type": kind, "path": "/", "headers": list(headers), "client": peer}


async def seen_behind(scope: Scope) -> tuple[object, object]:
    """Send a request through; give the client that the application sees, and the one that the logs name."""
    seen: list[tuple[object, object]] = []

    async def application(inner: Scope, _receive: Receive, _send: Send) -> None:
        seen.append((inner.get("client"), structlog.contextvars.get_contextvars().get("client")))

    async def nothing(*_arguments: object) -> None:
        raise AssertionError("nothing is read or sent here")

    await ClientAddressMiddleware(application, EDGE)(scope, nothing, nothing)  # type: ignore[arg-type]
    assert "client" not in structlog.contextvars.get_contextvars()
    return seen[0]


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_behind_the_proxy_the_application_and_the_logs_see_the_visitor(kind: str) -> None:
    scope = scope_of((PROXY, 40_000), (b"x-forwarded-for", VISITOR.encode()), kind=kind)
    assert await seen_behind(scope) == ((VISITOR, 0), VISITOR)
    assert scope["client"] == (PROXY, 40_000)


async def test_headers_that_come_twice_are_one_chain() -> None:
    headers = ((b"x-forwarded-for", b"10.0.0.1"), (b"x-forwarded-for", VISITOR.encode()))
    assert await seen_behind(scope_of((PROXY, 1), *headers)) == ((VISITOR, 0), VISITOR)


async def test_a_forged_header_from_elsewhere_changes_nothing() -> None:
    scope = scope_of((STRANGER, 5), (b"x-forwarded-for", VISITOR.encode()), (b"x-real-ip", b"10.0.0.1"))
    assert await seen_behind(scope) == ((STRANGER, 5), STRANGER)


async def test_a_header_that_is_no_text_harms_nothing() -> None:
    scope = scope_of((PROXY, 5), (b"x-forwarded-for", b"\xff\xfe,\x00"))
    assert await seen_behind(scope) == ((PROXY, 5), PROXY)


async def test_a_request_without_a_peer_has_no_address() -> None:
    assert await seen_behind(scope_of(None)) == (None, "unknown")


def networks_from(value: str) -> tuple[str, ...]:
    settings = load_settings({"TRUSTED_PROXIES": value}, env_file=None)
    assert (
        load_settings(settings.as_environment(), env_file=None).trusted_networks == settings.trusted_networks
    )
    return tuple(str(network) for network in settings.trusted_networks)


def test_nobody_is_trusted_by_default() -> None:
    assert networks_from("") == ()


def test_networks_and_single_addresses_may_be_trusted() -> None:
    assert networks_from(" 172.30.30.0/28, 10.1.2.3,fd00::/64 ") == (
        "172.30.30.0/28",
        "10.1.2.3/32",
        "fd00::/64",
    )


@pytest.mark.parametrize(
    "value", ["proxy", "172.30.30.1/28", "10.0.0.0/33", "0.0.0.0/0", "::/0", "10.0.0.0/8;::1"]
)
def test_a_network_that_is_none_or_everybody_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
        networks_from(value)
