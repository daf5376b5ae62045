"""How large the database is."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def database_bytes(session: AsyncSession) -> int:
    """Return how many bytes the database takes, as it says itself."""
    if session.get_bind().dialect.name != "sqlite":
        return int((await session.execute(text("SELECT pg_database_size(current_database())"))).scalar_one())
    pages = (await session.execute(text("PRAGMA page_count"))).scalar_one()
    return int(pages) * int((await session.execute(text("PRAGMA page_size"))).scalar_one())
