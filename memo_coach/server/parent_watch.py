"""End with the process that started us, for a worker that outlives its server goes on holding the address."""

from __future__ import annotations

import asyncio
import os
import signal

import structlog

_log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 0.5


async def exit_with_parent(parent: int) -> None:
    """Send SIGTERM to this process once ``parent`` is no longer its parent."""
    while os.getppid() == parent:  # noqa: ASYNC110 - the system tells nobody when a parent dies
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    _log.warning("the server's first process is gone, ending with it")
    os.kill(os.getpid(), signal.SIGTERM)
