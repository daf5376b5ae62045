"""SQLAlchemy's asynchronous connection and session; a cancellation waits for the end of each statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from memo_coach.storage.cancellation import settled


class SettledConnection(AsyncConnection):
    """A connection whose statements are never left in the middle.

    Begin its transaction with :meth:`begin_now`; ``commit`` and ``rollback`` end it.
    """

    # The base class keeps slots; what it has none for would be refused.
    __slots__ = ("longest",)

    def __init__(self, engine: AsyncEngine, longest: float) -> None:
        super().__init__(engine)
        self.longest = longest

    async def start(self, is_ctxmanager: bool = False) -> AsyncConnection:
        """Take a connection from the pool."""
        return await settled(super().start(is_ctxmanager), self.longest)

    async def begin_now(self) -> None:
        """Begin the transaction, and not only with its first statement."""
        await self.run_sync(lambda connection: connection.begin())

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

    async def close(self) -> None:
        """Roll back what is not committed, and give the connection back to the pool."""
        if self.sync_connection is not None:
            await settled(super().close(), self.longest)


class SettledSession(AsyncSession):
    """A session on a :class:`SettledConnection`, which commits or rolls back."""

    def __init__(self, connection: SettledConnection) -> None:
        super().__init__(connection, expire_on_commit=False)
        self._longest = connection.longest

    async def execute(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as the base has it
        """Execute a statement."""
        return await settled(super().execute(*arguments, **options), self._longest)

    async def flush(self, objects: Any = None) -> None:  # noqa: ANN401
        """Send what was added and changed."""
        await settled(super().flush(objects), self._longest)

    async def close(self) -> None:
        """Forget all rows."""
        await settled(super().close(), self._longest)
