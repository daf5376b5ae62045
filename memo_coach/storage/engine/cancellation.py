"""Cancellation that waits for the database.

A task that is cancelled in the middle of a statement leaves a connection of which nobody knows the state: the
driver for SQLite can then wait for ever for a thread that has ended, and on Postgres a commit may or may not
have happened. So a statement that has begun is always brought to its end, and the cancellation comes right
after it. Statements are bounded in time by themselves, by the time-outs that each connection sets.
"""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from functools import partial
from typing import Any, TypeVar

Answer = TypeVar("Answer")

LAST_SECONDS = 1.0
"""For work that was cancelled after all because it took too long."""


async def settled(work: Coroutine[Any, Any, Answer], longest: float) -> Answer:
    """Do some work to its end, also where the task that waits for it is cancelled; that comes afterwards.

    ``longest`` is for how many seconds a cancelled task waits before the work is cancelled, too.

    The work is a task from its first step on: a time limit within it, such as the pool's for a connection,
    ends what its own task waits for. Begun by whoever waits here, it would cancel that one instead, who knows
    of no limit.
    """
    return await _shielded(asyncio.ensure_future(work), longest)


async def settled_inline(work: Coroutine[Any, Any, Answer], longest: float) -> Answer:
    """Do the same, beginning at once. The work has no time limit of its own: see :func:`settled`."""
    try:
        # Most statements on SQLite never wait, and are done with this; a task would take a turn of the loop.
        waits_for = work.send(None)
    except StopIteration as ended:
        answer: Answer = ended.value
        return answer
    return await _shielded(asyncio.ensure_future(_rest_of(work, waits_for)), longest)


async def _shielded(task: asyncio.Task[Answer], longest: float) -> Answer:
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not await _ends(task, longest):
            task.cancel()
            await _ends(task, LAST_SECONDS)
        if task.done() and not task.cancelled():
            task.exception()  # looked at, so that nothing complains: the cancellation is what counts
        raise


@types.coroutine
def _rest_of(work: Coroutine[Any, Any, Answer], waits_for: Any) -> Generator[Any, Any, Answer]:  # noqa: ANN401
    """Go on with work that has begun, and waits for something."""
    while True:
        try:
            sent = yield waits_for
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the work's
            resume = partial(work.throw, error)
        else:
            resume = partial(work.send, sent)
        try:
            waits_for = resume()
        except StopIteration as ended:
            answer: Answer = ended.value
            return answer


async def _ends(task: asyncio.Future[Any], longest: float) -> bool:
    """Wait for a task's end, whoever cancels meanwhile; tell whether it came in time."""
    deadline = asyncio.get_running_loop().time() + longest
    while not task.done() and (left := deadline - asyncio.get_running_loop().time()) > 0:
        try:
            await asyncio.wait({task}, timeout=left)
        except asyncio.CancelledError:
            continue  # there is one already, and it is not lost
    return task.done()
