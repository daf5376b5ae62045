"""Whose address a request comes from, where a proxy stands in front.

Every proxy puts the address that it was asked from behind those that are in ``X-Forwarded-For`` already. So
the header is read from its end, and only as far as proxies of ours wrote it: what stands before is whatever
the sender liked to write. Where the peer itself is no proxy of ours, the header says nothing.

Some things are only for whoever is connected to the service itself, with nobody in between. For them the
scope says under :data:`DIRECT_PEER` who that is; nothing that a request brings along can.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from memo_coach.settings.values import Network

MOST_HOPS = 16
"""Read from the end of the header. Nobody has so many proxies, and the header may be long."""

DIRECT_PEER = "memo_coach.direct_peer"
"""In the scope: the address at the other end; ``None`` for a proxy, of ours or one that shows itself."""
_OF_PROXIES = frozenset({b"forwarded", b"via", b"x-real-ip", b"client-ip", b"true-client-ip"})
_OF_PROXIES_START = b"x-forwarded"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ClientAddressMiddleware:
    """Puts the client's address into ``scope["client"]`` and into the logs' context. The outermost of all."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = tuple(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as the client's."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        peer = scope.get("client")
        address = None if peer is None else client_address(peer[0], _forwarded_for(scope), self._trusted)
        direct = None if peer is None else direct_peer(peer[0], scope["headers"], self._trusted)
        scope = {**scope, DIRECT_PEER: direct}
        if peer is not None and address != peer[0]:
            scope["client"] = (address, 0)  # the port is known to the proxy only
        with structlog.contextvars.bound_contextvars(client=address or "unknown"):
            await self._app(scope, receive, send)


def client_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """Return the nearest address that is no proxy of ours.

    Args:
        peer: the address at the other end of the connection.
        forwarded_for: the ``X-Forwarded-For`` headers, joined by commas.
        trusted: the networks of our proxies.
    """
    found = _read(peer)
    if found is None or not _is_in(found, trusted):
        return peer
    for entry in reversed(forwarded_for.rsplit(",", MOST_HOPS)[-MOST_HOPS:]):
        address = _read(entry.strip())
        if address is None:  # not written by a proxy of ours: what it wrote last is the nearest that is known
            break
        found = address
        if not _is_in(found, trusted):
            break
    return str(found)


def direct_peer(
    peer: str, headers: Iterable[tuple[bytes, bytes]], trusted: Sequence[Network]
) -> Address | None:
    """Return the address at the other end, where that is not a proxy's.

    Args:
        peer: the address at the other end of the connection.
        headers: the request's, with names in small letters.
        trusted: the networks of our proxies.
    """
    found = _read(peer)
    if found is None or _is_in(found, trusted):
        return None
    return None if any(is_of_proxy(name) for name, _ in headers) else found


def is_of_proxy(name: bytes) -> bool:
    """Whether a header, by its name in small letters, is one that proxies add."""
    return name in _OF_PROXIES or name.startswith(_OF_PROXIES_START)


def _forwarded_for(scope: Scope) -> str:
    values = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return b",".join(values).decode("latin-1")


def _read(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # A socket for both families sees the old ones as ::ffff:192.0.2.1.
    return getattr(address, "ipv4_mapped", None) or address


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
