"""What the answers that are given in this process have so far: followers need not ask the database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from memo_coach.coaching.chat import ChatQuestion, Reply
from memo_coach.services.chat.views import ChatMessageView, ChatView


@dataclass(slots=True)
class PendingAnswer:
    """An answer that is being given."""

    owner: str
    evaluation_id: str
    message_id: str
    question: ChatQuestion
    address: str | None
    reply: Reply | None = None
    changes: int = 0
    """Counts what came."""
    is_stopped: bool = False
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def version(self) -> tuple[str, int]:
        """Another value after each change."""
        return self.message_id, self.changes

    @property
    def is_over(self) -> bool:
        """Never: how it ended, the database says."""
        return False

    def on(self, view: ChatView) -> ChatView:
        """Return a view of the conversation whose last message this is, brought up to date."""
        return replace(view, messages=(*view.messages[:-1], self.grown(view.messages[-1])))

    def grown(self, view: ChatMessageView) -> ChatMessageView:
        """Return the view of its message, brought up to date."""
        reply = self.reply
        if reply is None:
            return view
        provenance = reply.provenance
        return replace(
            view,
            text=reply.text,
            coach=None if provenance is None else provenance.kind,
            model=None if provenance is None else provenance.model,
            fallback_from=None if provenance is None else provenance.fallback_from,
            notice=" ".join(reply.notices) or None,
        )
