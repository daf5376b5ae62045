"""What is for the machine itself is shown to nobody else: not by another name, not through a proxy."""

from __future__ import annotations

import pytest
from reflex.istate.data import RouterData
from reflex.state import State

from memo_coach.web.locality import is_at_the_machine


def asked_from(address: str, host: str, **headers: str) -> State:
    """Give a state as a socket leaves it that was opened from an address, with these headers."""
    state = State(_reflex_internal_init=True)  # type: ignore[call-arg]
    sent = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
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
    address: str, host: str
) -> None:
    assert is_at_the_machine(asked_from(address, host))


@pytest.mark.parametrize(
    "address", ["203.0.113.9", "10.0.0.4", "192.168.1.20", "2001:db8::1", "", "localhost"]
)
def test_a_browser_elsewhere_is_not_whatever_name_it_asks_by(address: str) -> None:
    assert not is_at_the_machine(asked_from(address, "localhost:8000"))


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
def test_another_host_name_is_refused_even_where_it_leads_to_the_machine(host: str) -> None:
    assert not is_at_the_machine(asked_from("127.0.0.1", host))


@pytest.mark.parametrize(
    "header",
    [
        "forwarded", "via", "x_real_ip", "x_forwarded_for", "X_Forwarded_For", "x_forwarded_host",
        "x_forwarded_proto", "true_client_ip",
    ],
)  # fmt: skip
def test_what_came_through_a_proxy_on_the_machine_is_not_local(header: str) -> None:
    assert not is_at_the_machine(asked_from("127.0.0.1", "localhost", **{header: "127.0.0.1"}))
