"""Look whether the reader learns where things stand, and what makes that a problem now."""

from __future__ import annotations

from memo_coach.coaching.builtin.analysis.passages import (
    Passage,
    holding,
    passages_about,
    place_among,
)
from memo_coach.coaching.builtin.analysis.prose import Figure, MemoFacts, facts_of
from memo_coach.coaching.builtin.detectors.ask.detector import asks_in
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

KINDS = (
    "situation.missing",
    "situation.without-facts",
    "situation.clear",
    "situation.complication-missing",
    "situation.complication-unsized",
    "situation.problem-sized",
)

_A_COUNT = 100
"""From here on a bare number counts something; below it may number pages, options or years."""
_OPENING_SHARE = 0.5
"""The first half of the body.

What is said of the present after that serves the argument, not the reader's bearings.
"""


_UNMARKED = 0.7
"""What a sentence with figures is worth that neither speaks of today nor stands under a heading that does."""
_MOST_IN_ONE = 3.0
_LEAST_BLOCKS = 4
"""A memo of a few paragraphs may speak of the present in any of them."""


@detector(
    "situation",
    indicators=("situation", "complication"),
    source="Barbara Minto, The Pyramid Principle: situation, complication, question, answer",
)
def read_situation(memo: Memo, lexicon: Lexicon) -> Reading:
    """Count sentences on the present that carry facts, and those on the problem that say its size."""
    facts = facts_of(memo, lexicon)
    passages = passages_about(memo, lexicon, "situation_headings")
    opening = _opening(memo, passages)
    asks = {ask.sentence.span.start for ask in asks_in(memo, lexicon)}
    present = holding(memo, lexicon, "situation_words")
    troubled = holding(memo, lexicon, "complication_words")
    headed = {block.index for passage in passages for block in passage.blocks}
    conditions = lexicon.words("conditions")
    gains = holding(memo, lexicon, "gain_words")
    elsewhere = _blocks_about_the_proposal(memo, lexicon) - headed
    situation: list[tuple[float, Sentence]] = []
    trouble: list[tuple[float, Sentence]] = []
    for sentence in opening:
        start = sentence.span.start
        if start in asks or sentence.block in elsewhere or not facts.is_prose(sentence):
            continue
        if memo.words[sentence.first_word].lower in conditions:
            continue  # what would be is no present state
        figures = sum(_is_measure(figure) for figure in facts.figures_in(sentence.span))
        factual = figures > 0
        if (start in present and start not in gains) or sentence.block in headed:
            situation.append((_weight(figures, 0.35), sentence))
        elif factual and start not in gains:
            situation.append((_UNMARKED * _weight(figures, 0.0), sentence))
        if start in troubled:
            sized = factual or _is_sized_next(memo, facts, sentence)
            trouble.append((_weight(max(figures, int(sized)), 0.4), sentence))
    return _judge(memo, passages, situation, trouble)


def _weight(figures: int, bare: float) -> float:
    """Weigh a sentence by its figures, so that four facts count alike in one sentence or in four."""
    return min(_MOST_IN_ONE, 0.5 + 0.5 * figures) if figures else bare


def _blocks_about_the_proposal(memo: Memo, lexicon: Lexicon) -> set[int]:
    """Return the blocks on options, risks and plan: what they lament is not the present state."""
    return {
        block.index
        for name in ("option_headings", "risk_headings", "plan_headings")
        for passage in passages_about(memo, lexicon, name)
        for block in passage.blocks
    }


def _is_measure(figure: Figure) -> bool:
    """Whether it is a measurement, or a count in the hundreds, and not "three options"."""
    return figure.kind != "plain" or figure.value >= _A_COUNT


def _is_sized_next(memo: Memo, facts: MemoFacts, sentence: Sentence) -> bool:
    """Whether the next sentence of the paragraph measures what this one laments."""
    siblings = memo.sentences_of(memo.blocks[sentence.block])
    following = siblings[place_among(siblings, sentence) + 1 :][:1]
    return any(_is_measure(figure) for other in following for figure in facts.figures_in(other.span))


def _judge(
    memo: Memo,
    passages: tuple[Passage, ...],
    situation: list[tuple[float, Sentence]],
    trouble: list[tuple[float, Sentence]],
) -> Reading:
    # Three sentences with facts set the scene; one with facts and one without state a problem.
    described = ramp(sum(weight for weight, _ in situation), 0, 3)
    problem = ramp(sum(weight for weight, _ in trouble), 0, 1.5)
    if all(weight < 1 for weight, _ in trouble):
        problem = min(0.5, problem)  # however often it is lamented, it is not measured
    findings: list[Finding] = []
    place = _place(memo, passages)
    if described < 0.3:
        kind = "situation.without-facts" if situation else "situation.missing"
        span = situation[0][1].span if situation else place
        findings.append(Finding(kind, "situation", "opportunity", span, 1 - described, 0.6))
    elif described >= 0.75:
        best = max(situation, key=lambda item: item[0])[1]
        findings.append(Finding("situation.clear", "situation", "strength", best.span, described, 0.7))
    if not trouble:
        findings.append(
            Finding("situation.complication-missing", "complication", "opportunity", place, 1.0, 0.6)
        )
    elif all(weight < 1 for weight, _ in trouble):
        first = trouble[0][1]
        findings.append(
            Finding(
                "situation.complication-unsized", "complication", "opportunity", first.span, 1 - problem, 0.65
            )
        )
    elif problem >= 0.6:
        best = max(trouble, key=lambda item: item[0])[1]
        findings.append(
            Finding("situation.problem-sized", "complication", "strength", best.span, problem, 0.7)
        )
    return Reading({"situation": described, "complication": problem}, tuple(findings))


def _opening(memo: Memo, passages: tuple[Passage, ...]) -> list[Sentence]:
    """Return the sentences of the first half of the body and those under a heading for the situation."""
    headed = {block.index for passage in passages for block in passage.blocks}
    limit = max(_LEAST_BLOCKS, len(memo.blocks) * _OPENING_SHARE)
    return [sentence for sentence in memo.sentences if sentence.block < limit or sentence.block in headed]


def _place(memo: Memo, passages: tuple[Passage, ...]) -> Span | None:
    if passages:
        return passages[0].place
    paragraphs = (
        block.span for block in memo.blocks if block.kind == "paragraph" and memo.sentences_of(block)
    )
    return next(paragraphs, None)
