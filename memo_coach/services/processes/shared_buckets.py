"""Token buckets of which all processes take together.

Each process counts for itself, answers at once, and tells the others what it has let through. What they tell
is taken of the same holder's bucket here, also where that is more than there is. So in the long run all
together let through what one alone would; at one moment they may let through more, by what was asked of them
within the fiftieth of a second that the telling takes, and then owe it. While nothing can be told each
process lets through what one alone would. What must never be passed is counted in the database.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from memo_coach.services.processes.messages import Messages
from memo_coach.services.usage.token_bucket import TokenBuckets

MOST_OWED_SECONDS: Final = 3_600.0
"""More than a full bucket and what comes in within this is not taken at once, whatever is told."""


class SharedBuckets:
    """All buckets of a process that others have as well."""

    def __init__(self) -> None:
        self._kinds: dict[str, tuple[TokenBuckets[str], float]] = {}
        self._messages = Messages()

    def buckets(
        self, kind: str, burst: float, rate: float, clock: Callable[[], float] = time.monotonic
    ) -> TokenBuckets[str]:
        """Make the buckets of one kind; they have the same name in every process."""

        def told(holder: str, amount: float) -> None:
            self._messages.tell("taken", f"{kind} {holder}", amount)

        made = TokenBuckets[str](burst, rate, clock=clock, on_taken=told)
        self._kinds[kind] = made, burst + rate * MOST_OWED_SECONDS
        return made

    def connect(self, messages: Messages) -> None:
        """Tell the other processes from now on, and take what they tell."""
        self._messages = messages
        messages.listen("taken", self._take)

    def _take(self, key: str, amount: float) -> None:
        kind, _, holder = key.partition(" ")
        found = self._kinds.get(kind)
        if found is not None:
            buckets, most = found
            buckets.of(holder).charge_untold(min(max(amount, 0.0), most))
