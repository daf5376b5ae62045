"""How fast somebody may go on."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

Holder = TypeVar("Holder", bound=Hashable)


@dataclass(slots=True)
class TokenBucket:
    """Lets ``burst`` things through at once and ``rate`` a second in the long run."""

    burst: float
    rate: float
    clock: Callable[[], float] = time.monotonic
    on_taken: Callable[[float], None] | None = None
    """Told how much was taken here."""
    _tokens: float = field(init=False)
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._since = self.burst, self.clock()

    def take(self, amount: float = 1) -> bool:
        """Take some; give whether there was enough."""
        self._fill()
        if self._tokens < amount:
            return False
        self._tokens -= amount
        if self.on_taken is not None:
            self.on_taken(amount)
        return True

    def seconds_until(self, amount: float = 1) -> float:
        """Return in how many seconds there is enough, if nobody else takes any; 0 where there is."""
        self._fill()
        missing = min(amount, self.burst) - self._tokens
        if missing <= 0:
            return 0.0
        return missing / self.rate if self.rate > 0 else math.inf

    def charge(self, amount: float) -> None:
        """Take some, also more than there is: what is owed comes in before anything is there again."""
        self.charge_untold(amount)
        if self.on_taken is not None:
            self.on_taken(amount)

    def charge_untold(self, amount: float) -> None:
        """Take what was taken elsewhere already."""
        self._fill()
        self._tokens -= amount

    @property
    def left(self) -> float:
        """Return how many things are let through at once just now."""
        self._fill()
        return max(0.0, self._tokens)

    @property
    def seconds_in_debt(self) -> float:
        """Return how long it takes until nothing is owed any more; nought where nothing is."""
        self._fill()
        return max(0.0, -self._tokens / self.rate)

    @property
    def is_full(self) -> bool:
        """Whether nothing was taken for so long that the bucket may as well be forgotten."""
        self._fill()
        return self._tokens >= self.burst

    def _fill(self) -> None:
        now = self.clock()
        self._tokens = min(self.burst, self._tokens + (now - self._since) * self.rate)
        self._since = now


class TokenBuckets(Generic[Holder]):
    """A bucket for each of many holders. Where there are too many, who came last longest ago is forgotten."""

    def __init__(
        self,
        burst: float,
        rate: float,
        *,
        most: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
        on_taken: Callable[[Holder, float], None] | None = None,
    ) -> None:
        """``on_taken`` is told of whose bucket how much was taken."""
        self._burst, self._rate, self._most, self._clock = burst, rate, most, clock
        self._on_taken = on_taken
        self._buckets: OrderedDict[Holder, TokenBucket] = OrderedDict()

    def of(self, holder: Holder) -> TokenBucket:
        """Return a holder's bucket, a full one at first."""
        found = self._buckets.get(holder)
        if found is None:
            told = None if self._on_taken is None else partial(self._on_taken, holder)
            found = self._buckets[holder] = TokenBucket(self._burst, self._rate, self._clock, told)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(holder)
        return found
