"""A memo in a language that the built-in coach does not read: a model judges it alone.

There is no second opinion then, and nobody stands in: a criterion that the model leaves out has no score, and
where the model fails the writer is told why, and in which languages the built-in coach would have read it.
"""

from __future__ import annotations

from memo_coach.coaching.errors import LanguageNotRead
from memo_coach.coaching.evaluation import CriterionScore, Evaluation, OverallJudgement
from memo_coach.coaching.llm.model import ModelFailure
from memo_coach.coaching.llm.notices import sentence, why
from memo_coach.coaching.memo.language import detect_language
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.memo.other_languages import foreign_language, language_not_read
from memo_coach.coaching.memo.plain_reading import plain_reading
from memo_coach.coaching.rubric.model import Rubric, localised


def language_unread(memo: Memo) -> str | None:
    """Return the code of the memo's language where the built-in coach does not read it, otherwise ``None``.

    A language other than the one that would have been taken was chosen by the writer, and is respected.
    """
    text = plain_reading(memo.text).text
    return foreign_language(text) if memo.language == detect_language(text) else None


def without_reading(memo: Memo, rubric: Rubric, code: str) -> Evaluation:
    """Return what the built-in coach says of a memo that it cannot read: no score, and why."""
    reason = language_not_read(code).messages[memo.language]
    criteria = tuple(
        CriterionScore(
            id=criterion.id,
            name=localised(criterion.name, memo.language),
            weight=criterion.weight,
            effective_weight=0.0,
            score=None,
            justification=sentence(memo.language, "unread"),
        )
        for criterion in rubric.criteria
    )
    overall = OverallJudgement(None, reason, (), ())
    return Evaluation(memo.language, rubric.id, "builtin", overall, criteria, ())


def refused(code: str, failure: ModelFailure) -> LanguageNotRead:
    """Return the error where the model failed too."""
    messages = {
        language: f"{why(language, failure)} {message}"
        for language, message in language_not_read(code).messages.items()
    }
    return LanguageNotRead(code, messages)
