"""Evaluations that are shared to be read. Every method takes the owner, but for those that a link opens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.repositories.ownership import owned
from memo_coach.storage.tables import Deletion, Evaluation, SharedRemark, ShareLink, User


class SharingRepository:
    """The rows of links and of their holders' remarks. Lock the owner before anything is added."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def links(self, owner: str, evaluation_id: str, now: datetime) -> list[ShareLink]:
        """Return the links to an evaluation that still lead to it, the newest first."""
        statement = (
            select(ShareLink)
            .where(
                owned(col(ShareLink.owner), owner),
                col(ShareLink.evaluation) == evaluation_id,
                col(ShareLink.expires) > now,
            )
            .order_by(col(ShareLink.made).desc(), by_bytes(col(ShareLink.id)))
        )
        return list((await self._session.execute(statement)).scalars())

    async def add_link(self, owner: str, link: ShareLink) -> None:
        """Store a link to one of the owner's evaluations.

        Raises:
            LookupError: the evaluation is not the owner's.
        """
        await self._check(owner, link.evaluation)
        link.owner = owner
        self._session.add(link)
        await self._session.flush()

    async def remove_link(self, owner: str, link_id: str) -> bool:
        """Delete a link; tell whether there was one."""
        statement = (
            delete(ShareLink)
            .where(owned(col(ShareLink.owner), owner), col(ShareLink.id) == link_id)
            .returning(col(ShareLink.id))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def link_of(self, token_sha256: str, now: datetime) -> ShareLink | None:
        """Return the link with this token, where it still leads somewhere; whose it is, it says itself.

        What was deleted and may still be asked back belongs to a visitor of its own. No link leads there, nor
        to what somebody wrote whose account is disabled.
        """
        disabled = select(col(User.owner)).where(col(User.is_disabled))
        statement = select(ShareLink).where(
            col(ShareLink.token_sha256) == token_sha256,
            col(ShareLink.expires) > now,
            ~exists().where(col(Deletion.id) == col(ShareLink.owner)),
            col(ShareLink.owner).not_in(disabled),
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def remove_expired(self, now: datetime, most: int) -> int:
        """Delete links of anybody's that lead nowhere any more; count them."""
        expired = select(col(ShareLink.id)).where(col(ShareLink.expires) <= now).limit(most)
        removed = delete(ShareLink).where(col(ShareLink.id).in_(expired)).returning(col(ShareLink.id))
        return len((await self._session.execute(removed)).all())

    async def remarks(self, owner: str, evaluation_id: str) -> list[SharedRemark]:
        """Return what readers remarked on an evaluation, the oldest first."""
        statement = (
            select(SharedRemark)
            .where(owned(col(SharedRemark.owner), owner), col(SharedRemark.evaluation) == evaluation_id)
            .order_by(col(SharedRemark.made), by_bytes(col(SharedRemark.id)))
        )
        return list((await self._session.execute(statement)).scalars())

    async def count_remarks(self, owner: str, evaluation_id: str) -> int:
        """Count what readers remarked on an evaluation."""
        statement = (
            select(func.count())
            .select_from(SharedRemark)
            .where(owned(col(SharedRemark.owner), owner), col(SharedRemark.evaluation) == evaluation_id)
        )
        return (await self._session.execute(statement)).scalar_one()

    async def add_remark(self, owner: str, remark: SharedRemark) -> None:
        """Store a reader's remark on one of the owner's evaluations.

        Raises:
            LookupError: the evaluation is not the owner's.
        """
        await self._check(owner, remark.evaluation)
        remark.owner = owner
        self._session.add(remark)
        await self._session.flush()

    async def remove_remark(self, owner: str, remark_id: str) -> bool:
        """Delete a reader's remark; tell whether there was one."""
        statement = (
            delete(SharedRemark)
            .where(owned(col(SharedRemark.owner), owner), col(SharedRemark.id) == remark_id)
            .returning(col(SharedRemark.id))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def _check(self, owner: str, evaluation_id: str) -> None:
        own = select(exists().where(col(Evaluation.id) == evaluation_id, owned(col(Evaluation.owner), owner)))
        if not (await self._session.execute(own)).scalar_one():
            raise LookupError(evaluation_id)
