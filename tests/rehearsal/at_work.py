"""What a stage has while it is at work: its logs, its times, and the sign on which it stops.

Stages run beside each other, each in a thread of its own. Whatever runs a program or waits finds here for
which stage it does so, and nobody has to hand that through.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

PATIENCE_SECONDS = 10
"""What a program gets to end in order when everything stops."""


class RehearsalError(Exception):
    """Something did not hold; the message is a sentence for the person."""


class HaltedError(RehearsalError):
    """The stage was stopped from outside: another one failed, or a person wants an end."""

    def __init__(self) -> None:
        super().__init__("stopped")


@dataclass(frozen=True)
class Step:
    """One thing that took its time."""

    stage: str
    what: str
    seconds: float


class Halt:
    """The sign on which everything stops; the programs that run are ended with it."""

    def __init__(self) -> None:
        self._given = threading.Event()
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()

    def give(self) -> None:
        """Stop everything: what runs is ended, and what would begin does not."""
        with self._lock:
            self._given.set()
        self._end_all(signal.SIGTERM)
        hard = threading.Timer(PATIENCE_SECONDS, self._end_all, [signal.SIGKILL])
        hard.daemon = True
        hard.start()

    def _end_all(self, sent: signal.Signals) -> None:
        with self._lock:
            for process in self._running:
                end_group(process.pid, sent)

    def heed(self) -> None:
        """Go on, unless the sign was given.

        Raises:
            HaltedError: it was.
        """
        if self._given.is_set():
            raise HaltedError

    def wait(self, seconds: float) -> None:
        """Let time pass.

        Raises:
            HaltedError: the sign was given before or meanwhile.
        """
        if self._given.wait(seconds):
            raise HaltedError

    @contextlib.contextmanager
    def over(self, process: subprocess.Popen[str]) -> Iterator[None]:
        """Have a program ended when the sign is given, also when that was just before it began."""
        with self._lock:
            self._running.add(process)
            if self._given.is_set():
                end_group(process.pid, signal.SIGTERM)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(process)


def end_group(leader: int, sent: signal.Signals) -> None:
    """Send a signal to a program and all that it started, if there is still any of it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, sent)


@dataclass
class Work:
    """One stage at work."""

    stage: str = ""
    halt: Halt = field(default_factory=Halt)
    steps: list[Step] = field(default_factory=list)

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """Be what this thread works at."""
        before = _work.set(self)
        try:
            yield
        finally:
            _work.reset(before)

    @contextlib.contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Note how long something takes."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.steps.append(Step(self.stage, what, time.monotonic() - started))


_work: ContextVar[Work | None] = ContextVar("work", default=None)


def now() -> Work:
    """Return what this thread works at; it may be nothing in particular."""
    return _work.get() or Work()
