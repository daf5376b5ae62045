"""Work on texts: the shortest first, none for ever, and a thread is taken until its work is done."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from memo_coach.coaching.computing import ShortestJobFirst


class Held:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self._may_end = threading.Event()

    def __call__(self) -> None:
        self.began.set()
        assert self._may_end.wait(30)

    def let_go(self) -> None:
        self._may_end.set()


async def begun(held: Held) -> None:
    assert await asyncio.to_thread(held.began.wait, 30)


def note(what: int, into: list[int]) -> Callable[[], None]:
    return lambda: into.append(what)


async def test_a_short_text_does_not_wait_for_long_ones_that_came_before_it() -> None:
    threads, held, order = ShortestJobFirst("test"), Held(), list[int]()
    first = asyncio.ensure_future(threads.do(1, held))
    await begun(held)
    others = [
        asyncio.ensure_future(threads.do(size, note(size, order)))
        for size in (190_000, 190_001, 8_000, 60_000)
    ]
    await asyncio.sleep(0)
    held.let_go()
    await asyncio.gather(first, *others)
    assert order == [8_000, 60_000, 190_000, 190_001]


async def test_a_long_text_is_not_passed_for_ever() -> None:
    threads, held, order = ShortestJobFirst("test"), Held(), list[int]()
    first = asyncio.ensure_future(threads.do(1, held))
    await begun(held)
    long = asyncio.ensure_future(threads.do(20, note(20, order)))

    async def one_after_the_other() -> None:
        for _ in range(50):
            # Two wait at any time, so that the long text always has a shorter one beside it.
            await asyncio.gather(*(threads.do(10, note(10, order)) for _ in range(2)))

    shorter = asyncio.ensure_future(one_after_the_other())
    await asyncio.sleep(0)
    held.let_go()
    await asyncio.gather(first, long, shorter)
    assert order.index(20) <= 8


async def test_what_nobody_waits_for_is_not_begun() -> None:
    threads, held, order = ShortestJobFirst("test"), Held(), list[int]()
    first = asyncio.ensure_future(threads.do(1, held))
    await begun(held)
    gone = asyncio.ensure_future(threads.do(5, note(5, order)))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    held.let_go()
    await first
    await threads.do(7, note(7, order))
    assert order == [7]
    assert threads.load == 0


async def test_work_that_is_cancelled_keeps_its_thread_until_it_ends() -> None:
    threads, held, order = ShortestJobFirst("test"), Held(), list[int]()
    first = asyncio.ensure_future(threads.do(3, held))
    await begun(held)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    following = asyncio.ensure_future(threads.do(1, note(1, order)))
    await asyncio.sleep(0)
    assert threads.load == 4
    assert order == []
    held.let_go()
    await following
    assert order == [1]


async def test_whoever_asked_is_told_what_went_wrong() -> None:
    def broken() -> None:
        raise ZeroDivisionError

    threads = ShortestJobFirst("test")
    with pytest.raises(ZeroDivisionError):
        await threads.do(1, broken)
    assert threads.load == 0
