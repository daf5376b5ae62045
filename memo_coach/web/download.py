"""A file that is sent while it is made, to somebody who takes it: who does not read would hold its place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Send

_log = structlog.get_logger(__name__)

PIECE_SECONDS: Final = 30.0
"""A piece that is not taken for so long ends it."""
SECONDS: Final = 900.0
"""For all of it: ten megabytes at 12 kB a second."""


class Download(StreamingResponse):
    """A download that ends, damaged, where it is not taken in time."""

    def __init__(
        self,
        pieces: AsyncGenerator[bytes],
        *,
        piece_seconds: float = PIECE_SECONDS,
        seconds: float = SECONDS,
        **options: Any,  # noqa: ANN401 - a response's own
    ) -> None:
        super().__init__(pieces, **options)
        self._pieces = pieces
        self._piece_seconds = piece_seconds
        self._seconds = seconds

    async def stream_response(self, send: Send) -> None:
        """Send it piece by piece."""
        try:
            async with aclosing(self._pieces) as pieces, asyncio.timeout(self._seconds):
                await send(
                    {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
                )
                async for piece in pieces:
                    async with asyncio.timeout(self._piece_seconds):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            _log.info("download was not taken")
