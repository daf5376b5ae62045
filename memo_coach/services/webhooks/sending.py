"""One request to one address: no redirect is followed, and of the answer only the status is read."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Final

from memo_coach import __version__
from memo_coach.services.webhooks.destinations import AddressRefused, Destination, Destinations

SECONDS: Final = 10.0
"""For all of it: name, connection, request, answer."""
MOST_ANSWER_BYTES: Final = 4_096
"""Of the first line of the answer; nothing else of it is read."""
_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: a status, or a reason why there was none."""

    answered: int | None = None
    fault: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the receiver has it."""
        return self.answered is not None and 200 <= self.answered < 300


class Sender:
    """Sends to what may be sent to."""

    def __init__(self, destinations: Destinations, seconds: float = SECONDS) -> None:
        self._destinations = destinations
        self._seconds = seconds

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Send a body; whatever happens there is the outcome."""
        try:
            async with asyncio.timeout(self._seconds):
                destination = await self._destinations.of(url)
                return await _sent(destination, headers, body)
        except AddressRefused:
            return Outcome(fault="not_public")
        except TimeoutError:
            return Outcome(fault="too_slow")
        except ssl.SSLError:
            return Outcome(fault="no_certificate")
        except (OSError, UnicodeError):
            return Outcome(fault="unreachable")
        except (ValueError, asyncio.IncompleteReadError):
            return Outcome(fault="no_http")


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _sent(destination: Destination, headers: Mapping[str, str], body: bytes) -> Outcome:
    reader, writer = await asyncio.open_connection(
        destination.address,
        destination.port,
        limit=MOST_ANSWER_BYTES,
        ssl=_certificates() if destination.is_encrypted else None,
        server_hostname=destination.host if destination.is_encrypted else None,
    )
    try:
        writer.write(_request(destination, headers, body))
        await writer.drain()
        found = _STATUS.fullmatch(await reader.readline())
        return Outcome(fault="no_http") if found is None else Outcome(answered=int(found[1]))
    finally:
        # Whatever else comes is not waited for.
        with suppress(OSError):
            writer.transport.abort()


def _request(destination: Destination, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"POST {destination.target} HTTP/1.1",
        f"Host: {destination.host_header}",
        f"User-Agent: memo-coach/{__version__}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join((*lines, "", "")).encode("ascii") + body
