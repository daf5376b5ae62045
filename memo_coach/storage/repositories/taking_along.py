"""What a browser's visitor wrote, given to the account that its person signs in to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Table, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.repositories.ownership import owned
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.tables import Deletion, Memo, User, Visitor, metadata

TAKEN: Final = (
    *("memos", "evaluations", "chat_messages", "preferences", "deletions", "model_calls", "model_uses"),
    *("remark_marks", "muted_remarks", "glossary_words", "share_links", "shared_remarks"),
)
"""The tables whose rows change hands. What was used of a limit goes along, too: no fresh allowance by signing
in. A table that is added is entered here, or below with its reason; a test holds that."""
STAYING: Final = {
    "users": "an account's own row",
    "access_tokens": "whoever made one in that browser would read the account by it",
    "idempotency_keys": "they are of programs with such a token",
    "webhooks": "whoever made one in that browser would be told of what the account writes",
    "webhook_deliveries": "there is nobody to tell any more",
}
"""What stays goes with the visitor."""


class TakingAlongRepository:
    """The rows of a visitor, given to an account."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def memos_of_visitor(self, visitor: str) -> int:
        """Count the memos of a visitor; none where they are an account's or set aside by a deletion."""
        nobodys = ~exists().where(owned(col(User.owner), visitor)) & ~exists().where(
            col(Deletion.id) == visitor
        )
        statement = select(func.count()).select_from(Memo).where(owned(col(Memo.owner), visitor), nobodys)
        return (await self._session.execute(statement)).scalar_one()

    async def give(self, visitor: str, owner: str, now: datetime) -> None:
        """Give all that is a visitor's to an account's owner, and remove the visitor.

        Where both have chosen something, the account's choice stays.
        """
        visitors = VisitorRepository(self._session)
        for each in sorted((visitor, owner)):
            await visitors.lock(each)
        for table in _tables():
            await self._leave_what_is_there(table, visitor, owner)
            await self._session.execute(
                update(table).where(owned(table.c.owner, visitor)).values(owner=owner)
            )
        await self._session.execute(delete(Visitor).where(col(Visitor.id) == visitor))
        await visitors.renew(owner, now)

    async def _leave_what_is_there(self, table: Table, visitor: str, owner: str) -> None:
        """Remove of the visitor's rows those in whose place the owner has one."""
        if "owner" not in table.primary_key.columns:
            return
        there = table.alias()
        same = [
            there.c[each.name] == table.c[each.name] for each in table.primary_key if each.name != "owner"
        ]
        taken = exists().where(owned(there.c.owner, owner), *same).correlate(table)
        await self._session.execute(delete(table).where(owned(table.c.owner, visitor), taken))


def _tables() -> Iterator[Table]:
    return (metadata.tables[name] for name in TAKEN)
