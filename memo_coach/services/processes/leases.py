"""What one process of an installation does for all: whoever holds the lease, until it ends or is released."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime, timedelta

from memo_coach.services import clock
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.leases import LeaseRepository


class Lease:
    """The lease of one task, as one process asks for it. Each asking renews it where it is held."""

    def __init__(self, database: Database, task: str, now: Callable[[], datetime] = clock.now) -> None:
        """``task`` names what is to be done, in all processes alike."""
        self._database = database
        self._task = task
        self._now = now
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"

    async def hold(self, lifetime: timedelta) -> bool:
        """Take or renew the lease; tell whether it is this process's until ``lifetime`` is over."""
        moment = self._now()
        async with self._database.write() as session:
            return await LeaseRepository(session).take(self._task, self._holder, moment, moment + lifetime)

    async def release(self) -> None:
        """Let another process have it now; where it is another's already, nothing happens."""
        async with self._database.write() as session:
            await LeaseRepository(session).release(self._task, self._holder)
