"""Challenges for passkeys that strangers ask for make room for each other, and never take an account's."""

from __future__ import annotations

from datetime import timedelta

from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.passkey_challenges import PasskeyChallengeRepository
from memo_coach.storage.tables import PasskeyChallenge
from tests.stored_rows import NOON, add_account_rows


async def test_the_oldest_of_strangers_make_room_and_an_accounts_stays(migrated: Database) -> None:
    await add_account_rows(migrated)
    async with migrated.write() as session:
        challenges = PasskeyChallengeRepository(session)
        for minute in range(6):
            await challenges.add(
                PasskeyChallenge(
                    challenge_sha256=f"challenge {minute}",
                    purpose="sign_in" if minute else "second_step",
                    user_id=None if minute else "user",
                    expires=NOON + timedelta(minutes=minute),
                )
            )
        await challenges.keep_newest_of_nobody(3)
        before = NOON - timedelta(days=1)
        for minute, is_there in ((1, False), (2, False), (3, True), (4, True), (5, True)):
            found = await challenges.answer(f"challenge {minute}", "sign_in", None, before)
            assert found == is_there, minute
        assert await challenges.answer("challenge 0", "second_step", "user", before)
