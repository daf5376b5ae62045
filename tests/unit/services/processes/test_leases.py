"""One process at a time does what one alone does for all."""

from __future__ import annotations

from datetime import datetime, timedelta

from memo_coach.services.processes.leases import Lease
from memo_coach.storage.engine.database import Database
from tests.stored_rows import NOON

MINUTE = timedelta(minutes=1)


async def test_a_lease_is_one_process_es_until_it_runs_out_or_is_released(migrated: Database) -> None:
    moment = [NOON]

    def now() -> datetime:
        return moment[0]

    first, second = (Lease(migrated, "housekeeping", now) for _ in range(2))
    assert await first.hold(MINUTE)
    assert not await second.hold(MINUTE)
    assert await Lease(migrated, "something else", now).hold(MINUTE)
    moment[0] += MINUTE / 2
    assert await first.hold(MINUTE)
    moment[0] += MINUTE * 0.9
    assert not await second.hold(MINUTE)
    moment[0] += MINUTE / 5
    assert await second.hold(MINUTE)
    assert not await first.hold(MINUTE)
    await first.release()
    assert not await first.hold(MINUTE)
    await second.release()
    assert await first.hold(MINUTE)
