"""A circuit for each model: after repeated failure it is left alone for a while, then tried with one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

CircuitState = Literal["closed", "open", "half-open"]


class CircuitBreaker:
    """Counts failures in a row, and says whether the model may be asked.

    Closed: all calls go through. Open: none does, until it has rested. Half-open: one call goes through, and
    what becomes of it decides. Whoever was admitted must say once how it went: :meth:`answered` or
    :meth:`succeeded`, :meth:`failed`, or :meth:`abandoned`.

    It belongs to one event loop and is not guarded against threads.
    """

    def __init__(
        self,
        failures: int,
        rest_seconds: float,
        now: Callable[[], float],
        changed: Callable[[bool], None] = lambda _is_open: None,
    ) -> None:
        """Begin closed.

        Args:
            failures: so many in a row open it.
            rest_seconds: how long it stays open.
            now: a clock in seconds that never goes back.
            changed: told that it has opened, or has closed again, by what was seen here.
        """
        self._changed = changed
        self._limit = failures
        self._rest = rest_seconds
        self._now = now
        self._failures = 0
        self._opened: float | None = None
        self._trying = False

    @property
    def state(self) -> CircuitState:
        """How it stands; one that has rested is half-open, whether or not a call tries it."""
        if self._opened is None:
            return "closed"
        return "half-open" if self._now() >= self._opened + self._rest else "open"

    @property
    def may_admit(self) -> bool:
        """Whether a call that came now would be admitted."""
        return self.state == "closed" or (self.state == "half-open" and not self._trying)

    def admits(self) -> bool:
        """Let a call through, or not; when half-open, the first one only."""
        if not self.may_admit:
            return False
        self._trying = self._opened is not None
        return True

    def answered(self) -> None:
        """Note that text comes: a model on trial is well again. Failures in a row are counted on."""
        if self._opened is not None:
            self._close()

    def succeeded(self) -> None:
        """Note a whole answer, or one that shows that the model is well."""
        self._close()

    def failed(self) -> None:
        """Note a failure: it opens at the last one allowed, and at once when it came of a trial."""
        self._failures += 1
        if self._opened is None and self._failures < self._limit:
            return
        if self._opened is None or self._trying:
            self._opened = self._now()
            self._changed(True)
        self._trying = False

    def abandoned(self) -> None:
        """Note that an admitted call was stopped before it could tell anything."""
        self._trying = False

    def follow(self, is_open: bool) -> None:
        """Open or close as another process's did; where a call tries the model here, that one decides."""
        if self._trying:
            return
        self._failures = 0
        self._opened = self._now() if is_open else None

    def _close(self) -> None:
        was_open = self._opened is not None
        self._failures = 0
        self._opened = None
        self._trying = False
        if was_open:
            self._changed(False)
