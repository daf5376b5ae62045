"""The figures are read from inside, with nobody in between; for everybody else there is no such page."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp

from memo_coach.operations import metrics
from memo_coach.services import container
from memo_coach.services.accounts.visitors import VisitorService
from memo_coach.settings import load_settings
from memo_coach.web.loopback import is_operator
from memo_coach.web.middleware.client_address import direct_peer
from memo_coach.web.stack import build_middleware_stack

EDGE = "172.30.30.0/28"
PROXY, PROMETHEUS, STRANGER = "172.30.30.2", "172.28.0.3", "203.0.113.9"
INSIDE = "app:3000"
SITE_HOST = "memos.example.org"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ASGIApp:
    """Return the site as it stands in production, with an application behind that has no page at all."""
    environment = {
        "APP_ENV": "production",
        "AUTH_MODE": "open",
        "PUBLIC_URL": f"https://{SITE_HOST}",
        "DATA_DIR": str(tmp_path),
        "TRUSTED_PROXIES": EDGE,
        "OPERATOR_NETWORKS": "127.0.0.0/8,::1/128,172.28.0.0/16,10.0.0.0/8,fd00::/8",
    }
    settings = load_settings(environment, env_file=None)
    services = SimpleNamespace(visitors=VisitorService(b"test-key"), settings=settings)
    monkeypatch.setattr(container, "_open", [services])
    return build_middleware_stack(Starlette(), settings, tmp_path / "site")


async def ask(
    site: ASGIApp,
    peer: str | None,
    *,
    host: str = INSIDE,
    path: str = "/metrics",
    method: str = "GET",
    **headers: str,
) -> httpx.Response:
    transport = httpx.ASGITransport(site, client=(peer, 40_000) if peer is not None else None)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.request(method, path, headers=named)


def is_figures(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and "memo_coach_process_" in answer.text


@pytest.mark.parametrize(
    ("peer", "host"),
    [
        ("127.0.0.1", "localhost:3000"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "[::1]:3000"),
        (PROMETHEUS, INSIDE),
        (PROMETHEUS, "172.28.0.2:3000"),
        ("10.1.2.3", "app"),
        ("fd00::7", "[fd00::2]:3000"),
    ],
)
async def test_whoever_is_connected_from_a_network_of_the_operators_reads_the_figures(
    site: ASGIApp, peer: str, host: str
) -> None:
    metrics.count_evaluation(coach="builtin", status="done")
    answer = await ask(site, peer, host=host)
    assert is_figures(answer)
    assert "memo_coach_evaluations_total" in answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert "content-security-policy" in answer.headers


async def assert_no_such_page(site: ASGIApp, peer: str | None, **request: str) -> None:
    answer = await ask(site, peer, **request)  # type: ignore[arg-type]
    unknown = await ask(site, peer, **{**request, "path": "/no-such-page"})  # type: ignore[arg-type]
    assert (answer.status_code, answer.text) == (404, unknown.text)
    ours = ("x-request-id", "date")
    assert {name: value for name, value in answer.headers.items() if name not in ours} == {
        name: value for name, value in unknown.headers.items() if name not in ours
    }


@pytest.mark.parametrize(
    "peer",
    [STRANGER, "2001:db8::1", "100.64.0.1", "169.254.0.7", "192.168.7.7", "172.27.0.1", "0.0.0.0", None],
)
async def test_from_elsewhere_there_is_no_such_page(site: ASGIApp, peer: str | None) -> None:
    await assert_no_such_page(site, peer, host=SITE_HOST)


@pytest.mark.parametrize("peer", ["127.0.0.1", PROMETHEUS])
async def test_under_the_name_of_the_public_site_there_is_no_such_page(site: ASGIApp, peer: str) -> None:
    # A proxy that adds no header passes on the name that it was asked by.
    await assert_no_such_page(site, peer, host=SITE_HOST)


@pytest.mark.parametrize("peer", ["127.0.0.1", PROMETHEUS])
@pytest.mark.parametrize("origin", [f"https://{SITE_HOST}", "null", "http://evil.example"])
async def test_for_a_page_of_another_origin_there_is_no_such_page(
    site: ASGIApp, peer: str, origin: str
) -> None:
    await assert_no_such_page(site, peer, host="localhost:3000", origin=origin)


async def test_from_this_machine_it_is_asked_by_a_loopback_name(site: ASGIApp) -> None:
    for host in (INSIDE, "172.28.0.2:3000"):
        assert not is_figures(await ask(site, "127.0.0.1", host=host))


@pytest.mark.parametrize(
    ("environment", "is_open"),
    [
        ({}, True),
        ({"PUBLIC_URL": "http://localhost:8080"}, True),
        ({"PUBLIC_URL": f"https://{SITE_HOST}"}, False),
        ({"HOST": "192.168.1.20"}, False),
        ({"PUBLIC_URL": f"https://{SITE_HOST}", "OPERATOR_NETWORKS": "127.0.0.1/32"}, True),
        ({"OPERATOR_NETWORKS": "10.0.0.0/8"}, False),
    ],
)
async def test_on_a_laptop_it_is_open_to_the_machine_and_on_a_public_site_to_nobody_that_is_not_named(
    environment: dict[str, str], is_open: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings({"DATA_DIR": str(tmp_path), **environment}, env_file=None)
    services = SimpleNamespace(visitors=VisitorService(b"test-key"), settings=settings)
    monkeypatch.setattr(container, "_open", [services])
    site = build_middleware_stack(Starlette(), settings, tmp_path / "site")
    assert is_figures(await ask(site, "127.0.0.1", host="127.0.0.1:3000")) is is_open
    assert not is_figures(await ask(site, "192.168.7.7", host="127.0.0.1:3000"))


async def test_for_a_proxy_of_ours_there_is_no_such_page_whoever_it_asks_for(site: ASGIApp) -> None:
    await assert_no_such_page(site, PROXY, host=SITE_HOST)
    await assert_no_such_page(site, f"::ffff:{PROXY}", host="localhost")
    for address in (STRANGER, "127.0.0.1", PROMETHEUS, ""):
        await assert_no_such_page(site, PROXY, host="localhost", x_forwarded_for=address)


@pytest.mark.parametrize(
    "header", ["x_forwarded_for", "x_forwarded_host", "x_forwarded_proto", "forwarded", "x_real_ip", "via"]
)
@pytest.mark.parametrize("peer", ["127.0.0.1", PROMETHEUS])
async def test_for_a_proxy_that_shows_itself_there_is_no_such_page(
    site: ASGIApp, peer: str, header: str
) -> None:
    await assert_no_such_page(site, peer, **{"host": "localhost", header: "127.0.0.1"})


async def test_a_stranger_cannot_claim_to_be_inside(site: ASGIApp) -> None:
    for header in ("x_forwarded_for", "forwarded", "x_real_ip"):
        await assert_no_such_page(site, STRANGER, **{"host": "localhost", header: "127.0.0.1"})


@pytest.mark.parametrize("path", ["/metrics/", "/Metrics", "/metrics/x", "//metrics"])
async def test_there_is_one_path_to_them(site: ASGIApp, path: str) -> None:
    assert (await ask(site, "127.0.0.1", path=f"http://localhost{path}")).status_code == 404


async def test_they_are_read_and_nothing_else(site: ASGIApp) -> None:
    for method in ("HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        answer = await ask(site, "127.0.0.1", host="localhost", method=method)
        assert answer.status_code in {403, 404, 405}


@pytest.mark.parametrize("host", ["evil.example", "app.evil.example:3000", "localhost.evil.example"])
async def test_a_strangers_name_that_leads_here_reads_nothing(site: ASGIApp, host: str) -> None:
    assert (await ask(site, "127.0.0.1", host=host)).status_code == 421


def test_a_peer_that_is_no_address_is_nobody() -> None:
    assert direct_peer("testclient", (), ()) is None
    assert not is_operator(None, [ipaddress.ip_network("127.0.0.0/8")])
