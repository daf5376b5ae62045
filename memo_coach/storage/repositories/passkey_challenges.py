"""What passkeys have to sign, found by its hash: whoever deletes the row has answered it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.tables import PasskeyChallenge


class PasskeyChallengeRepository:
    """The rows of challenges."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, challenge: PasskeyChallenge) -> None:
        """Store a challenge."""
        self._session.add(challenge)
        await self._session.flush()

    async def answer(self, challenge_sha256: str, purpose: str, user_id: str | None, now: datetime) -> bool:
        """Use up a challenge; tell whether it was one for this, and its time not over."""
        whose = (
            col(PasskeyChallenge.user_id).is_(None)
            if user_id is None
            else col(PasskeyChallenge.user_id) == user_id
        )
        statement = (
            delete(PasskeyChallenge)
            .where(
                col(PasskeyChallenge.challenge_sha256) == challenge_sha256,
                col(PasskeyChallenge.purpose) == purpose,
                col(PasskeyChallenge.expires) > now,
                whose,
            )
            .returning(col(PasskeyChallenge.challenge_sha256))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def remove_of(self, user_id: str) -> None:
        """Delete an account's challenges: a newer one takes their place."""
        await self._session.execute(delete(PasskeyChallenge).where(col(PasskeyChallenge.user_id) == user_id))

    async def keep_newest_of_nobody(self, most: int) -> None:
        """Delete the oldest that are no account's, where there are more than so many.

        Anybody may ask for one. An account has one at a time, and no stranger takes it away.
        """
        nobodys = col(PasskeyChallenge.user_id).is_(None)
        newest = select(col(PasskeyChallenge.expires)).where(nobodys)
        newest = newest.order_by(col(PasskeyChallenge.expires).desc()).offset(most).limit(1)
        oldest = (await self._session.execute(newest)).scalar_one_or_none()
        if oldest is not None:
            gone = delete(PasskeyChallenge).where(nobodys, col(PasskeyChallenge.expires) <= oldest)
            await self._session.execute(gone)

    async def remove_expired(self, now: datetime, most: int) -> int:
        """Delete challenges whose time is over; count them."""
        key = col(PasskeyChallenge.challenge_sha256)
        expired = select(key).where(col(PasskeyChallenge.expires) <= now).limit(most)
        removed = delete(PasskeyChallenge).where(key.in_(expired)).returning(key)
        return len((await self._session.execute(removed)).all())
