"""The process that reads memos beside the service: a memo comes in, the built-in coach's judgement goes out.

It ends when the service does, however that ends, for then nobody holds the other end of its input. What it
writes on standard error is logged as classes and places of exceptions: a message may quote the memo.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from memo_coach.coaching.builtin.coach import steps_of_text
from memo_coach.coaching.evaluation import CoachEvent
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.short_texts import SHORT

LONGEST_SECONDS = 30.0
"""A reading that takes longer is stopped. The longest memo takes one to two seconds on a core of its own."""
_ROOT = Path(__file__).resolve().parents[3]
_NICENESS = 5
"""It gives way to the process that answers the pages."""
_BUFFER_BYTES = 256 * 1024
"""More than the judgement on a memo takes, so that it is written and read in one go."""

OnEvents = Callable[[Sequence[CoachEvent]], None]


class CoachProcessEnded(Exception):
    """It ended without an answer. The message is for the log."""


class CoachProcessFailed(Exception):
    """A reading ended with an exception, whose class this names; its places are logged."""


class CoachProcessTimedOut(Exception):
    """A reading took longer than it may, and the process was ended for it."""


class CoachProcess:
    """The service's end of it. All of this waits, and belongs into one thread."""

    def __init__(self, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._longest = longest_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: _Watchdog | None = None

    def read(self, text: str, rubric: Rubric, language: str, told: OnEvents) -> None:
        """Have a text judged, and tell what each step led to.

        The first time the process is started, which takes half a second.

        Raises:
            CoachProcessFailed: the coach broke over this text.
            CoachProcessEnded: it has ended; the next call starts another.
            CoachProcessTimedOut: it took too long and was ended; the next call starts another.
        """
        process = self._process or self._started()
        assert self._watch is not None, "it begins with the process"  # noqa: S101
        # A process that is stopped takes nothing in either, so only its end wakes whoever waits for it.
        watch = self._watch
        watch.begin()
        try:
            self._converse(process, (text, rubric, language), told)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.end()
            if watch.has_timed_out:
                raise CoachProcessTimedOut(f"{self._longest:g} seconds") from error
            raise CoachProcessEnded(type(error).__name__) from error
        except CoachProcessFailed:
            raise
        except BaseException:
            self.end()  # what it still says would be taken for the answer to the next question
            raise
        finally:
            watch.pause()

    def end(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._watch is not None:
            self._watch.end()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)

    def _converse(
        self, process: subprocess.Popen[bytes], order: tuple[str, Rubric, str], told: OnEvents
    ) -> None:
        assert process.stdin is not None, "it is a pipe"  # noqa: S101
        assert process.stdout is not None, "it is a pipe"  # noqa: S101
        pickle.dump(order, process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        while (answer := pickle.load(process.stdout)) is not None:  # noqa: S301 - our own process wrote it
            if isinstance(answer, str):
                raise CoachProcessFailed(answer)
            told(answer)

    def _started(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(  # this very module
            [sys.executable, "-m", "memo_coach.services.coaches.coach_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=_BUFFER_BYTES,
            cwd=_ROOT,
            # The environment holds secrets, and there is nothing in it that computing needs.
            env={},
        )
        # The process itself logs nothing, and what logs takes more memory than the coach.
        from memo_coach.services.standard_error import log_exceptions  # noqa: PLC0415

        assert self._process.stderr is not None, "it is a pipe"  # noqa: S101
        self._watch = _Watchdog(self._process, self._longest)
        threading.Thread(
            target=log_exceptions,
            args=(self._process.stderr, "reading process"),
            name="errors-of-reading-process",
            daemon=True,
        ).start()
        return self._process


class _Watchdog:
    """Ends a process that takes too long. One thread for all its readings: each would wait for its start."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.has_timed_out = False
        self._process = process
        self._seconds = seconds
        self._deadline: float | None = None
        self._lock = threading.Lock()
        self._over = threading.Event()
        threading.Thread(target=self._look, name="watch-of-reading-process", daemon=True).start()

    def begin(self) -> None:
        """Count from now; the thread need not be told, for it looks again before the time is over."""
        with self._lock:
            self._deadline = time.monotonic() + self._seconds

    def pause(self) -> None:
        """Count no more, until the next reading."""
        with self._lock:
            self._deadline = None

    def end(self) -> None:
        """End the thread."""
        self._over.set()

    def _look(self) -> None:
        left = self._seconds
        while left > 0 and not self._over.wait(left):
            with self._lock:
                left = self._seconds if self._deadline is None else self._deadline - time.monotonic()
                if left <= 0:
                    self.has_timed_out = True
                    self._process.kill()


def _close(pipe: object) -> None:
    try:
        pipe.close()  # type: ignore[attr-defined] # one of the two pipes
    except OSError:
        return  # what was written and not yet sent has no reader any more


def main() -> None:
    """Read memos until there is nobody to ask."""
    os.nice(_NICENESS)
    memos = sys.stdin.buffer
    with open(sys.stdout.fileno(), "wb", buffering=_BUFFER_BYTES, closefd=False) as judgements:
        while True:
            try:
                text, rubric, language = pickle.load(memos)  # noqa: S301 - the service wrote it
            except EOFError:
                return
            broken: str | None = None
            try:
                for events in _told_at_once(text, rubric, language):
                    pickle.dump(events, judgements, pickle.HIGHEST_PROTOCOL)
                    if len(text) > SHORT:
                        judgements.flush()
            except Exception as error:  # noqa: BLE001 - a detector may break in any way; the service reads instead
                traceback.print_exc()
                broken = type(error).__name__
            pickle.dump(broken, judgements, pickle.HIGHEST_PROTOCOL)
            judgements.flush()


def _told_at_once(text: str, rubric: Rubric, language: str) -> Iterator[Sequence[CoachEvent]]:
    """Yield the steps of a long text, and all that a short one's lead to together.

    Each time that it is told something, the service's thread waits for the interpreter, which the event loop
    has while there is much to do: for longer than a step of a short text takes.
    """
    steps = steps_of_text(text, rubric, language)
    if len(text) > SHORT:
        yield from steps
    else:
        yield [event for events in steps for event in events]


if __name__ == "__main__":
    main()
