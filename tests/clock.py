"""A clock that tests move: what waits for a moment need not be waited for.

It goes on like the real one, and a test sets it forward. All that this process asks for the time follows it:
the event loop with everything that sleeps or has a time limit, what measures by ``time.monotonic``, and the
services' clock on the wall.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, tzinfo

import pytest

from memo_coach.services import clock as services_clock

_monotonic = time.monotonic


class Clock:
    """The time, as far ahead of the real one as it was moved."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def move(self, seconds: float) -> None:
        """Set it forward: what was to happen by then happens at the next turn of the loop."""
        self.ahead += seconds

    def monotonic(self) -> float:
        """Stand for ``time.monotonic``, which the event loop asks as well."""
        return _monotonic() + self.ahead

    def now(self, zone: tzinfo | None = None) -> datetime:
        """Stand for ``datetime.now``."""
        return datetime.now(zone) + timedelta(seconds=self.ahead)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock of this test; it is the real one again at its end."""
    made = Clock()
    monkeypatch.setattr(time, "monotonic", made.monotonic)
    monkeypatch.setattr(services_clock, "datetime", made)
    return made
