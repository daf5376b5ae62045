"""The messages of conversations about evaluations. Every method takes the owner and sees nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.repositories.ownership import owned
from memo_coach.storage.tables import ChatMessage, CommentRow


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message, with the comment that it is about where there is one."""

    message: ChatMessage
    quote: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """How an answer ended."""

    status: str
    text: str
    coach: str | None
    model: str | None
    fallback_from: str | None
    notice: str | None


def _of(owner: str, evaluation_id: str) -> ColumnElement[bool]:
    return and_(owned(col(ChatMessage.owner), owner), col(ChatMessage.evaluation) == evaluation_id)


def _streaming(owner: str, message_id: str) -> ColumnElement[bool]:
    return and_(
        col(ChatMessage.id) == message_id,
        owned(col(ChatMessage.owner), owner),
        col(ChatMessage.status) == "streaming",
    )


class ChatRepository:
    """The rows of conversations."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def messages(self, owner: str, evaluation_id: str) -> list[StoredMessage]:
        """Return the messages in the order in which they were said."""
        statement = (
            select(ChatMessage, col(CommentRow.quote), col(CommentRow.comment))
            .join(
                CommentRow,
                and_(
                    col(CommentRow.evaluation) == col(ChatMessage.evaluation),
                    col(CommentRow.id) == col(ChatMessage.about),
                ),
                isouter=True,
            )
            .where(_of(owner, evaluation_id))
            .order_by(col(ChatMessage.position))
        )
        return [StoredMessage(*row) for row in await self._session.execute(statement)]

    async def streaming(self, owner: str, evaluation_id: str) -> list[ChatMessage]:
        """Return the answers that are still being given, or whose process died; at most one is expected."""
        statement = select(ChatMessage).where(
            _of(owner, evaluation_id), col(ChatMessage.status) == "streaming"
        )
        return list((await self._session.execute(statement)).scalars())

    async def next_position(self, owner: str, evaluation_id: str) -> int:
        """Return the place of the next message. Lock the owner before: nobody else is given the same."""
        statement = select(func.max(col(ChatMessage.position))).where(_of(owner, evaluation_id))
        last = (await self._session.execute(statement)).scalar_one_or_none()
        return 0 if last is None else last + 1

    async def count(self, owner: str, evaluation_id: str | None = None) -> int:
        """Count the messages of one conversation, or all of the owner's."""
        scope = owned(col(ChatMessage.owner), owner) if evaluation_id is None else _of(owner, evaluation_id)
        statement = select(func.count()).select_from(ChatMessage).where(scope)
        return (await self._session.execute(statement)).scalar_one()

    async def add(self, owner: str, *messages: ChatMessage) -> None:
        """Store new messages."""
        for message in messages:
            message.owner = owner
            self._session.add(message)
        await self._session.flush()

    async def grow(self, owner: str, message_id: str, text: str, now: datetime) -> bool:
        """Store an answer as far as it has come; tell whether it is still to be given."""
        statement = (
            update(ChatMessage)
            .where(_streaming(owner, message_id))
            .values(text=text, changed=now)
            .returning(col(ChatMessage.id))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def finish(self, owner: str, message_id: str, answer: AnswerRow, now: datetime) -> bool:
        """Store how an answer ended; tell whether it had not ended before."""
        statement = (
            update(ChatMessage)
            .where(_streaming(owner, message_id))
            .values(
                status=answer.status,
                text=answer.text,
                coach=answer.coach,
                model=answer.model,
                fallback_from=answer.fallback_from,
                notice=answer.notice,
                changed=now,
            )
            .returning(col(ChatMessage.id))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def end(self, owner: str, evaluation_id: str, status: str, now: datetime) -> list[str]:
        """End the answers that are being given, with the text they have; give their ids."""
        statement = (
            update(ChatMessage)
            .where(_of(owner, evaluation_id), col(ChatMessage.status) == "streaming")
            .values(status=status, changed=now)
            .returning(col(ChatMessage.id))
        )
        return list((await self._session.execute(statement)).scalars())

    async def clear(self, owner: str, evaluation_id: str) -> int:
        """Delete a conversation; give the number of its messages."""
        statement = delete(ChatMessage).where(_of(owner, evaluation_id)).returning(col(ChatMessage.id))
        return len((await self._session.execute(statement)).scalars().all())
