"""The database as the services for people use it: where it fails, there is a sentence for the person."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.operations.health import LEAST_FREE_BYTES
from memo_coach.services.errors import Unavailable
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.free_space import reusable_bytes
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.translations import text

_log = structlog.get_logger(__name__)

FREE_BYTES_FOR_NEW_VISITORS = 256 * 1024 * 1024
"""Below this, new visitors store nothing: what is left is for those who have memos here. It is five times
what is never used, so between the two lie 200 MiB: a week of an office of a hundred."""


class UnitOfWork:
    """Transactions whose failures are for people to read."""

    def __init__(self, database: Database, directory: Path) -> None:
        """``directory`` is on the disk that must have room."""
        self._database = database
        self._directory = directory
        self._free = FREE_BYTES_FOR_NEW_VISITORS
        """Of the disk, as it was measured last."""

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Begin a transaction that sees one unchanging state of the database.

        Raises:
            Unavailable: the database cannot be used.
        """
        with _unavailable_on_database_error():
            async with self._database.read() as session:
                yield session

    @asynccontextmanager
    async def write(self, *, adds: bool = False, aside: bool = False) -> AsyncIterator[AsyncSession]:
        """Begin a transaction that may change things; it commits at the end, or rolls back at an error.

        One that ``adds`` is refused while the disk is nearly full: what is left is for what makes room again.
        ``aside`` is for what changes many rows: others are answered meanwhile.

        Raises:
            Unavailable: the database cannot be used, or the disk is nearly full.
        """
        if adds:
            await self._refuse_full_disk()
        with _unavailable_on_database_error():
            async with self._database.write(aside=aside) as session:
                yield session

    async def refuse_new_visitors_where_short(self, session: AsyncSession) -> None:
        """Refuse what a new visitor adds in a transaction while the disk is getting full.

        Raises:
            Unavailable: it is.
        """
        if self._free >= FREE_BYTES_FOR_NEW_VISITORS:
            return
        # What was deleted is room within the file, which never shrinks.
        if self._free + await reusable_bytes(session) < FREE_BYTES_FOR_NEW_VISITORS:
            _log.error("disk is getting full", free_bytes=self._free)
            raise Unavailable(text("problem.short_of_room"))

    async def _refuse_full_disk(self) -> None:
        try:
            free = (await asyncio.to_thread(shutil.disk_usage, self._directory)).free
        except OSError as error:
            _log.error("data directory cannot be reached", reason=error.strerror, exc_info=error)
            raise Unavailable(text("problem.cannot_be_used")) from error
        self._free = free
        if free < LEAST_FREE_BYTES:
            _log.error("disk is nearly full", free_bytes=free)
            raise Unavailable(text("problem.disk_is_full"))


@contextmanager
def _unavailable_on_database_error() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, DatabaseUnusable) as error:
        _log.error("database cannot be used", exc_info=error)
        raise Unavailable(text("problem.cannot_be_used")) from error
