"""What writers make of remarks. Every method takes the owner and sees nobody else's."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.repositories.ownership import owned
from memo_coach.storage.tables import GlossaryWord, Memo, MutedRemark, RemarkMark


class ReviewRepository:
    """The rows of marks, muted kinds and glossary words. Lock the owner before anything is added."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def marks(self, owner: str, memo_id: str) -> list[RemarkMark]:
        """Return the marks on remarks of a memo, the newest first."""
        statement = (
            select(RemarkMark)
            .where(owned(col(RemarkMark.owner), owner), col(RemarkMark.memo) == memo_id)
            .order_by(col(RemarkMark.marked).desc(), by_bytes(col(RemarkMark.key)))
        )
        return list((await self._session.execute(statement)).scalars())

    async def count_marks(self, owner: str) -> int:
        """Count the marks of the owner, those of all memos."""
        statement = select(func.count()).select_from(RemarkMark).where(owned(col(RemarkMark.owner), owner))
        return (await self._session.execute(statement)).scalar_one()

    async def add_mark(self, owner: str, mark: RemarkMark) -> None:
        """Store a mark on a remark of one of the owner's memos that has none.

        Raises:
            LookupError: the memo is not the owner's.
        """
        own = select(exists().where(col(Memo.id) == mark.memo, owned(col(Memo.owner), owner)))
        if not (await self._session.execute(own)).scalar_one():
            raise LookupError(mark.memo)
        mark.owner = owner
        self._session.add(mark)
        await self._session.flush()

    async def remove_mark(self, owner: str, memo_id: str, key: str) -> None:
        """Delete a mark on a remark of a memo."""
        await self._session.execute(
            delete(RemarkMark).where(
                owned(col(RemarkMark.owner), owner),
                col(RemarkMark.memo) == memo_id,
                col(RemarkMark.key) == key,
            )
        )

    async def muted(self, owner: str) -> list[str]:
        """List the kinds of remark that the owner has muted."""
        statement = (
            select(col(MutedRemark.kind))
            .where(owned(col(MutedRemark.owner), owner))
            .order_by(by_bytes(col(MutedRemark.kind)))
        )
        return list((await self._session.execute(statement)).scalars())

    async def mute(self, owner: str, kind: str) -> None:
        """Store a kind that is not muted yet."""
        self._session.add(MutedRemark(owner=owner, kind=kind))
        await self._session.flush()

    async def unmute(self, owner: str, kind: str) -> None:
        """Delete a kind from those that are muted."""
        await self._session.execute(
            delete(MutedRemark).where(owned(col(MutedRemark.owner), owner), col(MutedRemark.kind) == kind)
        )

    async def glossary(self, owner: str) -> list[str]:
        """List the words of the owner's glossary."""
        statement = (
            select(col(GlossaryWord.word))
            .where(owned(col(GlossaryWord.owner), owner))
            .order_by(by_bytes(col(GlossaryWord.word)))
        )
        return list((await self._session.execute(statement)).scalars())

    async def add_word(self, owner: str, word: str) -> None:
        """Store a word that is not in the glossary yet."""
        self._session.add(GlossaryWord(owner=owner, word=word))
        await self._session.flush()

    async def remove_words(self, owner: str, words: Collection[str]) -> None:
        """Delete words from the glossary."""
        await self._session.execute(
            delete(GlossaryWord).where(
                owned(col(GlossaryWord.owner), owner), col(GlossaryWord.word).in_(words)
            )
        )
