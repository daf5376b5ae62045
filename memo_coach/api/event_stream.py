"""What grows, sent while it grows: server-sent events, as many at a time as one owner may follow.

Each event is the whole state, so that who missed some needs the last one only. It has an id; who comes back
with it in ``Last-Event-ID`` is sent what is newer, and 204 where there will be nothing more.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from memo_coach.api.askers import Asker, NotAllowed, refuse_ended
from memo_coach.services.errors import NotFound, TooMany, Unavailable
from memo_coach.translations import number, text
from memo_coach.web.download import Download

MOST_FOLLOWED: Final = 8
"""By one owner at a time, whether as events or by waiting for the end."""
HEARTBEAT_SECONDS: Final = 15.0
"""A comment is sent in a silence as long, so that no proxy takes the connection for dead."""
STREAM_SECONDS: Final = 300.0
"""After which the sender of the request comes back."""
ASKED_EVERY_SECONDS: Final = 1.0
"""How often it is asked, while events are sent, whether who asked still may."""


@dataclass(frozen=True, slots=True)
class Event:
    """One state of what grows."""

    id: str
    name: str
    data: Mapping[str, Any]

    def encoded(self) -> bytes:
        """Return it as it is sent."""
        data = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"id: {self.id}\nevent: {self.name}\ndata: {data}\n\n".encode()


class Followed:
    """What is followed by whom in this process."""

    def __init__(self) -> None:
        self._owners: Counter[str] = Counter()

    @contextmanager
    def place(self, owner: str) -> Iterator[None]:
        """Take a place for the time of the block.

        Raises:
            TooMany: the owner follows as much as one may.
        """
        if self._owners[owner] >= MOST_FOLLOWED:
            raise TooMany(text("api.too_many_followed", most=number(MOST_FOLLOWED)))
        self._owners[owner] += 1
        try:
            yield
        finally:
            self._owners[owner] -= 1
            if not self._owners[owner]:
                del self._owners[owner]


FOLLOWED: Final = Followed()


async def event_stream(asker: Asker, events: AsyncGenerator[Event]) -> Download:
    """Return an answer that sends events as they come, for as long as who asked may ask.

    Raises:
        TooMany: the owner follows as much as one may.
    """
    pieces = _pieces(asker, events)
    # It has begun before it is answered: what is refused is refused in an answer of its own.
    await anext(pieces)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Download(pieces, media_type="text/event-stream", headers=headers, seconds=STREAM_SECONDS)


async def _pieces(asker: Asker, events: AsyncGenerator[Event]) -> AsyncGenerator[bytes]:
    with FOLLOWED.place(asker.owner):
        yield b""
        loop = asyncio.get_running_loop()
        asked = loop.time()
        coming: asyncio.Task[Event | None] = asyncio.create_task(_next(events))
        try:
            while True:
                await asyncio.wait({coming}, timeout=HEARTBEAT_SECONDS)
                if loop.time() - asked >= ASKED_EVERY_SECONDS:
                    if not await _may_go_on(asker):
                        break
                    asked = loop.time()
                if not coming.done():
                    yield b": still here\n\n"
                    continue
                event = coming.result()
                if event is None:
                    break
                coming = asyncio.create_task(_next(events))
                yield event.encoded()
        finally:
            coming.cancel()
            with suppress(asyncio.CancelledError):
                await coming
            await events.aclose()


async def _may_go_on(asker: Asker) -> bool:
    """Whether who asked still may. Where it cannot be told they are to come back."""
    try:
        await refuse_ended(asker)
    except (NotAllowed, Unavailable):
        return False
    return True


async def _next(events: AsyncGenerator[Event]) -> Event | None:
    """Return the next event; nothing where there is none, also where what was followed is deleted."""
    try:
        return await anext(events, None)
    except NotFound:
        return None
