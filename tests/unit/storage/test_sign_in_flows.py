"""Sign-ins that have begun are taken once, by who began them, and do not pile up."""

from __future__ import annotations

from datetime import timedelta

from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.sign_in_flows import SignInFlowRepository
from memo_coach.storage.tables import SignInFlow
from tests.stored_rows import NOON


async def test_the_oldest_make_room_and_what_is_over_goes(migrated: Database) -> None:
    async with migrated.write() as session:
        flows = SignInFlowRepository(session)
        for minute in range(6):
            await flows.add(
                SignInFlow(
                    state_sha256=f"state {minute}",
                    browser_sha256="browser",
                    next_address="/",
                    expires=NOON + timedelta(minutes=minute),
                )
            )
        await flows.keep_newest(4)
        assert await flows.take("state 1", "browser", NOON - timedelta(days=1)) is None
        assert await flows.take("state 2", "browser", NOON + timedelta(minutes=2)) is None  # over
        assert await flows.take("state 3", "another", NOON) is None
        assert await flows.take("state 3", "browser", NOON) is not None
        assert await flows.take("state 3", "browser", NOON) is None
        assert await flows.remove_expired(NOON + timedelta(minutes=4), 10) == 2
        assert await flows.take("state 5", "browser", NOON) is not None
