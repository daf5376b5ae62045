"""Hints while typing: the opportunities that matter most to the built-in coach. Nothing is stored."""

from __future__ import annotations

import asyncio

from memo_coach.coaching.evaluation import Comment
from memo_coach.coaching.parsing import parse_memo
from memo_coach.coaching.rubric import Rubric
from memo_coach.services.rubrics import RubricService
from memo_coach.services.texts import language_of, submitted_text
from memo_coach.services.views import Hint

MOST_HINTS = 3
MOST_AT_ONCE = 2
"""A page of typing writers must not take both processors from everything else."""


class HintService:
    """Gives hints."""

    def __init__(self, rubrics: RubricService) -> None:
        self._rubrics = rubrics
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)

    async def of(self, text: str, rubric: str, language: str | None = None) -> tuple[Hint, ...]:
        """Give up to three hints on a text.

        Raises:
            MemoEmpty, MemoTooLong, UnknownRubric, UnknownLanguage: with a sentence.
        """
        chosen = self._rubrics.get(rubric)
        async with self._turn:
            comments = await asyncio.to_thread(_opportunities, text, chosen, language)
        return tuple(map(_hint, comments))


def _opportunities(raw: str, rubric: Rubric, language: str | None) -> tuple[Comment, ...]:
    # The detectors load when the first hint is wanted, not when a process starts.
    from memo_coach.coaching.builtin.coach import hints  # noqa: PLC0415

    text = submitted_text(raw)
    return hints(parse_memo(text, language_of(text, language)), rubric, MOST_HINTS)


def _hint(comment: Comment) -> Hint:
    return Hint(
        kind=comment.finding,
        comment=comment.comment,
        question=comment.questions[0] if comment.questions else None,
        start=comment.start,
        end=comment.end,
        quote=comment.quote,
    )
