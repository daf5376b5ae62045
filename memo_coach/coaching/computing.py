"""Where a text is computed on: a short one on the event loop, a longer one in a thread.

A thread that computes takes the interpreter from the event loop for as long as the computing takes, and makes
it ask for the interpreter again after each of its own system calls; several take it in turns. A hundred
memos at once were held up more by that than by the computing. What takes a few milliseconds is done at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

SHORT = 6_000
"""Characters; reading so many takes about 5 ms on one core."""
_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="computing")


async def computed(characters: int, work: Callable[[], Result]) -> Result:
    """Do some work that takes the longer, the more characters there are."""
    if characters > SHORT:
        return await asyncio.get_running_loop().run_in_executor(_THREAD, work)
    await asyncio.sleep(0)
    return work()
