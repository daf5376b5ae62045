"""Waiting for what must come: as long as it takes on a machine that has far too much to do, and no longer.

No test measures itself by this: where the thing comes, the waiting ends with it, and only a test that fails
waits to the end.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE_SECONDS = 120.0
_LOOK_SECONDS = 0.02
Found = TypeVar("Found")


def wait_until(holds: Callable[[], Found], what: str = "it holds") -> Found:
    """Wait until something holds that happens in another process or thread; give what was found."""
    end = time.perf_counter() + PATIENCE_SECONDS
    while not (found := holds()):
        assert time.perf_counter() < end, f"waited in vain until {what}"
        time.sleep(_LOOK_SECONDS)
    return found


async def until(holds: Callable[[], Found], what: str = "it holds") -> Found:
    """Wait until something holds that happens in this loop or beside it; give what was found."""
    end = time.perf_counter() + PATIENCE_SECONDS
    while not (found := holds()):
        assert time.perf_counter() < end, f"waited in vain until {what}"
        await asyncio.sleep(_LOOK_SECONDS)
    return found


async def until_told(asks: Callable[[], Awaitable[Found]], what: str = "it holds") -> Found:
    """Wait until something holds that has to be asked for; give what was found."""
    end = time.perf_counter() + PATIENCE_SECONDS
    while not (found := await asks()):
        assert time.perf_counter() < end, f"waited in vain until {what}"
        await asyncio.sleep(_LOOK_SECONDS)
    return found
