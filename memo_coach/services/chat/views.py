"""What the service of conversations hands to pages: plain values, free of storage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from memo_coach.coaching.evaluation import CoachKind

ChatRole = Literal["person", "coach"]
ChatStatus = Literal["streaming", "done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class ChatMessageView:
    """One message."""

    message_id: str
    role: ChatRole
    text: str
    """Plain text: paragraphs, and lists whose lines begin with ``- `` or a number."""
    about: str | None
    """The id of the comment that a question is about."""
    about_text: str | None
    """The passage of that comment, or what it says where it has none."""
    status: ChatStatus
    """``failed`` is an answer that broke off; what came of it stands."""
    coach: CoachKind | None
    """Who answered; ``None`` for a person's message, and while it is not known yet."""
    model: str | None
    fallback_from: str | None
    notice: str | None
    """A sentence or more on how the answer came about."""
    created: datetime


@dataclass(frozen=True, slots=True)
class ChatView:
    """A conversation as far as it has come."""

    evaluation_id: str
    messages: tuple[ChatMessageView, ...]

    @property
    def is_streaming(self) -> bool:
        """Whether an answer is being given."""
        return any(message.status == "streaming" for message in self.messages)
