"""What is for the machine itself is shown to nobody else: not by another name, not through a proxy."""

from __future__ import annotations

from pathlib import Path

import pytest
from reflex.istate.data import RouterData
from reflex.state import State

from memo_coach.settings import Settings, load_settings
from memo_coach.web.loopback import is_at_the_machine


def settings(tmp_path: Path, **environment: str) -> Settings:
    return load_settings({"DATA_DIR": str(tmp_path), "PORT": "8000", **environment}, env_file=None)


@pytest.fixture
def laptop(tmp_path: Path) -> Settings:
    return settings(tmp_path)


def asked_from(address: str, host: str, **headers: str) -> State:
    """Return a state as a socket leaves it that was opened from an address, with these headers."""
    state = State(_reflex_internal_init=True)  # type: ignore[call-arg]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"host": host, "origin": "http://localhost:8000", **named}
    router = {"ip": address, "headers": sent}
    state.router_data = router
    state.router = RouterData.from_router_data(router)
    return state


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("127.0.0.1", "localhost:8000"),
        ("127.0.0.1", "LOCALHOST"),
        ("127.0.0.1", "127.0.0.1:8000"),
        ("127.8.8.8", "localhost"),
        ("::1", "[::1]:8000"),
        ("::ffff:127.0.0.1", "localhost"),
    ],
)
def test_a_browser_on_the_machine_that_asks_by_a_loopback_name_is_at_the_machine(
    address: str, host: str, laptop: Settings
) -> None:
    assert is_at_the_machine(asked_from(address, host), laptop)


@pytest.mark.parametrize(
    "address", ["203.0.113.9", "10.0.0.4", "192.168.1.20", "2001:db8::1", "", "localhost"]
)
def test_a_browser_elsewhere_is_not_whatever_name_it_asks_by(address: str, laptop: Settings) -> None:
    assert not is_at_the_machine(asked_from(address, "localhost:8000"), laptop)


@pytest.mark.parametrize(
    "host",
    [
        "memos.example.org",
        "localhost.example.org",
        "localhost@memos.example.org",
        "127.0.0.1.example.org",
        "192.168.1.20:8000",
        "[::1",
        "",
    ],
)
def test_another_host_name_is_refused_even_where_it_leads_to_the_machine(host: str, laptop: Settings) -> None:
    assert not is_at_the_machine(asked_from("127.0.0.1", host), laptop)


@pytest.mark.parametrize(
    "header",
    [
        "forwarded", "via", "x_real_ip", "x_forwarded_for", "X_Forwarded_For", "x_forwarded_host",
        "x_forwarded_proto", "true_client_ip",
    ],
)  # fmt: skip
def test_what_came_through_a_proxy_on_the_machine_is_not_local(header: str, laptop: Settings) -> None:
    assert not is_at_the_machine(asked_from("127.0.0.1", "localhost", **{header: "127.0.0.1"}), laptop)


@pytest.mark.parametrize("origin", ["https://memos.example.org", "http://192.168.1.20:8000", "null", ""])
def test_a_proxy_that_adds_no_header_shows_itself_by_the_pages_origin(origin: str, laptop: Settings) -> None:
    # nginx asks under the name of what it passes requests on to, unless it is told otherwise.
    assert not is_at_the_machine(asked_from("127.0.0.1", "127.0.0.1:8000", origin=origin), laptop)


def test_where_the_site_is_public_nobody_is_at_the_machine_unless_it_is_named(tmp_path: Path) -> None:
    public = settings(tmp_path, PUBLIC_URL="https://memos.example.org")
    here = asked_from("127.0.0.1", "localhost:8000")
    assert not is_at_the_machine(here, public)
    named = settings(
        tmp_path, PUBLIC_URL="https://memos.example.org", OPERATOR_NETWORKS="127.0.0.0/8,10.0.0.0/8"
    )
    assert is_at_the_machine(here, named)
    assert not is_at_the_machine(asked_from("10.0.0.4", "localhost:8000"), named)


def test_a_proxy_of_ours_is_not_at_the_machine_whatever_it_says(tmp_path: Path) -> None:
    behind = settings(tmp_path, TRUSTED_PROXIES="127.0.0.1/32")
    assert not is_at_the_machine(asked_from("127.0.0.1", "localhost:8000"), behind)
