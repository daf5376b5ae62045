"""Answers about the memo as a whole, the frameworks and the coach, and what is said where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from memo_coach.coaching.builtin.chat.about_criteria import passage_line
from memo_coach.coaching.builtin.chat.knowledge import GOOD, Knowledge, first_sentence, gain, listed
from memo_coach.coaching.builtin.chat.nearest import nearest_offers, usual_offers
from memo_coach.coaching.builtin.chat.understanding import Question
from memo_coach.coaching.evaluation import HIGHEST_SCORE, Comment, CriterionScore
from memo_coach.coaching.memo.words import WORD

_FEW = 3
_MANY = 5
_WORDS_PER_MINUTE = 238
"""Silent reading of non-fiction: Brysbaert 2019, as the editor counts it."""


def answer_about_memo(asked: Question, known: Knowledge) -> list[str]:
    """Answer a question that names no criterion."""
    if asked.framework is not None and asked.intent not in _REFUSED:
        return list(_framework(asked, known))
    answered = _ANSWERS.get(asked.intent or "", unknown)
    return list(answered(asked, known))


def _score(_asked: Question, known: Knowledge) -> Iterator[str]:
    overall = known.evaluation.overall
    if overall.score is None:
        yield known.say("score-none", summary=overall.summary)
    else:
        yield known.say("score", score=known.number(overall.score), summary=overall.summary)
    yield known.say("by-criterion")
    yield listed([_criterion_line(each, known) for each in known.evaluation.criteria])
    yield from overall.notices


def _criterion_line(judged: CriterionScore, known: Knowledge) -> str:
    name = known.name(judged.id)
    if judged.score is None:
        return known.say("criterion-line-none", criterion=name)
    return known.say(
        "criterion-line",
        criterion=name,
        score=known.number(judged.score),
        weight=known.percent(judged.effective_weight),
    )


def _weight(_asked: Question, known: Knowledge) -> Iterator[str]:
    yield known.say("weight-how")
    yield listed([_criterion_line(each, known) for each in known.evaluation.criteria])
    yield from known.evaluation.overall.notices


def _gain(_asked: Question, known: Knowledge) -> Iterator[str]:
    lines = [_gain_line(each, known) for each in known.by_gain()[:_FEW]]
    if not lines:
        yield known.say("gain-none")
        return
    yield known.say("gain")
    yield listed(lines)
    for cap in known.rubric.caps:
        reason = known.in_words(cap.reason)
        if reason in known.evaluation.overall.notices:
            yield known.say("capped", reason=reason)


def _gain_line(judged: CriterionScore, known: Knowledge) -> str:
    comments = known.comments("opportunity", judged.id)
    what = comments[0].suggestion or first_sentence(comments[0].comment) if comments else judged.justification
    is_low = judged.score is not None and judged.score < GOOD
    return known.say(
        "gain-line" if is_low else "gain-line-top",
        criterion=known.name(judged.id),
        score=known.number(judged.score),
        weight=known.percent(judged.effective_weight),
        gain=known.number(gain(judged, GOOD if is_low else HIGHEST_SCORE)),
        what=what,
    )


def _begin(_asked: Question, known: Knowledge) -> Iterator[str]:
    comments = known.comments("opportunity")
    if not comments:
        yield known.say("nothing-left")
        return
    first, later = comments[0], comments[1:_FEW]
    yield known.say("begin", criterion=known.name(first.criterion), comment=known.noticed(first))
    if first.questions:
        yield known.say("answer-this")
        yield listed(first.questions)
    if first.suggestion:
        yield known.say("try", suggestion=first.suggestion)
    if later:
        yield known.say("then")
        yield listed([_named(comment, known) for comment in later])


def _named(comment: Comment, known: Knowledge) -> str:
    return f"{known.name(comment.criterion)}: {first_sentence(comment.comment)}"


def _strengths(_asked: Question, known: Knowledge) -> Iterator[str]:
    comments = known.comments("strength")
    # What a coach lists as strengths are the same in fewer words; where it made comments, these say more.
    lines = [_named(comment, known) for comment in comments[:_MANY]] or [*known.evaluation.overall.strengths]
    if lines:
        yield known.say("strengths")
        yield listed(lines)
    scored = known.scored()
    if scored and not comments:
        score, best = max(scored, key=lambda each: each[0])
        if not lines:
            yield known.say(
                "strengths-none",
                criterion=known.name(best.id),
                score=known.number(score),
                reason=best.justification,
            )


def _weakest(_asked: Question, known: Knowledge) -> Iterator[str]:
    yield known.say("weakest")
    scored = sorted(known.scored(), key=lambda each: (each[0], -each[1].effective_weight))
    yield listed([known.reason_line(each) for _score_of_it, each in scored[:_FEW]])


def _strongest(_asked: Question, known: Knowledge) -> Iterator[str]:
    yield known.say("strongest")
    scored = sorted(known.scored(), key=lambda each: (-each[0], -each[1].effective_weight))
    yield listed([known.reason_line(each) for _score_of_it, each in scored[:_FEW]])


def _why(asked: Question, known: Knowledge) -> Iterator[str]:
    overall = known.evaluation.overall
    if overall.score is None:
        yield from _score(asked, known)
        return
    yield known.say("score", score=known.number(overall.score), summary=overall.summary)
    yield known.say("weakest")
    yield listed([known.reason_line(each) for each in known.by_gain()[:_FEW]])
    yield from overall.notices


def _five(asked: Question, known: Knowledge) -> Iterator[str]:
    yield known.say("level-which")
    lines = [
        known.say("level-line", criterion=known.name(each.id), guidance=guidance)
        for each in known.by_gain()
        if (guidance := known.guidance(each.id, asked.level))
    ]
    yield listed(lines[:_FEW])


def _reader(_asked: Question, known: Knowledge) -> Iterator[str]:
    questions = [question for comment in known.comments() for question in comment.questions]
    yield known.say("questions") if questions else known.say("questions-none")
    yield listed(list(dict.fromkeys(questions))[:_MANY])


def _passages(_asked: Question, known: Knowledge) -> Iterator[str]:
    comments = [comment for comment in known.comments("opportunity") if comment.quote][:_MANY]
    yield known.say("passages") if comments else known.say("passages-none")
    yield listed([passage_line(each.quote, first_sentence(each.comment), known) for each in comments])


def _summary(_asked: Question, known: Knowledge) -> Iterator[str]:
    overall = known.evaluation.overall
    score = "" if overall.score is None else known.say("summary-score", score=known.number(overall.score))
    yield f"{score} {overall.summary}".strip()
    if overall.strengths:
        yield known.say("good")
        yield listed(overall.strengths[:_FEW])
    if overall.opportunities:
        yield known.say("to-do")
        yield listed(overall.opportunities[:_FEW])


def _length(_asked: Question, known: Knowledge) -> Iterator[str]:
    words = sum(1 for _ in WORD.finditer(known.memo_text))
    yield known.say("length", words=str(words), minutes=str(max(1, round(words / _WORDS_PER_MINUTE))))


def _criteria(_asked: Question, known: Knowledge) -> Iterator[str]:
    yield known.say("criteria", rubric=known.in_words(known.rubric.name))
    yield listed(
        [
            known.say(
                "criteria-line",
                criterion=known.in_words(criterion.name),
                weight=known.percent(criterion.weight),
                description=known.in_words(criterion.description),
            )
            for criterion in known.rubric.criteria
        ]
    )


def _framework(asked: Question, known: Knowledge) -> Iterator[str]:
    framework = asked.framework
    if framework is None:
        return
    yield known.say("framework", name=known.in_words(framework.name), idea=known.in_words(framework.idea))
    yield known.say(
        "framework-example",
        caption=known.in_words(framework.caption),
        example=known.in_words(framework.example),
    )


def _frameworks(_asked: Question, known: Knowledge) -> Iterator[str]:
    yield known.say("frameworks") if known.frameworks else known.say("frameworks-none")
    yield listed(
        [
            known.say(
                "frameworks-line",
                name=known.in_words(framework.name),
                idea=first_sentence(known.in_words(framework.idea)),
            )
            for framework in known.frameworks
        ]
    )


def _example(_asked: Question, known: Knowledge) -> Iterator[str]:
    yield known.say("example-general")
    for framework in known.frameworks[:1]:
        yield known.say(
            "framework-example",
            caption=known.in_words(framework.caption),
            example=known.in_words(framework.example),
        )


def _disagree(_asked: Question, known: Knowledge) -> Iterator[str]:
    yield known.say("disagree")
    yield listed([known.reason_line(each) for each in known.by_gain()[:_FEW]])


def _not_judged(_asked: Question, known: Knowledge) -> Iterator[str]:
    yield known.say("notjudged")
    names = [known.name(each.id) for each in known.evaluation.criteria if each.score is None]
    if names:
        yield known.say("notjudged-criteria", criteria=", ".join(names))


def _who(_asked: Question, known: Knowledge) -> Iterator[str]:
    yield known.say("who", rubric=known.in_words(known.rubric.name))
    yield known.say("who-asks")
    yield listed(usual_offers(known))


def _refused(asked: Question, known: Knowledge) -> Iterator[str]:
    yield known.say(f"cannot-{asked.intent}")
    criteria = ("evidence", "financial-case") if asked.intent == "truth" else (None,)
    comments = [each for criterion in criteria for each in known.comments("opportunity", criterion)]
    comments = (comments or known.comments("opportunity"))[:_FEW]
    if asked.intent == "rewrite":
        yield listed(
            [f"{known.name(each.criterion)}: {each.suggestion or each.comment}" for each in comments]
        )
    else:
        yield listed([_named(each, known) for each in comments])
    if not comments:
        yield known.say("nothing-left")


def unknown(asked: Question, known: Knowledge) -> Iterator[str]:
    """Say that there is no answer, and what comes nearest."""
    yield known.say("unknown")
    yield known.say("nearest")
    yield listed(nearest_offers(asked, known))


def _only(name: str) -> Callable[[Question, Knowledge], Iterator[str]]:
    def answered(_asked: Question, known: Knowledge) -> Iterator[str]:
        yield known.say(name)

    return answered


_REFUSED = frozenset({"rewrite", "truth", "predict", "idea"})
_ANSWERS: dict[str, Callable[[Question, Knowledge], Iterator[str]]] = {
    **dict.fromkeys(_REFUSED, _refused),
    **{name: _only(name) for name in ("greeting", "thanks", "progress", "privacy", "language")},
    "act": _gain,
    "begin": _begin,
    "criteria": _criteria,
    "disagree": _disagree,
    "example": _example,
    "five": _five,
    "frameworks": _frameworks,
    "gain": _gain,
    "length": _length,
    "notjudged": _not_judged,
    "passages": _passages,
    "reader": _reader,
    "score": _score,
    "strengths": _strengths,
    "strongest": _strongest,
    "summary": _summary,
    "weakest": _weakest,
    "weight": _weight,
    "who": _who,
    "why": _why,
}
"""What is asked → how it is answered. What asks for a criterion or framework and names none is unknown."""
