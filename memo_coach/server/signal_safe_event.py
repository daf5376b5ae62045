"""An event that a signal's handler may set: ``threading.Event`` can lock itself out there.

``Event.set`` takes a lock that is not reentrant. A second signal in the midst of it, or one that finds the
thread between two steps of ``wait``, waits for that lock in the thread that holds it: for ever. The same
signal comes twice where a terminal sends it to a process group and ``make`` hands it on.
"""

from __future__ import annotations

import queue


class SignalSafeEvent:
    """Something to wait for in one thread, set by others and by handlers of signals."""

    def __init__(self) -> None:
        # Its `put` is documented as reentrant.
        self._settings: queue.SimpleQueue[None] = queue.SimpleQueue()

    def set(self) -> None:
        """Wake the thread that waits, or the next one that will."""
        self._settings.put(None)

    def clear(self) -> None:
        """Forget that it was set."""
        while not self._settings.empty():
            self._settings.get_nowait()

    def wait(self) -> None:
        """Return once it is set, at once where it is already."""
        self._settings.get()
        self._settings.put(None)
