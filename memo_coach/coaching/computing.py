"""Where a text is computed on: a short one on the event loop, a longer one in a thread.

A thread that computes takes the interpreter from the event loop for as long as the computing takes, and makes
it ask for the interpreter again after each of its own system calls; several take it in turns. A hundred
memos at once were held up more by that than by the computing. What takes a few milliseconds is done at once.
The rest goes to one thread, the shortest text first, so that a page of text does not wait for a book.
"""

from __future__ import annotations

import asyncio
import heapq
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import Any, TypeVar

from memo_coach.coaching.short_texts import SHORT

Result = TypeVar("Result")

_HEAD_START = 4
"""A text lets shorter ones pass with up to so many times its own characters in all, and then has its turn."""


class ShortestJobFirst:
    """Threads that take the work on the shortest text first, and leave none waiting for ever.

    Work whose asker has gone away is not begun. What has begun goes on to its end and keeps its thread until
    then, whether or not somebody still waits for it.
    """

    def __init__(self, name: str, threads: int = 1) -> None:
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, int, int, Callable[[], Any], Future[Any]]] = []
        self._numbers = count()
        self._passed = 0
        """Characters of all the work that was begun: the time by which nobody is passed for ever."""
        self._load = 0

    @property
    def load(self) -> int:
        """How many characters wait or are being worked on."""
        return self._load

    async def do(self, characters: int, work: Callable[[], Result]) -> Result:
        """Do some work that takes the longer, the more characters there are."""
        return await self.begin(characters, work)

    def begin(self, characters: int, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Have some work done; it counts as load from now on."""
        future: Future[Result] = Future()
        with self._lock:
            self._load += characters
            turn = self._passed + _HEAD_START * characters
            heapq.heappush(self._waiting, (turn, next(self._numbers), characters, work, future))
        self._threads.submit(self._next)
        return asyncio.wrap_future(future)

    def _next(self) -> None:
        with self._lock:
            _, _, characters, work, future = heapq.heappop(self._waiting)
            if not future.set_running_or_notify_cancel():
                self._load -= characters
                return
            self._passed += characters
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - whoever asked is told, whatever it is
            self._ended(characters)
            future.set_exception(error)
        else:
            self._ended(characters)
            future.set_result(result)

    def _ended(self, characters: int) -> None:
        with self._lock:
            self._load -= characters


_THREAD = ShortestJobFirst("computing")


async def compute(characters: int, work: Callable[[], Result]) -> Result:
    """Do some work that takes the longer, the more characters there are."""
    if characters > SHORT:
        return await _THREAD.do(characters, work)
    await asyncio.sleep(0)
    return work()
