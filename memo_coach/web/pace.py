"""How fast somebody may go on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class TokenBucket:
    """Lets ``burst`` things through at once and ``rate`` a second in the long run."""

    burst: float
    rate: float
    clock: Callable[[], float] = time.monotonic
    _tokens: float = field(init=False)
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._since = self.burst, self.clock()

    def take(self, amount: float = 1) -> bool:
        """Take some; give whether there was enough."""
        now = self.clock()
        self._tokens = min(self.burst, self._tokens + (now - self._since) * self.rate)
        self._since = now
        if self._tokens < amount:
            return False
        self._tokens -= amount
        return True

    @property
    def is_full(self) -> bool:
        """Tell whether nothing was taken for so long that the bucket may as well be forgotten."""
        return self._tokens + (self.clock() - self._since) * self.rate >= self.burst
