"""Self-tests: parts of the installation tried out on demand, each with its result and the time it took.

Unlike the health checks they may cost something: a line of the log, a question to the model.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import structlog

from memo_coach.operations.health import Unhealthy
from memo_coach.translations import text

_log = structlog.get_logger(__name__)

LONGEST_SECONDS = 60.0
"""A local model may have to be loaded before its first word."""

Result = Literal["ok", "failed", "absent"]
"""``absent``: it is not configured, so there is nothing to try."""
SelfTest = Callable[[], Awaitable[str]]
"""Gives a sentence on what it found. Raises :class:`Unhealthy` or :class:`NotConfigured`."""


class NotConfigured(Exception):
    """There is nothing to try. ``str(error)`` says what would have to be set."""


@dataclass(frozen=True, slots=True)
class SelfTestResult:
    """What one self-test found."""

    name: str
    result: Result
    detail: str
    milliseconds: float


class SelfTests:
    """A registry of self-tests, run one after the other."""

    def __init__(self) -> None:
        self._tests: dict[str, SelfTest] = {}
        self._one_at_a_time = asyncio.Lock()

    def register(self, name: str, test: SelfTest) -> None:
        """Add a self-test."""
        self._tests[name] = test

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names, in the order of their registration."""
        return tuple(self._tests)

    async def run(self, name: str) -> SelfTestResult:
        """Run one self-test.

        Raises:
            KeyError: there is none of that name.
        """
        test = self._tests[name]
        async with self._one_at_a_time:
            started = time.perf_counter()
            result, detail = await _outcome(test)
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
        return SelfTestResult(name, result, detail, milliseconds)


async def _outcome(test: SelfTest) -> tuple[Result, str]:
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            return "ok", await test()
    except NotConfigured as absence:
        return "absent", str(absence)
    except Unhealthy as fault:
        return "failed", str(fault)
    except TimeoutError:
        return "failed", text("health.no_answer", seconds=f"{LONGEST_SECONDS:g}")
    except Exception as error:  # noqa: BLE001 - whatever breaks is what the test is there to show
        _log.error("self-test broke", exc_info=error)
        return "failed", text("health.broke", error=type(error).__name__)


async def logging_test() -> str:
    """Write a line to the log, and see that it comes out at the other end."""
    import logging  # noqa: PLC0415 - only here

    heard: list[str] = []

    class _Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    ear, root = _Ear(), logging.getLogger()
    root.addHandler(ear)
    try:
        mark = f"self-test of the log at {time.time_ns()}"
        _log.warning(mark)
    finally:
        root.removeHandler(ear)
    if not any(mark in line for line in heard):
        raise Unhealthy(text("health.log_lost"))
    return text("health.log_works")
