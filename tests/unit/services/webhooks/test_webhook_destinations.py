"""Where webhooks are sent to, and where they never are."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import pytest

from memo_coach.services.webhooks.destinations import AddressRefused, Destinations, WebhookRefused

OURS = (ipaddress.ip_network("10.1.0.0/16"),)
PUBLIC = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946")
NOT_PUBLIC = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::"),
)


def leading_to(*addresses: str) -> Destinations:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return Destinations(resolve=resolve)


@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_nothing_is_sent_to_an_address_that_is_not_public(address: str) -> None:
    with pytest.raises(AddressRefused):
        await leading_to(address).of("https://receiver.example.org/")
    with pytest.raises(AddressRefused):
        await leading_to(PUBLIC[0], address).of("https://receiver.example.org/")
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(WebhookRefused):
        Destinations().checked(f"https://{literal}/")


@pytest.mark.parametrize("address", PUBLIC)
async def test_it_is_connected_to_the_address_that_was_looked_at(address: str) -> None:
    found = await leading_to(address).of("https://receiver.example.org:8443/a/b?c=d")
    assert (found.address, found.port, found.host) == (address, 8443, "receiver.example.org")
    assert (found.host_header, found.target, found.is_encrypted) == (
        "receiver.example.org:8443",
        "/a/b?c=d",
        True,
    )


async def test_a_host_that_has_no_address_is_not_sent_to() -> None:
    with pytest.raises(AddressRefused):
        await leading_to().of("https://receiver.example.org/")


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "//host/", "https://", "https:///path", "http://receiver.example.org/", "ftp://host/"),
        *("https://name@host/", "https://name:word@host/", "https://host/#part", "https://host:0/"),
        *("https://host:99999/", "https://ho st/", "https://host/\r\nX: y", "https://host/é", "https://[::1"),
        *("javascript:alert(1)", "https://host/" + "x" * 500, "https://host\\@other/"),
    ],
)
def test_an_address_of_another_form_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(WebhookRefused, match=r"\.$"):
        Destinations().checked(url)


async def test_networks_that_the_operator_names_are_sent_to_without_https_too() -> None:
    async def resolve(host: str, _port: int) -> Sequence[str]:
        return [host]

    ours = Destinations(OURS, resolve)
    assert ours.checked("http://10.1.2.3:8080/x") == "http://10.1.2.3:8080/x"
    assert (await ours.of("http://10.1.2.3:8080/x")).is_encrypted is False
    for url in ("http://93.184.216.34/", "https://10.2.0.1/", "http://127.0.0.1/"):
        with pytest.raises(AddressRefused):
            await ours.of(url)
