"""How much room there is within the database itself."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def reusable_bytes(session: AsyncSession) -> int:
    """Return how many bytes of an SQLite file deleted rows left free; 0 for a server, which does not say."""
    if session.get_bind().dialect.name != "sqlite":
        return 0
    pages = (await session.execute(text("PRAGMA freelist_count"))).scalar_one()
    return int(pages) * int((await session.execute(text("PRAGMA page_size"))).scalar_one())
