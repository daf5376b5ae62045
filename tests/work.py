"""Work, as processor time: a bound on how it grows holds on any machine, whatever else the machine does."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

FLOOR_SECONDS = 0.004
"""Below this a measurement is the clock's grain."""


def seconds_of(run: Callable[[], object], runs: int = 4) -> float:
    """Return the processor time of the quickest of some runs: what else the machine does only adds to it."""
    return min(_once(run) for _ in range(runs))


def grows_at_most(
    times: float,
    *,
    short: Callable[[], object],
    long: Callable[[], object],
    runs: int = 4,
    floor: float = FLOOR_SECONDS,
) -> bool:
    """Whether the quickest of some runs over much takes less than so many times one over little.

    Once a run over much was quick enough, more of them could not change the answer.
    """
    most = times * max(seconds_of(short, runs), floor)
    return any(_once(long) < most for _ in range(runs))


def _once(run: Callable[[], object]) -> float:
    # The garbage collector walks all that earlier tests hold, which is not this one's work.
    enabled = gc.isenabled()
    gc.disable()
    try:
        started = time.process_time()
        run()
        return time.process_time() - started
    finally:
        if enabled:
            gc.enable()
