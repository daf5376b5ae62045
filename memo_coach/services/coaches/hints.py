"""Hints while typing: the opportunities that matter most to the built-in coach. Nothing is stored."""

from __future__ import annotations

from functools import partial

from memo_coach.coaching.builtin.coach import gathered, hints, most_important
from memo_coach.coaching.builtin.rubric_proposal import proposed_rubric
from memo_coach.coaching.computing import ShortestJobFirst
from memo_coach.coaching.evaluation import Comment
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.services.coaches.builtin_executor import BuiltinExecutor
from memo_coach.services.memos.input import check_readable, language_of, submitted_text
from memo_coach.services.rubrics import RubricService
from memo_coach.services.views import Hint, Hints

MOST_HINTS = 3
MOST_AT_ONCE = 2
"""A page of typing writers must not take both processors from everything else."""


class HintService:
    """Gives hints."""

    def __init__(self, rubrics: RubricService, executor: BuiltinExecutor) -> None:
        self._rubrics = rubrics
        self._executor = executor
        # A hint that nobody waits for any more keeps its thread until it is worked out: threads cannot be
        # stopped, and another one beside it would take what this one still takes.
        self._threads = ShortestJobFirst("hints", MOST_AT_ONCE)

    async def of(self, text: str, rubric: str, language: str | None = None) -> Hints:
        """Return up to three hints on a text, and the rubric that it asks for; none for a long one.

        Raises:
            MemoEmpty, MemoTooLong, UnknownRubric, UnknownLanguage, LanguageNotRead: with a sentence.
            EvaluationTimedOut: the text took too long.
        """
        await self._rubrics.renewed()
        chosen = self._rubrics.get(rubric)
        if not self._executor.is_long(text):
            found = await self._threads.do(len(text), partial(_hints, text, chosen, language))
            is_offered = found.proposed_rubric in {rubric.id for rubric in self._rubrics.all()}
            return found if is_offered else Hints(found.hints, None)
        stored, known = await self._threads.do(len(text), partial(_submitted, text, language))
        steps = [events async for events in self._executor.steps(stored, chosen, known)]
        comments = most_important(gathered(steps, known, chosen), MOST_HINTS)
        return Hints(tuple(map(_hint, comments)), None)


def _submitted(raw: str, language: str | None) -> tuple[str, str]:
    text = submitted_text(raw)
    check_readable(text, language)
    return text, language_of(text, language)


def _hints(raw: str, rubric: Rubric, language: str | None) -> Hints:
    text, known = _submitted(raw, language)
    memo = parse_memo(text, known)
    proposed = proposed_rubric(memo, rubric)
    return Hints(tuple(map(_hint, hints(memo, rubric, MOST_HINTS))), proposed.id if proposed else None)


def _hint(comment: Comment) -> Hint:
    return Hint(
        kind=comment.finding,
        comment=comment.comment,
        question=comment.questions[0] if comment.questions else None,
        start=comment.start,
        end=comment.end,
        quote=comment.quote,
    )
