"""News of what grows, carried to the followers in other processes as well."""

from __future__ import annotations

from memo_coach.services.processes.messages import Messages
from memo_coach.services.streaming import MemoryBroadcast


class SharedBroadcast(MemoryBroadcast):
    """A broadcast among the processes of an installation."""

    def __init__(self, messages: Messages) -> None:
        super().__init__()
        self._messages = messages
        messages.listen("changed", lambda changed, _count: self.announce_here(changed))

    async def announce(self, changed: str) -> None:
        """Say everywhere that what has this id has changed, and that the database has it."""
        self.announce_here(changed)
        self._messages.tell("changed", changed)
