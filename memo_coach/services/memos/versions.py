"""The versions of a memo, and what differs between two of them."""

from __future__ import annotations

from functools import partial
from typing import Final

from memo_coach.coaching.computing import compute
from memo_coach.coaching.memo.difference import Run, difference
from memo_coach.services.errors import NotFound
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_EVALUATIONS
from memo_coach.services.views import VersionSummary
from memo_coach.storage.repositories.memos import MemoRepository

_HIGHEST: Final = 2**31 - 1
"""What a database keeps as a number of a version."""


class VersionService:
    """The texts of the owners' memos as they were handed in."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def list(self, owner: str, memo_id: str) -> tuple[VersionSummary, ...]:
        """List the versions of a memo, the newest first; one that was never handed in has none.

        Raises:
            NotFound: the owner has no such memo.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            memos = MemoRepository(session)
            lines = await memos.version_lines(owner, memo_id, MOST_EVALUATIONS)
            if not lines and await memos.get(owner, memo_id) is None:
                raise NotFound
        return tuple(VersionSummary(line.number, line.words, line.language, line.created) for line in lines)

    async def difference(self, owner: str, memo_id: str, old: int, new: int) -> tuple[Run, ...]:
        """Return what turns the text of one version into that of another, by words.

        Raises:
            NotFound: the owner has no such memo, or it has no such version.
            Unavailable: the database cannot be used.
        """
        if not 1 <= min(old, new) <= max(old, new) <= _HIGHEST:
            raise NotFound
        async with self._unit_of_work.read() as session:
            texts = await MemoRepository(session).texts(owner, memo_id, {old, new})
        if old not in texts or new not in texts:
            raise NotFound
        before, after = texts[old], texts[new]
        return tuple(await compute(len(before) + len(after), partial(difference, before, after)))
