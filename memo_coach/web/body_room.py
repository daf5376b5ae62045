"""How much of the bodies of requests is in memory at one time.

A body stays there until its request is answered: also while it comes slowly, and while it waits for its turn.
"""

from __future__ import annotations

from collections import Counter

ROOM_OF_ADDRESS = 32_000_000
"""Six files of the largest at once."""
ROOM = 96_000_000
SMALL_BYTES = 65_536
"""A body up to here always has room, so that whoever fills it keeps nobody from saving a draft."""


class BodyRoom:
    """The room of one process for bodies."""

    def __init__(self, room: int = ROOM, of_address: int = ROOM_OF_ADDRESS) -> None:
        self._room = room
        self._of_address = of_address
        self._taken: Counter[bytes] = Counter()
        self._taken_in_all = 0

    def take(self, network: bytes, count: int) -> bool:
        """Take room for what has come from a place on the network; tell whether there was as much."""
        self._taken[network] += count
        self._taken_in_all += count
        return self._taken[network] <= self._of_address and self._taken_in_all <= self._room

    def give_back(self, network: bytes, count: int) -> None:
        """Give back all that was taken for a body, whether or not there was room."""
        self._taken[network] -= count
        self._taken_in_all -= count
        if not self._taken[network]:
            del self._taken[network]
