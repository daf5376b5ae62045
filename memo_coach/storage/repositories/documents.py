"""Configuration documents and their versions. They are the installation's: no method takes an owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.tables import Document, DocumentVersion
from memo_coach.storage.tables.base import table_of


class DocumentRepository:
    """The rows of the documents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def holding(self) -> dict[str, int]:
        """Return which version of each changed document holds: a look at a handful of short rows."""
        statement = select(col(Document.name), col(Document.version))
        return {row.name: row.version for row in await self._session.execute(statement)}

    async def version(self, name: str, version: int) -> DocumentVersion | None:
        """Find a version of a document."""
        statement = select(DocumentVersion).where(
            col(DocumentVersion.name) == name, col(DocumentVersion.version) == version
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def with_digest(self, name: str, digest: str) -> DocumentVersion | None:
        """Find the version of a document that evaluations name by a digest."""
        statement = select(DocumentVersion).where(
            col(DocumentVersion.digest) == digest, col(DocumentVersion.name) == name
        )
        return (await self._session.execute(statement.limit(1))).scalar_one_or_none()

    async def newest_first(
        self, name: str, most: int, before: int | None = None
    ) -> Sequence[DocumentVersion]:
        """Return versions of a document, the newest first, only those older than ``before`` where given."""
        statement = select(DocumentVersion).where(col(DocumentVersion.name) == name)
        if before is not None:
            statement = statement.where(col(DocumentVersion.version) < before)
        ordered = statement.order_by(col(DocumentVersion.version).desc()).limit(most)
        return (await self._session.execute(ordered)).scalars().all()

    async def begin(self, first: DocumentVersion) -> bool:
        """Store a document that was never changed before; tell whether nobody else just did."""
        dialect = self._session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        statement = (
            insert(table_of(Document)).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
        )
        stored = await self._session.execute(statement, {"name": first.name, "version": first.version})
        if not cast("CursorResult[Any]", stored).rowcount:
            return False
        self._session.add(first)
        await self._session.flush()
        return True

    async def add(self, version: DocumentVersion, base: int) -> bool:
        """Store a version and let it hold, where ``base`` still does; tell whether it did.

        Of two that change the same version at once, one is first; the other waits for it and is refused.
        """
        changed = await self._session.execute(
            update(Document)
            .where(col(Document.name) == version.name, col(Document.version) == base)
            .values(version=version.version)
        )
        if not cast("CursorResult[Any]", changed).rowcount:
            return False
        self._session.add(version)
        await self._session.flush()
        return True

    async def remove_until(self, name: str, version: int) -> None:
        """Remove the versions of a document up to one."""
        await self._session.execute(
            delete(DocumentVersion).where(
                col(DocumentVersion.name) == name, col(DocumentVersion.version) <= version
            )
        )
