"""Transactions on SQLite whose statements run where they are called, on SQLAlchemy's synchronous engine.

Nothing but public names of SQLAlchemy is used: its engine, connection and session are synchronous, and the
methods that are awaited call them. What has to wait goes to a thread: the opening and closing of files, the
beginning of a writing transaction while another process writes, commits where the disk is slow, statements
that take long, and functions that are given the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal, Self, TypeVar, cast

from sqlalchemy import Connection, Engine, QueuePool
from sqlalchemy import exc as faults
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.storage.engine.cancellation import settled_inline
from memo_coach.storage.engine.inline_sqlite import BEGIN_TO_WRITE, InlineConnection
from memo_coach.storage.engine.sqlite_file import is_interrupted, is_locked

Answer = TypeVar("Answer")

MOST_CONNECTIONS = 25
"""Of a process. Opening and closing one costs more than a transaction, so all are kept."""
LONGEST_WAIT_SECONDS = 30.0
"""For a connection."""
_THREADS = ThreadPoolExecutor(max_workers=8, thread_name_prefix="sqlite")
"""Threads that wait: more than there are ever writers at the same moment in one process."""
_AS_IT_IS: Literal["conditional_savepoint"] = "conditional_savepoint"
_WITHIN_SAVEPOINT: Literal["create_savepoint"] = "create_savepoint"


class InlineEngine:
    """An engine, and how many transactions it may have open."""

    def __init__(self, engine: Engine, longest: float) -> None:
        """``longest`` is for how many seconds a cancelled task waits for the end of what it had begun."""
        self.engine = engine
        self.longest = longest
        self.longest_wait = LONGEST_WAIT_SECONDS
        # The pool would make the whole loop wait.
        self._places = asyncio.Semaphore(MOST_CONNECTIONS)

    async def enter(self) -> None:
        """Wait until one more may be open.

        Raises:
            sqlalchemy.exc.TimeoutError: it took too long.
        """
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(self.longest_wait):
                await self._places.acquire()
        except TimeoutError:
            raise faults.TimeoutError(f"no connection within {self.longest_wait:g} seconds") from None

    def leave(self) -> None:
        """Let the next one enter."""
        self._places.release()

    async def dispose(self) -> None:
        """Close all connections; the last one to be closed may have to tidy the file up."""
        await settled_inline(in_thread(self.engine.dispose), self.longest)

    @property
    def has_open_connection(self) -> bool:
        """Whether a connection is open that nobody uses."""
        return isinstance(self.engine.pool, QueuePool) and self.engine.pool.checkedin() > 0


class InlineTransaction:
    """A connection in a transaction whose statements are never left in the middle.

    :meth:`start` begins it; ``commit_and_close`` ends it, and ``close`` does, if nothing else has.
    """

    def __init__(self, engine: InlineEngine, opening: str) -> None:
        """``opening`` is the statement that begins it."""
        self._engine = engine
        self._opening = opening
        self._aside = False
        self._connection: Connection | None = None
        self._driver: InlineConnection

    @property
    def sync_connection(self) -> Connection:
        """What :meth:`run_sync` gives to its function."""
        assert self._connection is not None, "it has been started and not been closed"  # noqa: S101
        return self._connection

    async def start(self) -> Self:
        """Take a connection from the pool and begin the transaction at once."""
        await self._engine.enter()
        try:
            await settled_inline(self._start(), self._engine.longest)
        except BaseException:
            if self._connection is None:
                self._engine.leave()
            await self.close()
            raise
        return self

    async def _start(self) -> None:
        connect = self._engine.engine.connect
        self._connection = connect() if self._engine.has_open_connection else await in_thread(connect)
        self._driver = cast("InlineConnection", self._connection.connection.driver_connection)
        self._connection.begin()
        self._driver.writes = self._opening == BEGIN_TO_WRITE
        begin = partial(self._connection.exec_driver_sql, self._opening)
        if not self._driver.writes:
            begin()
            return
        try:
            with self._driver.without_patience():
                begin()
        except faults.OperationalError as error:
            if not is_locked(error.orig):
                raise
            await in_thread(begin)

    async def execute(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        """Execute a statement."""
        return await self.do(partial(self.sync_connection.execute, *arguments, **options))

    async def exec_driver_sql(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        """Execute a statement as the driver takes it."""
        return await self.do(partial(self.sync_connection.exec_driver_sql, *arguments, **options))

    async def run_sync(self, function: Callable[..., Answer], *arguments: Any) -> Answer:  # noqa: ANN401
        """Run a function that is given the synchronous connection, in a thread; it reads rows as it asks."""
        return await self._do_aside(partial(function, self.sync_connection, *arguments))

    @contextmanager
    def all_aside(self, aside: bool) -> Iterator[None]:
        """Let all statements go to a thread: where some take long, and cannot be broken off."""
        self._aside = aside
        try:
            yield
        finally:
            self._aside = False

    async def do(self, work: Callable[[], Answer]) -> Answer:
        """Do what makes a statement: at once, or from its beginning in a thread where it takes long."""
        driver = self._driver
        driver.gathers = True
        try:
            if not self._aside:
                driver.hurries = True
                try:
                    return work()
                except faults.OperationalError as error:
                    if not is_interrupted(error.orig):
                        raise
                finally:
                    driver.hurries = False
            return await self._do_aside(work)
        finally:
            driver.gathers = False

    async def _do_aside(self, work: Callable[[], Answer]) -> Answer:
        driver = self._driver

        def done() -> Answer:
            with driver.aside():
                return work()

        async def waited() -> Answer:
            try:
                return await in_thread(done)
            except asyncio.CancelledError:
                driver.interrupt()  # nobody waits any longer, and others want to close it
                raise

        return await settled_inline(waited(), self._engine.longest)

    @property
    def is_in_transaction(self) -> bool:
        """Whether SQLite has a transaction open: where the disk is full, it may end one by itself."""
        return self._driver.in_transaction

    async def commit_and_close(self, *, aside: bool = False) -> None:
        """Commit the transaction, and give the connection back to the pool.

        ``aside`` is whether a thread waits for the disk in any case, and the loop goes on.
        """
        await settled_inline(self._commit_and_close(aside), self._engine.longest)

    async def _commit_and_close(self, aside: bool) -> None:
        if aside or self._driver.commits_slowly:
            await in_thread(self.sync_connection.commit)
        else:
            self.sync_connection.commit()
        await self._close()

    async def close(self) -> None:
        """Roll back what is not committed, and give the connection back to the pool."""
        if self._connection is not None:
            await settled_inline(self._close(), self._engine.longest)

    async def _close(self) -> None:
        connection, self._connection = self.sync_connection, None
        try:
            if isinstance(self._engine.engine.pool, QueuePool):
                connection.close()
            else:
                await in_thread(connection.close)  # the file is closed with it
        finally:
            self._engine.leave()


class InlineSession(AsyncSession):
    """A session on an :class:`InlineTransaction`, which commits or rolls back."""

    def __init__(self, transaction: InlineTransaction, *, beside: bool = False) -> None:
        """``beside`` is whether others' changes are in the transaction: then its own are in a savepoint."""
        mode = _WITHIN_SAVEPOINT if beside else _AS_IT_IS
        super().__init__(expire_on_commit=False, join_transaction_mode=mode)
        self.sync_session.bind = transaction.sync_connection
        self._transaction = transaction

    async def __aexit__(self, *_fault: object) -> None:
        # The base class makes a task of it, and everybody else would have a turn before the commit.
        await self.close()

    async def execute(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as the base has it
        """Execute a statement."""
        return await self._transaction.do(partial(self.sync_session.execute, *arguments, **options))

    async def flush(self, objects: Any = None) -> None:  # noqa: ANN401
        """Send what was added and changed."""
        await self._transaction.do(partial(self.sync_session.flush, objects))

    async def commit(self) -> None:
        """Release the savepoint, where there is one."""
        self.sync_session.commit()

    async def close(self) -> None:
        """Forget all rows; take back what is within a savepoint that was not released."""
        self.sync_session.close()


async def in_thread(work: Callable[[], Answer]) -> Answer:
    """Do what may take long, while the loop goes on."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work)
