"""Writing transactions that share a commit where several wait for SQLite's one writer.

A commit waits for the disk for some milliseconds, in which nobody else can write. So while others wait to
write, the transaction is left open for them, and one commit ends it for all: each has its changes within a
savepoint of its own, so that one that fails takes back its own changes only, and none is told that it is done
before the commit is. Where nobody waits, each commits at once and by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from memo_coach.storage.engine.cancellation import settled_inline
from memo_coach.storage.engine.inline_transactions import InlineTransaction
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.translations.sentences import sentence

MOST_SHARING = 32
LONGEST_OPEN_SECONDS = 0.03
"""After these a transaction is committed before anybody else is let in: other processes wait for it, too."""


class _OpenTransaction:
    """A transaction that is open for others."""

    def __init__(self, connection: InlineTransaction) -> None:
        self.connection = connection
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Ends with the commit, or with the reason why there was none."""
        self._members = 1
        self._began = time.monotonic()

    @property
    def is_full(self) -> bool:
        """Whether the commit is due before anybody else is let in."""
        return self._members >= MOST_SHARING or time.monotonic() - self._began > LONGEST_OPEN_SECONDS

    def add(self) -> None:
        """Count one more whose changes are in it."""
        self._members += 1

    async def commit(self) -> None:
        """Commit for all, and tell them."""
        try:
            await self.connection.commit_and_close(aside=True)
        except BaseException as error:
            await self.fail(error)
            if not isinstance(error, Exception):
                raise
        else:
            self.over.set_result(None)

    async def fail(self, error: BaseException) -> None:
        """Roll back, and tell all why."""
        self.over.set_exception(
            error if isinstance(error, Exception) else DatabaseUnusable(sentence("database.lost_transaction"))
        )
        self.over.exception()  # looked at, for all may have gone away
        await self.connection.close()


class GroupCommit:
    """The writing transactions of this process on one file."""

    def __init__(self, begin: Callable[[], Awaitable[InlineTransaction]], longest: float) -> None:
        """``begin`` gives a connection in a new transaction; a commit takes ``longest`` seconds at most."""
        self._begin = begin
        self._longest = longest
        # SQLite has one writer at a time. Queueing here is fair; its own busy handler sleeps and retries.
        self._writer = asyncio.Lock()
        self._waiting = 0
        self._open: _OpenTransaction | None = None
        self._committing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[tuple[InlineTransaction, bool]]:
        """Yield a connection to write on, and whether it has changes of others, which stay whatever happens.

        They are committed at the end. At an error they are rolled back; of changes beside others', whoever
        made them has done that by then.
        """
        await self._take_turn()
        try:
            others = self._open
            shared = others or _OpenTransaction(await self._begin())
            try:
                yield shared.connection, others is not None
                if others is None and not self._waiting:
                    await shared.connection.commit_and_close()
                    return
            except BaseException as error:
                if others is None:
                    await shared.connection.close()
                elif not shared.connection.is_in_transaction:
                    # SQLite itself has rolled back, as it does where the disk is full.
                    self._open = None
                    await shared.fail(error)
                raise
            if others is None:
                self._leave_open(shared)
            else:
                shared.add()
        finally:
            self._writer.release()
        await settled_inline(_ended(shared.over), self._longest)

    async def _take_turn(self) -> None:
        self._waiting += 1
        try:
            await self._writer.acquire()
        finally:
            self._waiting -= 1
        if self._open is None or not self._open.is_full:
            return
        try:
            await settled_inline(self._commit_open(), self._longest)
        except BaseException:
            self._writer.release()
            raise

    def _leave_open(self, shared: _OpenTransaction) -> None:
        self._open = shared
        # It comes behind those who wait now, and before those who will.
        task = asyncio.create_task(self._commit(shared), name="commit for several")
        self._committing.add(task)
        task.add_done_callback(self._committing.discard)

    async def _commit(self, shared: _OpenTransaction) -> None:
        async with self._writer:
            if self._open is shared:
                await self._commit_open()

    async def _commit_open(self) -> None:
        shared, self._open = self._open, None
        assert shared is not None, "whoever has the turn has seen it"  # noqa: S101
        await shared.commit()


async def _ended(over: asyncio.Future[None]) -> None:
    await asyncio.shield(over)
