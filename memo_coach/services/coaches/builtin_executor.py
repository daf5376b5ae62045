"""Readings by the built-in coach: in a thread, or in a process beside where others would wait.

A reading takes some twenty milliseconds for a page and a second for the longest memo, in which the
interpreter does nothing else. A few short ones are not noticed; of a hundred memos at once the readings would
keep the pages waiting for seconds, and so would a few long ones, and each other. So where several wait
already, the next go to a process of its own, on another core, and long ones always do.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from functools import partial

import structlog

from memo_coach.coaching.builtin.coach import evaluate_memo, gathered, steps_of_text
from memo_coach.coaching.computing import ShortestJobFirst, compute
from memo_coach.coaching.evaluation import CoachEvent, Evaluation
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.services.coaches.coach_process import (
    LONGEST_SECONDS,
    CoachProcess,
    CoachProcessEnded,
    CoachProcessFailed,
    CoachProcessTimedOut,
)
from memo_coach.services.errors import ServiceError

_log = structlog.get_logger(__name__)

HERE_AT_MOST = 4
"""Short readings that are under way in this process at a time, before others go to one beside."""
LONG = 40_000
"""Characters from which a text is always read beside: here it would take a fifth of a second and more."""
BESIDE_AT_MOST = 2
"""Processes beside. Short texts go to the first of them, so that a second one starts for long ones only."""
REST_SECONDS = 60.0
"""After a process has ended by itself, readings are done here for so long."""

Steps = AsyncGenerator[Sequence[CoachEvent], None]


class EvaluationTimedOut(ServiceError):
    """A memo took the coach too long."""

    def __init__(self) -> None:
        super().__init__(
            "Reading this memo took too long, so it was stopped. Hand it in as parts, or without what was "
            "pasted into it from elsewhere."
        )


class BuiltinExecutor:
    """Has memos read, without keeping the event loop waiting."""

    def __init__(self, longest_seconds: float = LONGEST_SECONDS) -> None:
        # One thread: here readings would only take the interpreter from each other, and from the pages.
        self._here = ShortestJobFirst("first-reading")
        self._beside = tuple(_ProcessAndThread(longest_seconds) for _ in range(BESIDE_AT_MOST))
        self._under_way = 0
        self._rests_until = 0.0

    @staticmethod
    def is_long(text: str) -> bool:
        """Whether a text is read beside whatever else there is to do."""
        return len(text) > LONG

    async def read(self, memo: Memo, rubric: Rubric) -> Evaluation:
        """Return the built-in coach's judgement of a memo.

        Raises:
            EvaluationTimedOut: it took too long.
        """
        is_long = self.is_long(memo.text)
        self._under_way += not is_long
        try:
            if not self._rests and (is_long or self._under_way > HERE_AT_MOST):
                steps = [each async for each in self._told(memo.text, rubric, memo.language)]
                if steps and steps[-1]:
                    return gathered(steps, memo.language, rubric)
            return await self._here.do(len(memo.text), partial(evaluate_memo, memo, rubric))
        finally:
            self._under_way -= not is_long

    async def steps(self, text: str, rubric: Rubric, language: str) -> Steps:
        """Yield what each step of judging a long text leads to, as they come.

        Raises:
            EvaluationTimedOut: it took too long.
        """
        is_whole, given = False, 0
        if not self._rests:
            async with aclosing(self._told(text, rubric, language)) as told:
                async for events in told:
                    is_whole = bool(events)
                    if is_whole:
                        yield events
                        given += len(events)
        if is_whole:
            return
        # The steps of a text are always the same: here it goes on where the process ended.
        steps = _rest_of(steps_of_text(text, rubric, language), given)
        while (again := await compute(len(text), partial(next, steps, None))) is not None:
            yield again

    def close(self) -> None:
        """End the processes beside."""
        self._rests_until = float("inf")
        for each in self._beside:
            each.process.end()

    @property
    def _rests(self) -> bool:
        return time.monotonic() < self._rests_until

    async def _told(self, text: str, rubric: Rubric, language: str) -> Steps:
        """Yield the steps that a process beside tells; an empty one last where it ended before the end."""
        beside = (
            self._beside[0]
            if len(text) <= LONG
            else min(self._beside[::-1], key=lambda each: each.thread.load)
        )
        loop, told = asyncio.get_running_loop(), asyncio.Queue[Sequence[CoachEvent] | None]()

        def tell(events: Sequence[CoachEvent]) -> None:
            loop.call_soon_threadsafe(told.put_nowait, events)

        work = partial(self._asked, beside.process, text, rubric, language, tell)
        asked = beside.thread.begin(len(text), work)
        asked.add_done_callback(lambda _: told.put_nowait(None))
        try:
            while (events := await told.get()) is not None:
                yield events
            if not await asked:
                yield ()
        finally:
            if not asked.cancel() and not asked.cancelled():
                asked.exception()  # whoever went away is told of none

    def _asked(
        self,
        process: CoachProcess,
        text: str,
        rubric: Rubric,
        language: str,
        tell: Callable[[Sequence[CoachEvent]], None],
    ) -> bool:
        """Have a process judge a text; tell whether it came to its end."""
        if self._rests:
            return False  # one ended while this text waited
        try:
            process.read(text, rubric, language, tell)
        except CoachProcessTimedOut as error:
            _log.error("reading stopped", characters=len(text), longest=str(error), exc_info=error)
            raise EvaluationTimedOut from error
        except CoachProcessFailed as error:
            _log.error("reading broke beside", characters=len(text), error=str(error), exc_info=error)
            return False
        except CoachProcessEnded as error:
            if not self._rests:
                self._rests_until = time.monotonic() + REST_SECONDS
                _log.warning("process for first readings ended", reason=str(error))
            return False
        return True


def _rest_of(steps: Iterable[Sequence[CoachEvent]], given: int) -> Iterator[Sequence[CoachEvent]]:
    """Yield what each step leads to, without so many events at the beginning."""
    for events in steps:
        if given < len(events):
            yield events[given:]
        given = max(0, given - len(events))


class _ProcessAndThread:
    """One process and the thread that waits for its answers."""

    def __init__(self, longest_seconds: float) -> None:
        self.process = CoachProcess(longest_seconds)
        self.thread = ShortestJobFirst("reading-beside")
