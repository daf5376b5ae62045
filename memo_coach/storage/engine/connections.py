"""SQLAlchemy's asynchronous connection and session; a cancellation waits for the end of each statement.

Statements on SQLite run where they are called (:mod:`.inline_sqlite`): what would let others wait for them is
left out there, as it costs several times as much as the statement.
"""

from __future__ import annotations

from typing import Any, Literal, cast

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.util import greenlet_spawn

from memo_coach.storage.engine.cancellation import settled
from memo_coach.storage.engine.inline_sqlite import InlineConnection

_AS_IT_IS: Literal["conditional_savepoint"] = "conditional_savepoint"
_WITHIN_SAVEPOINT: Literal["create_savepoint"] = "create_savepoint"


class ShieldedConnection(AsyncConnection):
    """A connection in a transaction whose statements are never left in the middle.

    :meth:`start` begins its transaction; ``commit`` ends it and ``close`` does, if nothing else has.
    """

    # The base class keeps slots; what it has none for would be refused.
    __slots__ = ("inline", "longest", "opening")

    def __init__(self, engine: AsyncEngine, longest: float, opening: str | None = None) -> None:
        """``opening`` is the statement that begins a transaction, where the driver has no way of its own."""
        super().__init__(engine)
        self.longest = longest
        self.opening = opening
        self.inline = engine.dialect.name == "sqlite"

    async def start(self, is_ctxmanager: bool = False) -> AsyncConnection:
        """Take a connection from the pool and begin the transaction at once."""
        await settled(greenlet_spawn(self._start), self.longest)
        return self

    def _start(self) -> None:
        connection = self.sync_connection = self._assign_proxied(self.sync_engine.connect())
        connection.begin()
        if self.opening is not None:
            connection.exec_driver_sql(self.opening)

    async def execute(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as the base has it
        """Execute a statement."""
        if self.inline:
            return self._proxied.execute(*arguments, **options)
        return await settled(super().execute(*arguments, **options), self.longest)

    async def exec_driver_sql(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        """Execute a statement as the driver takes it."""
        if self.inline:
            return self._proxied.exec_driver_sql(*arguments, **options)
        return await settled(super().exec_driver_sql(*arguments, **options), self.longest)

    async def run_sync(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        """Run a function that is given the synchronous connection."""
        return await settled(super().run_sync(*arguments, **options), self.longest)

    async def commit(self) -> None:
        """Commit the transaction."""
        await settled(super().commit(), self.longest)

    async def rollback(self) -> None:
        """Roll the transaction back."""
        await settled(super().rollback(), self.longest)

    @property
    def is_in_transaction(self) -> bool:
        """Whether SQLite has a transaction open: where the disk is full, it may end one by itself."""
        return bool(self._driver.in_transaction)

    @property
    def _driver(self) -> InlineConnection:
        return cast("InlineConnection", self._proxied.connection.driver_connection)

    async def commit_and_close(self, *, aside: bool = False) -> None:
        """Commit the transaction, and give the connection back to the pool.

        ``aside`` is for SQLite: a thread waits for the disk, and the loop goes on.
        """
        await settled(greenlet_spawn(self._commit_and_close, aside), self.longest)

    def _commit_and_close(self, aside: bool) -> None:
        if aside:
            self._driver.commits_aside = True
        self._proxied.commit()
        self._proxied.close()

    async def close(self) -> None:
        """Roll back what is not committed, and give the connection back to the pool."""
        if self.sync_connection is not None and not self.closed:
            await settled(super().close(), self.longest)


class ShieldedSession(AsyncSession):
    """A session on a :class:`ShieldedConnection`, which commits or rolls back."""

    def __init__(self, connection: ShieldedConnection, *, beside: bool = False) -> None:
        """``beside`` is whether others' changes are in the transaction: then its own are in a savepoint."""
        mode = _WITHIN_SAVEPOINT if beside else _AS_IT_IS
        super().__init__(connection, expire_on_commit=False, join_transaction_mode=mode)
        self._longest = connection.longest
        self._inline = connection.inline

    async def __aexit__(self, *_fault: object) -> None:
        # The base class makes a task of it, and everybody else would have a turn before the commit.
        await self.close()

    async def execute(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as the base has it
        """Execute a statement."""
        if self._inline:
            return self.sync_session.execute(*arguments, **options)
        return await settled(super().execute(*arguments, **options), self._longest)

    async def flush(self, objects: Any = None) -> None:  # noqa: ANN401
        """Send what was added and changed."""
        if self._inline:
            self.sync_session.flush(objects)
        else:
            await settled(super().flush(objects), self._longest)

    async def commit(self) -> None:
        """Release the savepoint, where there is one."""
        if self._inline:
            self.sync_session.commit()
        else:
            await settled(super().commit(), self._longest)

    async def close(self) -> None:
        """Forget all rows; take back what is within a savepoint that was not released."""
        if self._inline:
            self.sync_session.close()
        else:
            await settled(super().close(), self._longest)
