"""Answers that start from a comment: what it says, why it matters, and how to act on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from memo_coach.coaching.builtin.chat.about_criteria import answer_about_criteria
from memo_coach.coaching.builtin.chat.about_memo import answer_about_memo
from memo_coach.coaching.builtin.chat.knowledge import Knowledge, listed, quoted
from memo_coach.coaching.builtin.chat.understanding import Question
from memo_coach.coaching.evaluation import Comment

_REFUSED = frozenset({"rewrite", "truth", "predict", "idea"})
_OF_THE_COMMENT = _REFUSED | {
    "act", "gain", "begin", "why", "meaning", "example", "reader", "passages", "strengths", "disagree",
    "summary", None,
}  # fmt: skip
"""What is asked of the comment itself, where no criterion is named that is not its own."""
_OF_ITS_CRITERION = frozenset({"five", "weight", "score"})
_ACTING = frozenset({"act", "gain", "begin", "example"})


def answer_about_comment(asked: Question, comment: Comment, known: Knowledge) -> list[str]:
    """Answer a question that was asked about a comment."""
    own = known.criterion(comment.criterion)
    if any(criterion.id != comment.criterion for criterion in asked.criteria):
        return answer_about_criteria(asked, known)
    if asked.intent in _OF_ITS_CRITERION and own is not None:
        return answer_about_criteria(replace(asked, criteria=(own,)), known)
    if asked.names_framework or asked.intent not in _OF_THE_COMMENT:
        return answer_about_memo(asked, known)
    return list(_answered(asked, comment, known))


def _answered(asked: Question, comment: Comment, known: Knowledge) -> Iterator[str]:
    if asked.intent in _REFUSED:
        yield known.say(f"cannot-{asked.intent}")
        yield from _acting(comment, known)
        return
    if comment.kind == "strength":
        yield from _explained(comment, known)
        yield known.say("about-strength")
    elif asked.intent in _ACTING:
        yield from _acting(comment, known)
    elif asked.intent == "reader":
        yield known.say("questions") if comment.questions else known.say("questions-none")
        yield listed(comment.questions)
    else:
        if asked.intent == "disagree":
            yield known.say("disagree")
        yield from _explained(comment, known)
        if asked.intent != "disagree":
            yield from _acting(comment, known)
        if asked.intent is None:
            yield known.say("about-more")


def _explained(comment: Comment, known: Knowledge) -> Iterator[str]:
    if comment.quote:
        yield known.say("about-passage", quote=quoted(comment.quote))
    else:
        yield known.say("about-whole")
    yield comment.comment
    criterion, judged = known.criterion(comment.criterion), known.judged(comment.criterion)
    description = "" if criterion is None else known.in_words(criterion.description)
    name = known.name(comment.criterion)
    if judged is None or judged.score is None:
        yield known.say("about-why-none", criterion=name, description=description)
    else:
        yield known.say(
            "about-why",
            criterion=name,
            score=known.number(judged.score),
            weight=known.percent(judged.effective_weight),
            description=description,
        )


def _acting(comment: Comment, known: Knowledge) -> Iterator[str]:
    if comment.kind == "strength":
        yield known.say("about-strength")
        return
    if comment.questions:
        yield known.say("answer-this")
        yield listed(comment.questions)
    if comment.suggestion:
        yield known.say("try", suggestion=comment.suggestion)
    yield known.say("act-again")
