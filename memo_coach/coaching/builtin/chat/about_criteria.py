"""Answers about criteria of the rubric: why a score is what it is, what would raise it, what a 5 is like."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from memo_coach.coaching.builtin.chat.knowledge import Knowledge, gain, listed, quoted
from memo_coach.coaching.builtin.chat.understanding import Question
from memo_coach.coaching.evaluation import HIGHEST_SCORE
from memo_coach.coaching.rubric.model import Criterion

_MOST_COMMENTS = 3
_WORTH_AIMING_AT = 4
"""What a lower score looks like is nothing to work towards."""


def answer_about_criteria(asked: Question, known: Knowledge) -> list[str]:
    """Answer a question that names one criterion or two."""
    answered = _ANSWERS.get(asked.intent or "", _standing)
    paragraphs = [known.say(f"cannot-{asked.intent}")] if asked.intent in _REFUSED else []
    if asked.intent == "disagree":
        paragraphs.append(known.say("disagree"))
    for criterion in asked.criteria:
        paragraphs.extend(answered(criterion, asked, known))
    return paragraphs


def judged_as(criterion: Criterion, known: Knowledge) -> str:
    """Say a criterion's score, weight and reason."""
    judged = known.judged(criterion.id)
    name = known.name(criterion.id)
    if judged is None:
        return known.say("criterion-none", criterion=name, reason="")
    if judged.score is None:
        return known.say("criterion-none", criterion=name, reason=judged.justification)
    return known.say(
        "criterion",
        criterion=name,
        score=known.number(judged.score),
        weight=known.percent(judged.effective_weight),
        reason=judged.justification,
    )


def _standing(criterion: Criterion, _asked: Question, known: Knowledge) -> Iterator[str]:
    yield judged_as(criterion, known)
    comments = known.comments(criterion=criterion.id)
    for comment in comments[:2]:
        yield known.noticed(comment)
        if comment.suggestion:
            yield known.say("try", suggestion=comment.suggestion)
    judged = known.judged(criterion.id)
    if not comments and judged is not None and judged.evidence:
        yield known.say("rests-on", quote=quoted(judged.evidence[0].quote))
    if not comments or comments[0].kind == "opportunity":
        yield from _next_level(criterion, known)


def _next_level(criterion: Criterion, known: Knowledge) -> Iterator[str]:
    judged = known.judged(criterion.id)
    if judged is None or judged.score is None or judged.score >= HIGHEST_SCORE:
        return
    level = max(_WORTH_AIMING_AT, int(judged.score) + 1)
    guidance = known.guidance(criterion.id, level)
    if guidance:
        yield known.say("next-level", level=str(level), guidance=guidance)


def _improving(criterion: Criterion, asked: Question, known: Knowledge) -> Iterator[str]:
    comments = known.comments("opportunity", criterion.id)
    if not comments:
        yield from _standing(criterion, asked, known)
        return
    for comment in comments[:_MOST_COMMENTS]:
        yield known.noticed(comment)
        if comment.questions:
            yield known.say("answer-this")
            yield listed(comment.questions)
        if comment.suggestion:
            yield known.say("try", suggestion=comment.suggestion)
    yield from _next_level(criterion, known)


def _level(criterion: Criterion, asked: Question, known: Knowledge) -> Iterator[str]:
    guidance = known.guidance(criterion.id, asked.level)
    level, name = str(asked.level), known.name(criterion.id)
    if not guidance:
        yield known.say("level-none", level=level, criterion=name)
    else:
        yield known.say("level-of", criterion=name, level=level, guidance=guidance)
    yield from _yours(criterion, known)


def _yours(criterion: Criterion, known: Knowledge) -> Iterator[str]:
    judged = known.judged(criterion.id)
    if judged is not None and judged.score is not None:
        yield known.say("yours", score=known.number(judged.score), reason=judged.justification)


def _meaning(criterion: Criterion, _asked: Question, known: Knowledge) -> Iterator[str]:
    judged = known.judged(criterion.id)
    weight = criterion.weight if judged is None else judged.effective_weight
    yield known.say(
        "meaning",
        criterion=known.name(criterion.id),
        description=known.in_words(criterion.description),
        weight=known.percent(weight),
    )
    guidance = known.guidance(criterion.id, 5)
    if guidance:
        yield known.say("level", level="5", guidance=guidance)
    yield from _yours(criterion, known)


def _weight(criterion: Criterion, _asked: Question, known: Knowledge) -> Iterator[str]:
    judged = known.judged(criterion.id)
    name = known.name(criterion.id)
    if judged is None or judged.score is None:
        yield known.say("weight-one-none", criterion=name, weight=known.percent(criterion.weight))
        return
    yield known.say(
        "weight-one",
        criterion=name,
        weight=known.percent(judged.effective_weight),
        score=known.number(judged.score),
        gain=known.number(gain(judged, HIGHEST_SCORE)),
    )


def _reader(criterion: Criterion, _asked: Question, known: Knowledge) -> Iterator[str]:
    questions = [each for comment in known.comments(criterion=criterion.id) for each in comment.questions]
    yield known.say("questions") if questions else known.say("questions-none")
    yield listed(questions)


def _passages(criterion: Criterion, _asked: Question, known: Knowledge) -> Iterator[str]:
    comments = known.comments(criterion=criterion.id)
    if comments:
        yield known.say("passages")
        yield listed([passage_line(comment.quote, comment.comment, known) for comment in comments])
        return
    yield known.say("passages-none")
    yield judged_as(criterion, known)
    judged = known.judged(criterion.id)
    if judged is not None and judged.evidence:
        yield known.say("rests-on", quote=quoted(judged.evidence[0].quote))


def passage_line(quote: str | None, comment: str, known: Knowledge) -> str:
    """Say a comment after its passage, in a line."""
    if quote:
        return known.say("passage-line", quote=quoted(quote), comment=comment)
    return known.say("passage-whole", comment=comment)


def _example(criterion: Criterion, _asked: Question, known: Knowledge) -> Iterator[str]:
    guidance = known.guidance(criterion.id, 5)
    if guidance:
        yield known.say("example", criterion=known.name(criterion.id), guidance=guidance)
    for comment in known.comments("opportunity", criterion.id)[:2]:
        if comment.suggestion:
            yield known.say("try", suggestion=comment.suggestion)


def _strengths(criterion: Criterion, asked: Question, known: Knowledge) -> Iterator[str]:
    yield judged_as(criterion, known)
    strengths = known.comments("strength", criterion.id)
    if strengths:
        yield from map(known.noticed, strengths)
    else:
        yield from _next_level(criterion, known)


_REFUSED = frozenset({"rewrite", "truth", "predict", "idea"})
_ANSWERS: dict[str, Callable[[Criterion, Question, Knowledge], Iterator[str]]] = {
    "gain": _improving,
    "begin": _improving,
    "act": _improving,
    "rewrite": _improving,
    "five": _level,
    "meaning": _meaning,
    "weight": _weight,
    "reader": _reader,
    "passages": _passages,
    "example": _example,
    "strengths": _strengths,
}
"""What is asked of a criterion → how it is answered; whatever else is asked, how the criterion stands."""
