"""First readings by the built-in coach: one after the other in a thread, and many in a process beside.

A reading takes some twenty milliseconds in which the interpreter does nothing else. A few are not noticed; of
a hundred memos at once the readings would keep the pages waiting for seconds. So where several wait already,
the next go to a process of its own, on another core.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import structlog

from memo_coach.coaching.builtin.coach import evaluate_memo
from memo_coach.coaching.evaluation import Evaluation
from memo_coach.coaching.memo import Memo
from memo_coach.coaching.rubric import Rubric
from memo_coach.services.reading_process import ReadingProcess, ReadingProcessEnded

_log = structlog.get_logger("memo_coach.services.first_readings")

HERE_AT_MOST = 4
"""Readings that are under way in this process at a time, before others go to the one beside."""
REST_SECONDS = 60.0
"""After the process has ended by itself, readings are done here for so long."""


class FirstReadings:
    """Has memos read, without keeping the event loop waiting."""

    def __init__(self) -> None:
        # One thread each: here readings would only take the interpreter from each other, and from the pages;
        # the other waits for the process, which answers one after the other.
        self._here = ThreadPoolExecutor(max_workers=1, thread_name_prefix="first-reading")
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading-beside")
        self._process = ReadingProcess()
        self._under_way = 0
        self._rests_until = 0.0

    async def read(self, memo: Memo, rubric: Rubric) -> Evaluation:
        """Give the built-in coach's judgement of a memo."""
        self._under_way += 1
        try:
            if self._under_way > HERE_AT_MOST and not self._rests:
                return await self._read_beside(memo, rubric)
            return await self._read_here(memo, rubric)
        finally:
            self._under_way -= 1

    def close(self) -> None:
        """End the process beside."""
        self._rests_until = float("inf")
        self._process.end()

    @property
    def _rests(self) -> bool:
        return time.monotonic() < self._rests_until

    async def _read_here(self, memo: Memo, rubric: Rubric) -> Evaluation:
        return await asyncio.get_running_loop().run_in_executor(self._here, evaluate_memo, memo, rubric)

    async def _read_beside(self, memo: Memo, rubric: Rubric) -> Evaluation:
        found = await asyncio.get_running_loop().run_in_executor(self._beside, self._asked, memo, rubric)
        return await self._read_here(memo, rubric) if found is None else found

    def _asked(self, memo: Memo, rubric: Rubric) -> Evaluation | None:
        if self._rests:
            return None  # it ended while this one waited
        try:
            return self._process.read(memo.text, rubric, memo.language)
        except ReadingProcessEnded as error:
            if not self._rests:
                self._rests_until = time.monotonic() + REST_SECONDS
                _log.warning("process for first readings ended", reason=str(error))
            return None
