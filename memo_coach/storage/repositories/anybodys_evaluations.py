"""Whose an evaluation is, for administrators, who may look at anybody's. Who asks writes the audit log."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.tables import Deletion, Evaluation


class AnybodysEvaluationRepository:
    """The rows of evaluations, whosever they are."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def owner_of(self, evaluation_id: str) -> str | None:
        """Return whose an evaluation is; ``None`` where there is none, or its owner has deleted it."""
        deleted = exists().where(col(Deletion.id) == col(Evaluation.owner))
        statement = select(col(Evaluation.owner)).where(col(Evaluation.id) == evaluation_id, ~deleted)
        return (await self._session.execute(statement)).scalar_one_or_none()
