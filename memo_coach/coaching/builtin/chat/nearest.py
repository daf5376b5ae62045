"""What the coach offers instead, where it has no answer: the questions nearest to the one that was asked."""

from __future__ import annotations

from collections.abc import Iterator

from memo_coach.coaching.builtin.chat.knowledge import Knowledge
from memo_coach.coaching.builtin.chat.understanding import Question
from memo_coach.coaching.builtin.chat.vocabulary import folded_words, vocabulary

MOST_OFFERS = 3
_STEM = 5
"""Letters by which two words count as forms of one."""


def nearest_offers(asked: Question, known: Knowledge) -> list[str]:
    """Return up to three questions that the coach can answer, those first that share words with this one."""
    marks = vocabulary(known.language).marks
    wanted = {_stem(word) for word in asked.words.split() if word not in marks and len(word) > 3}
    ranked = sorted(
        (
            (len(wanted & set(map(_stem, folded_words(text).split()))), -position, offer)
            for position, (offer, text) in enumerate(_offers(known))
        ),
        reverse=True,
    )
    near = [offer for shared, _, offer in ranked if shared]
    return list(dict.fromkeys((*near, *usual_offers(known))))[:MOST_OFFERS]


def usual_offers(known: Knowledge) -> list[str]:
    """Return questions that are worth asking of any evaluation."""
    offers = [known.say("offer-begin"), known.say("offer-gain")]
    open_ones = known.by_gain()
    if open_ones:
        offers.append(_about_score(open_ones[0].id, known))
    offers.append(known.say("offer-strengths"))
    if known.frameworks:
        offers.append(known.say("offer-framework", name=known.in_words(known.frameworks[0].name)))
    return offers


def _offers(known: Knowledge) -> Iterator[tuple[str, str]]:
    """Return every offer about a criterion or framework with the text by which it is found."""
    for criterion in known.rubric.criteria:
        judged = known.judged(criterion.id)
        comments = known.comments(criterion=criterion.id)
        text = " ".join(
            (
                *criterion.name.values(),
                *criterion.description.values(),
                *(comment.comment for comment in comments),
                "" if judged is None else judged.justification,
            )
        )
        yield _about_score(criterion.id, known), text
    for framework in known.frameworks:
        text = " ".join((*framework.name.values(), *framework.idea.values()))
        yield known.say("offer-framework", name=known.in_words(framework.name)), text


def _about_score(criterion_id: str, known: Knowledge) -> str:
    judged = known.judged(criterion_id)
    if judged is None or judged.score is None:
        return known.say("offer-meaning", criterion=known.name(criterion_id))
    return known.say("offer-criterion", criterion=known.name(criterion_id), score=known.number(judged.score))


def _stem(word: str) -> str:
    return word[:_STEM]
