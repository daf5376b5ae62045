"""Asking the provider over HTTP: bounded in time and size, never redirected, never into the private network.

The issuer's own host is the operator's choice and may be private. Hosts that only the provider's metadata
names must be public: whoever could change it would otherwise have this server ask its neighbours. The
address that was looked at is the one that is connected to.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore
import httpx

LONGEST_ANSWER: Final = 256 * 1024
"""Bytes. The largest key set of a provider in use is a tenth of it."""
PATIENCE_SECONDS: Final = 8.0
"""For one whole question, its answer included."""
MOST_AT_ONCE: Final = 20
"""Questions under way; more are refused, so that a provider that hangs does not hold everything up."""


class NotFetched(Exception):
    """There is no answer that can be used; ``str(error)`` says why, for the log."""


class Fetching:
    """Asks one provider."""

    def __init__(self, issuer: str, *, patience: float = PATIENCE_SECONDS) -> None:
        parts = urlsplit(issuer)
        self._scheme, self._host = parts.scheme, parts.hostname or ""
        self._patience = patience
        self._under_way = 0
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=MOST_AT_ONCE,
            keepalive_expiry=5.0,
            network_backend=_Guarded(self._host),
        )

    def is_fit(self, url: object) -> bool:
        """Whether an address may be asked, or a browser be sent there: over TLS, but for a provider here."""
        if not isinstance(url, str) or len(url) > 2_000 or not url.isprintable():
            return False
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            return False
        if not parts.hostname or parts.username is not None or parts.fragment:
            return False
        is_here = parts.scheme == self._scheme and parts.hostname == self._host
        return parts.scheme == "https" or is_here

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the JSON object at an address.

        Raises:
            NotFetched: there is none.
        """
        status, found = await self._ask("GET", url, headers or {}, b"")
        if status != 200:
            raise NotFetched(f"status {status}")
        return found

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Return the status and the JSON object that a form is answered with.

        Raises:
            NotFetched: there is no such answer.
        """
        return await self._ask("POST", url, headers, body)

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, Any]]:
        if not self.is_fit(url):
            raise NotFetched("the address is not to be asked")
        if self._under_way >= MOST_AT_ONCE:
            raise NotFetched("too many ask at once")
        self._under_way += 1
        try:
            async with asyncio.timeout(self._patience):
                status, content = await self._bounded(method, url, headers, body)
        except TimeoutError:
            raise NotFetched("it takes too long") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as error:
            raise NotFetched(type(error).__name__) from error
        finally:
            self._under_way -= 1
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            raise NotFetched(f"status {status}, and no JSON") from None
        if not isinstance(found, dict):
            raise NotFetched(f"status {status}, and no JSON object")
        return status, found

    async def _bounded(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]:
        sent = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
        content = bytearray()
        async with self._pool.stream(
            method, url, headers=[("Host", urlsplit(url).netloc), *sent.items()], content=body or None
        ) as answer:
            async for part in answer.aiter_stream():
                content += part
                if len(content) > LONGEST_ANSWER:
                    raise NotFetched("the answer is too long")
        return answer.status, bytes(content)


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to the issuer's host, and to others where they are public."""

    def __init__(self, trusted_host: str) -> None:
        self._trusted_host = trusted_host
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as the interface has it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect."""
        target = host if host == self._trusted_host else await _public_address_of(host, port)
        return await self._inner.connect_tcp(target, port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no provider is behind a socket of this machine."""
        raise httpcore.ConnectError("no provider is there")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


async def _public_address_of(host: str, port: int) -> str:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(map(is_public, addresses)):
        raise httpcore.ConnectError(f"{host} is not public")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address is one of the open network."""
    found = ipaddress.ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    return found.is_global and not found.is_multicast
