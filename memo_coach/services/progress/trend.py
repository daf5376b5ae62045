"""Where a writer's scores go.

The measure is the Theil-Sen slope, the median of the slopes between all pairs of points: one memo that went
wrong, or an easy one, does not turn it, as it would turn a least-squares line or the difference of the two
halves' means, and of three points it makes as much sense as of twenty. Whether there is a direction at all is
asked of the same pairs by Mann and Kendall's statistic, so that scores that only go up and down are not
called a trend.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from statistics import median
from typing import Final

from memo_coach.services.progress.views import Trend

LEAST_POINTS: Final = 3
"""Of fewer nothing is said: two scores are a difference, not a trend."""
_LEAST_CHANGE: Final = 0.2
"""Points from the first to the last below which scores are level: they are given in tenths."""
_LEAST_DEVIATION: Final = 1.5
"""Standard deviations of Mann and Kendall's statistic. Many scores in a chance order pass it one time in
seven; three only where each is above, or each below, the one before, which chance does one time in three."""


def trend_of(scores: Sequence[float]) -> Trend | None:
    """Return the trend of scores in the order in which they came; ``None`` under :data:`LEAST_POINTS`.

    The work grows with the square of their number.
    """
    count = len(scores)
    if count < LEAST_POINTS:
        return None
    pairs = list(combinations(enumerate(scores), 2))
    slope = median((later - earlier) / (end - start) for (start, earlier), (end, later) in pairs)
    change = round(slope * (count - 1), 1)
    agreement = sum((later > earlier) - (later < earlier) for (_, earlier), (_, later) in pairs)
    deviation = abs(agreement) / math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    if abs(change) < _LEAST_CHANGE or deviation < _LEAST_DEVIATION or change * agreement < 0:
        return Trend("level", 0.0, count)
    return Trend("rising" if change > 0 else "falling", change, count)
