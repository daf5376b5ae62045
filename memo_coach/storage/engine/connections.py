"""SQLAlchemy's asynchronous connection and session; a cancellation waits for the end of each statement.

They are for Postgres. What SQLite has instead is in :mod:`.inline_transactions`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from memo_coach.storage.engine.cancellation import settled


class ShieldedConnection(AsyncConnection):
    """A connection in a transaction whose statements are never left in the middle.

    :meth:`start` begins it; ``commit_and_close`` ends it, and ``close`` does, if nothing else has.
    """

    # The base class keeps slots; what it has none for would be refused.
    __slots__ = ("longest",)

    def __init__(self, engine: AsyncEngine, longest: float) -> None:
        """``longest`` is for how many seconds a cancelled task waits for the end of what it had begun."""
        super().__init__(engine)
        self.longest = longest

    async def start(self, is_ctxmanager: bool = False) -> AsyncConnection:
        """Take a connection from the pool and begin the transaction at once."""
        await settled(self._start(is_ctxmanager), self.longest)
        return self

    async def _start(self, is_ctxmanager: bool) -> None:
        await super().start(is_ctxmanager)
        await self.begin()

    async def execute(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as the base has it
        """Execute a statement."""
        return await settled(super().execute(*arguments, **options), self.longest)

    async def exec_driver_sql(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        """Execute a statement as the driver takes it."""
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

    async def commit_and_close(self) -> None:
        """Commit the transaction, and give the connection back to the pool."""
        await self.commit()
        await self.close()

    async def close(self) -> None:
        """Roll back what is not committed, and give the connection back to the pool."""
        if self.sync_connection is not None and not self.closed:
            await settled(super().close(), self.longest)


class ShieldedSession(AsyncSession):
    """A session on a :class:`ShieldedConnection`, which commits or rolls back."""

    def __init__(self, connection: ShieldedConnection) -> None:
        super().__init__(connection, expire_on_commit=False)
        self._longest = connection.longest

    async def __aexit__(self, *_fault: object) -> None:
        # The base class makes a task of it, and everybody else would have a turn before the commit.
        await self.close()

    async def execute(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as the base has it
        """Execute a statement."""
        return await settled(super().execute(*arguments, **options), self._longest)

    async def flush(self, objects: Any = None) -> None:  # noqa: ANN401
        """Send what was added and changed."""
        await settled(super().flush(objects), self._longest)

    async def commit(self) -> None:
        """Commit."""
        await settled(super().commit(), self._longest)

    async def close(self) -> None:
        """Forget all rows."""
        await settled(super().close(), self._longest)
