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
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from memo_coach.coaching.builtin.coach import steps_of_text
from memo_coach.coaching.evaluation import CoachEvent
from memo_coach.coaching.rubric import Rubric
from memo_coach.services.standard_error import log_exceptions

LONGEST_SECONDS = 30.0
"""A reading that takes longer is stopped. The longest memo takes one to two seconds on a core of its own."""
_ROOT = Path(__file__).resolve().parents[2]
_NICER = 5
"""It gives way to the process that answers the pages."""

Told = Callable[[Sequence[CoachEvent]], None]


class ReadingProcessEnded(Exception):
    """It ended without an answer. The message is for the log."""


class ReadingBroke(Exception):
    """A reading ended with an exception, whose class this names; its places are logged."""


class ReadingTooSlow(Exception):
    """A reading took longer than it may, and the process was ended for it."""


class ReadingProcess:
    """The service's end of it. All of this waits, and belongs into one thread."""

    def __init__(self, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._longest = longest_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, text: str, rubric: Rubric, language: str, told: Told) -> None:
        """Have a text judged, and tell what each step led to.

        The first time the process is started, which takes half a second.

        Raises:
            ReadingBroke: the coach broke over this text.
            ReadingProcessEnded: it has ended; the next call starts another.
            ReadingTooSlow: it took too long and was ended; the next call starts another.
        """
        process = self._process or self._started()
        # A process that is stopped takes nothing in either, so only its end wakes whoever waits for it.
        watch = _Watch(process, self._longest)
        try:
            self._converse(process, (text, rubric, language), told)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.end()
            if watch.has_barked:
                raise ReadingTooSlow(f"{self._longest:g} seconds") from error
            raise ReadingProcessEnded(type(error).__name__) from error
        except ReadingBroke:
            raise
        except BaseException:
            self.end()  # what it still says would be taken for the answer to the next question
            raise
        finally:
            watch.end()

    def end(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)

    def _converse(self, process: subprocess.Popen[bytes], order: tuple[str, Rubric, str], told: Told) -> None:
        assert process.stdin is not None, "it is a pipe"  # noqa: S101
        assert process.stdout is not None, "it is a pipe"  # noqa: S101
        pickle.dump(order, process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        while (answer := pickle.load(process.stdout)) is not None:  # noqa: S301 - our own process wrote it
            if isinstance(answer, str):
                raise ReadingBroke(answer)
            told(answer)

    def _started(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(  # this very module
            [sys.executable, "-m", "memo_coach.services.reading_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=_ROOT,
            # The environment holds secrets, and there is nothing in it that computing needs.
            env={},
        )
        assert self._process.stderr is not None, "it is a pipe"  # noqa: S101
        threading.Thread(
            target=log_exceptions,
            args=(self._process.stderr, "reading process"),
            name="errors-of-reading-process",
            daemon=True,
        ).start()
        return self._process


class _Watch:
    """Ends a process that takes too long."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.has_barked = False
        self._process = process
        self._timer = threading.Timer(seconds, self._bark)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        self._timer.cancel()

    def _bark(self) -> None:
        self.has_barked = True
        self._process.kill()


def _close(pipe: object) -> None:
    try:
        pipe.close()  # type: ignore[attr-defined] # one of the two pipes
    except OSError:
        return  # what was written and not yet sent has no reader any more


def main() -> None:
    """Read memos until there is nobody to ask."""
    os.nice(_NICER)
    memos, judgements = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            text, rubric, language = pickle.load(memos)  # noqa: S301 - the service wrote it
        except EOFError:
            return
        try:
            for events in steps_of_text(text, rubric, language):
                pickle.dump(events, judgements, pickle.HIGHEST_PROTOCOL)
                judgements.flush()
            broken: str | None = None
        except Exception as error:  # noqa: BLE001 - a detector may break in any way; the service reads instead
            traceback.print_exc()
            broken = type(error).__name__
        pickle.dump(broken, judgements, pickle.HIGHEST_PROTOCOL)
        judgements.flush()


if __name__ == "__main__":
    main()
