"""Where may be sent to: over HTTPS to public addresses, and to networks that the operator names.

A name is resolved once, each address that it has is looked at, and the connection is made to one of those:
a name that means another machine a moment later leads nowhere else.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from memo_coach.services.errors import ServiceError
from memo_coach.settings.values import Network
from memo_coach.translations import number, text

LONGEST_URL: Final = 500
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
_PORTS: Final = {"https": 443, "http": 80}
_LEADING_ELSEWHERE: Final = tuple(
    ipaddress.IPv6Network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")
)
"""Each holds an IPv4 address, which may be any: translation and tunnels."""


class WebhookRefused(ServiceError):
    """An address is none that may be told; the sentence says why."""


class AddressRefused(Exception):
    """A name leads, or an address belongs, to where nothing may be sent."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to connect to, and what to ask for there."""

    address: str
    """Of those of the host, the one that was looked at."""
    port: int
    host: str
    is_encrypted: bool
    host_header: str
    target: str


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class Destinations:
    """What may be sent to."""

    def __init__(self, networks: Sequence[Network] = (), resolve: Resolve = resolve) -> None:
        """``networks`` are those of the operator's that may be sent to all the same, without HTTPS too."""
        self._networks = networks
        self._resolve = resolve

    def checked(self, url: str) -> str:
        """Return an address as it is kept; what its host leads to is looked at each time that it is told.

        Raises:
            WebhookRefused: nothing is sent to such an address.
        """
        if not 1 <= len(url) <= LONGEST_URL:
            raise WebhookRefused(text("webhooks.url_length", most=number(LONGEST_URL)))
        parts = _parts(url)
        if parts is None or (parts.scheme == "http" and not self._networks):
            raise WebhookRefused(text("webhooks.url_form"))
        address = _address(parts.hostname or "")
        if address is not None and not self._may_be_told(address, parts.scheme):
            raise WebhookRefused(text("webhooks.url_not_public"))
        return url

    async def of(self, url: str) -> Destination:
        """Return where to connect to.

        Raises:
            AddressRefused: it is not to be sent to.
            OSError, UnicodeError: its host cannot be resolved.
        """
        parts = _parts(url)
        if parts is None:
            raise AddressRefused
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        addresses = [_address(each) for each in await self._resolve(host, port)]
        if not addresses or not all(each and self._may_be_told(each, parts.scheme) for each in addresses):
            raise AddressRefused
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Destination(str(addresses[0]), port, host, parts.scheme == "https", parts.netloc, target)

    def _may_be_told(self, address: Address, scheme: str) -> bool:
        if any(address in network for network in self._networks):
            return True
        return scheme == "https" and _is_public(address)


def _parts(url: str) -> SplitResult | None:
    """Return the parts of an address of the form that is told; nothing where it is of another."""
    if not url.isascii() or any(not "!" <= each <= "~" or each in '\\"<>^`{|}' for each in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    is_plain = parts.username is None and parts.password is None and "#" not in url and port != 0
    return parts if parts.scheme in _PORTS and parts.hostname and is_plain else None


def _address(host: str) -> Address | None:
    """Return an address, of IPv4 where that is what it stands for; nothing where it is a name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (
        address.is_site_local or any(address in network for network in _LEADING_ELSEWHERE)
    ):
        return False
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_unspecified
    )
