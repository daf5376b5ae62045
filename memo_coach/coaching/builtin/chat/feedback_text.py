"""An evaluation as running text, for a model that is asked about it."""

from __future__ import annotations

from memo_coach.coaching.builtin.chat.knowledge import Knowledge, listed, quoted
from memo_coach.coaching.builtin.chat.vocabulary import languages
from memo_coach.coaching.evaluation import Comment, Evaluation
from memo_coach.coaching.rubric.model import Rubric

LONGEST_FEEDBACK = 24_000
"""Characters. The comments that matter least are left out first."""


def feedback_text(evaluation: Evaluation, rubric: Rubric, *, longest: int = LONGEST_FEEDBACK) -> str:
    """Return scores, reasons and comments in the language of the memo, at most ``longest`` characters."""
    known = _known(evaluation, rubric)
    overall = evaluation.overall
    score = "" if overall.score is None else known.say("summary-score", score=known.number(overall.score))
    head = "\n\n".join(
        part
        for part in (
            f"{score} {overall.summary}".strip(),
            *overall.notices,
            known.say("by-criterion"),
            listed([known.reason_line(each) for each in evaluation.criteria]),
        )
        if part
    )
    parts, room = [head[:longest]], longest - len(head)
    for comment in known.comments():
        text = f"\n\n{_of_comment(comment, known)}"
        room -= len(text)
        if room < 0:
            break
        parts.append(text)
    return "".join(parts)


def comment_text(comment: Comment, evaluation: Evaluation) -> str:
    """Return one comment with its passage, questions and suggestion."""
    language = _spoken(evaluation.language)
    return _of_comment(comment, Knowledge(language, evaluation, "", _NO_RUBRIC, ()))


def _of_comment(comment: Comment, known: Knowledge) -> str:
    lines = [
        f"[{known.name(comment.criterion)}] {known.noticed(comment)}",
        *(f"- {question}" for question in comment.questions),
    ]
    if comment.suggestion:
        lines.append(known.say("try", suggestion=quoted(comment.suggestion, 600)))
    return "\n".join(lines)


def _known(evaluation: Evaluation, rubric: Rubric) -> Knowledge:
    return Knowledge(_spoken(evaluation.language), evaluation, "", rubric, ())


def _spoken(language: str) -> str:
    return language if language in languages() else "en"


_NO_RUBRIC = Rubric("", "", {"en": ""}, {"en": ""}, ())
"""Criteria keep the names that they were judged under."""
