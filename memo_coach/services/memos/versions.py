"""The versions of a memo, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Final

from memo_coach.coaching.computing import compute
from memo_coach.coaching.memo.difference import Run, difference
from memo_coach.services.errors import NotFound
from memo_coach.services.memos.comparison import compare
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_EVALUATIONS
from memo_coach.services.views import Comparison, VersionSummary
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

    async def title(self, owner: str, memo_id: str) -> str:
        """Return the title of a memo, which is empty where it has none.

        Raises:
            NotFound: the owner has no such memo.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            memo = await MemoRepository(session).get(owner, memo_id)
        if memo is None:
            raise NotFound
        return memo.title

    async def difference(self, owner: str, memo_id: str, old: int, new: int) -> tuple[Run, ...]:
        """Return what turns the text of one version into that of another, by words.

        Raises:
            NotFound: the owner has no such memo, or it has no such version.
            Unavailable: the database cannot be used.
        """
        before, after = await self._texts(owner, memo_id, old, new)
        return tuple(await compute(len(before) + len(after), partial(difference, before, after)))

    async def compare(
        self, owner: str, memo_id: str, old: int, new: int, *, opened: Collection[int] = (), part: int = 1
    ) -> Comparison:
        """Return one part of what turns a version into another, for a page: :func:`.comparison.compare`.

        Raises:
            NotFound: the owner has no such memo, or it has no such version.
            Unavailable: the database cannot be used.
        """
        before, after = await self._texts(owner, memo_id, old, new)
        return await compute(
            len(before) + len(after), lambda: compare(difference(before, after), opened, part)
        )

    async def _texts(self, owner: str, memo_id: str, old: int, new: int) -> tuple[str, str]:
        if not 1 <= min(old, new) <= max(old, new) <= _HIGHEST:
            raise NotFound
        async with self._unit_of_work.read() as session:
            texts = await MemoRepository(session).texts(owner, memo_id, {old, new})
        if old not in texts or new not in texts:
            raise NotFound
        return texts[old], texts[new]
