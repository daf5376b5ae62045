"""The judgement on the memo as a whole, put together from its parts where the model said nothing of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from memo_coach.coaching.builtin.justifications import first_sentence
from memo_coach.coaching.builtin.ranking import TOP
from memo_coach.coaching.evaluation import (
    HIGHEST_SCORE,
    Comment,
    CommentKind,
    CriterionScore,
    OverallJudgement,
)
from memo_coach.coaching.llm.answer.parser import ReadOverall
from memo_coach.coaching.llm.notices import number, sentence
from memo_coach.coaching.llm.scoring import ranked


def composed_overall(
    read: ReadOverall | None,
    criteria: Sequence[CriterionScore],
    comments: Iterable[Comment],
    builtin: OverallJudgement,
    language: str,
) -> OverallJudgement:
    """Return summary and lists, without score and notices.

    What the model said stands, in its order. Lists that it left empty come from the comments, what matters
    most first. Where it said nothing of the whole, a kind without any comment is the built-in coach's, and
    the summary tells of the scores.
    """
    in_order = ranked(comments)
    strengths, opportunities = _lines(in_order, "strength"), _lines(in_order, "opportunity")
    if read is not None:
        return OverallJudgement(
            None, read.summary, tuple(read.strengths) or strengths, tuple(read.opportunities) or opportunities
        )
    return OverallJudgement(
        None,
        _summary(criteria, language) or builtin.summary,
        strengths or builtin.strengths,
        opportunities or builtin.opportunities,
    )


def _lines(comments: Iterable[Comment], kind: CommentKind) -> tuple[str, ...]:
    lines = dict.fromkeys(first_sentence(each.comment) for each in comments if each.kind == kind)
    return tuple(lines)[:TOP]


def _summary(criteria: Iterable[CriterionScore], language: str) -> str:
    """Say in two sentences which criterion serves the memo best, and which would raise it most."""
    scored = [(item, item.score) for item in criteria if item.score is not None]
    if not scored:
        return ""
    first, first_score = max(scored, key=lambda pair: (HIGHEST_SCORE - pair[1]) * pair[0].weight)
    others = [pair for pair in scored if pair[0] is not first] or scored
    best, best_score = max(others, key=lambda pair: (pair[1], pair[0].weight))
    good = sentence(language, "summary-best", criterion=best.name, score=number(language, best_score))
    if first_score >= HIGHEST_SCORE:
        return f"{good} {sentence(language, 'summary-nothing')}"
    change = sentence(language, "summary-first", criterion=first.name, score=number(language, first_score))
    return f"{good} {change}"
