"""First readings by the built-in coach: one after the other in a thread, and many in a process beside.

A reading takes some twenty milliseconds in which the interpreter does nothing else. A few are not noticed; of
a hundred memos at once the readings would keep the pages waiting for seconds. So where several wait already,
the next go to a process of its own, on another core. It starts when it is first needed, which takes half a
second, and ends with this one.
"""

from __future__ import annotations

import asyncio
import time

import structlog
from anyio import BrokenWorkerProcess, CapacityLimiter, to_process

from memo_coach.coaching.builtin.coach import evaluate_memo, evaluate_text
from memo_coach.coaching.evaluation import Evaluation
from memo_coach.coaching.memo import Memo
from memo_coach.coaching.rubric import Rubric

_log = structlog.get_logger("memo_coach.services.first_readings")

HERE_AT_MOST = 4
"""Readings that are under way in this process at a time, before others go to the one beside."""
REST_SECONDS = 60.0
"""After the process has ended by itself, readings are done here for so long."""


class FirstReadings:
    """Has memos read, without keeping the event loop waiting."""

    def __init__(self) -> None:
        self._under_way = 0
        self._here = asyncio.Lock()
        self._beside: CapacityLimiter | None = None
        self._rests_until = 0.0

    async def read(self, memo: Memo, rubric: Rubric) -> Evaluation:
        """Give the built-in coach's judgement of a memo."""
        self._under_way += 1
        try:
            if self._under_way <= HERE_AT_MOST or self._rests:
                return await self._read_here(memo, rubric)
            return await self._read_beside(memo, rubric)
        finally:
            self._under_way -= 1

    @property
    def _rests(self) -> bool:
        return time.monotonic() < self._rests_until

    async def _read_beside(self, memo: Memo, rubric: Rubric) -> Evaluation:
        self._beside = self._beside or CapacityLimiter(1)
        async with self._beside:
            if not self._rests:  # it may have ended while this one waited
                try:
                    return await to_process.run_sync(evaluate_text, memo.text, rubric, memo.language)
                except BrokenWorkerProcess as error:
                    self._rests_until = time.monotonic() + REST_SECONDS
                    _log.warning("process for first readings ended", exc_info=error)
        return await self._read_here(memo, rubric)

    async def _read_here(self, memo: Memo, rubric: Rubric) -> Evaluation:
        # One after the other: they would only take the interpreter from each other, and from the pages.
        async with self._here:
            return await asyncio.to_thread(evaluate_memo, memo, rubric)
