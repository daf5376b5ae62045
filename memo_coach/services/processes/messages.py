"""What a process tells the other ones of its installation. Where it is alone, nobody hears it.

Messages make things sooner known, and nothing rests on them: what must last is in the database, and whoever
listens comes to the same without them, only later. So they may be lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Final, Literal

Topic = Literal["changed", "queued", "stopped", "taken", "circuit"]
"""What it is about: something that is followed has changed; evaluations wait that this process has no room
for; an evaluation is not to be judged any more; something was taken of a bucket; a model fails or is well."""

TOPICS: Final[frozenset[Topic]] = frozenset({"changed", "queued", "stopped", "taken", "circuit"})
Listener = Callable[[str, float], None]
"""Called with a key, such as an id, and an amount."""


class Messages:
    """The messages of a process that is alone."""

    def __init__(self) -> None:
        self._listeners: defaultdict[Topic, list[Listener]] = defaultdict(list)

    def listen(self, topic: Topic, listener: Listener) -> None:
        """Have a listener called with what other processes tell."""
        self._listeners[topic].append(listener)

    def tell(self, topic: Topic, key: str, amount: float = 1.0) -> None:
        """Tell the other processes. It never waits and never fails."""

    async def start(self) -> None:
        """Begin to send and to hear."""

    async def close(self) -> None:
        """Send what there is to send, and end."""

    def _heard(self, topic: Topic, key: str, amount: float) -> None:
        for listener in self._listeners[topic]:
            listener(key, amount)
