"""How memos are cut up, remembered: a page that is opened again does not read its memo again.

A version of a memo never changes, so neither do its pieces. They are positions; of the text nothing is kept.
A long memo takes up to seconds to read: one at a time, in a thread, and whoever wants the same waits for it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from memo_coach.coaching.short_texts import SHORT
from memo_coach.services.views import EvaluationView
from memo_coach.ui.annotated_text import MOST_PIECES, Piece, pieces_of

MOST_KEPT = 100 * MOST_PIECES
"""Pieces of all memos together, of about 100 bytes each."""
_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="annotated-texts")

Key = tuple[str, int, str]


@dataclass(slots=True)
class AnnotatedTexts:
    """The pieces of the memos that were shown last."""

    most: int = MOST_KEPT
    _kept: OrderedDict[Key, tuple[Piece, ...]] = field(default_factory=OrderedDict)
    _count: int = 0
    _at_work: dict[Key, asyncio.Future[tuple[Piece, ...]]] = field(default_factory=dict)

    async def pieces(self, view: EvaluationView) -> tuple[Piece, ...]:
        """Return the pieces of an evaluation's memo."""
        return await self.pieces_of_text((view.memo_id, view.version, view.language), view.text)

    async def pieces_of_text(self, key: Key, text: str) -> tuple[Piece, ...]:
        """Return the pieces of a text that is known by a name, a version's number and its language."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        if len(text) <= SHORT:
            return self._keep(key, pieces_of(text, key[2]))
        if key not in self._at_work:
            self._at_work[key] = asyncio.ensure_future(self._read(key, text))
        # Whoever goes away meanwhile leaves it to those that wait for it, too, and to the next visit.
        return await asyncio.shield(self._at_work[key])

    async def _read(self, key: Key, text: str) -> tuple[Piece, ...]:
        try:
            loop = asyncio.get_running_loop()
            return self._keep(key, await loop.run_in_executor(_THREAD, pieces_of, text, key[2]))
        finally:
            del self._at_work[key]

    def _keep(self, key: Key, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        self._kept[key] = pieces
        self._count += len(pieces)
        while self._count > self.most:
            _key, oldest = self._kept.popitem(last=False)
            self._count -= len(oldest)
        return pieces
