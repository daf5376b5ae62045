"""A conversation as something that is followed: in the database, and in the answer that is given here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from memo_coach.services.chat.progress import Turn
from memo_coach.services.chat.views import ChatView


@dataclass(frozen=True, slots=True)
class ChatSource:
    """One conversation of an owner's; a :class:`memo_coach.services.streaming.Source`."""

    whole: Callable[[], Awaitable[ChatView]]
    """Reads it from the database."""
    turn: Callable[[], Turn | None]
    """Returns the answer that is given in this process."""

    async def read(self) -> ChatView:
        """Return it as the database has it."""
        return await self.whole()

    async def look(self, known: ChatView) -> ChatView:
        """Return it as the database has it: ``known`` itself where that is still all."""
        found = await self.whole()
        return known if found == known else found

    def growing(self, known: ChatView) -> Turn | None:
        """Return the answer that is given here, where it is the last message of the view."""
        turn = self.turn()
        is_last = turn is not None and known.messages and known.messages[-1].message_id == turn.message_id
        return turn if is_last else None

    def is_waiting(self, view: ChatView) -> bool:
        """Whether nobody has begun yet: an answer begins when it is asked for."""
        return False

    def is_over(self, view: ChatView) -> bool:
        """Whether no answer is being given."""
        return not view.is_streaming
