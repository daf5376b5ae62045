"""Look whether alternatives are weighed, doing nothing among them, each with what it costs."""

from __future__ import annotations

from memo_coach.coaching.builtin.analysis.option_list import Option, options_in, weighed
from memo_coach.coaching.builtin.analysis.passages import (
    Passage,
    holds,
    passages_about,
    place_among,
)
from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.analysis.signs import part_earned, sentences_with
from memo_coach.coaching.builtin.detectors.ask.detector import best_ask
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

KINDS = (
    "options.missing",
    "options.only-one",
    "options.not-compared",
    "options.compared",
    "options.do-nothing-missing",
    "options.do-nothing-weighed",
    "options.costs-missing",
    "options.costs-given",
)

_ENOUGH_SAID_APART, _SAID_APART = 4, 0.65
"""Sentences that set the proposal off from something else, and what they earn where no option is told."""
_IN_WORDS = 0.38
"""What "cheaper than" and "more than" are worth where no figure says by how much."""
_ENOUGH_COMPLAINTS, _INFERRED = 6, 0.38
"""A reader who is told what is wrong today can guess what doing nothing would cost; it is not weighed yet."""


@detector(
    "options",
    indicators=("options-compared", "options-do-nothing", "options-costs"),
    source="HM Treasury, The Green Book (2022), chapters 4 and 5: from a long list of options to a short "
    "one with business as usual as the benchmark, each with its costs and benefits",
)
def read_options(memo: Memo, lexicon: Lexicon) -> Reading:
    """Collect alternatives under an options heading, by label ("Option B") and by words ("rather than")."""
    facts = facts_of(memo, lexicon)
    passages = passages_about(memo, lexicon, "option_headings")
    options = options_in(memo, lexicon, passages)
    compared_in_words = weighed(memo, lexicon, facts)
    nothing, nothing_span = _do_nothing(memo, lexicon, facts, options)
    count = float(len(options))
    if not options:
        # Without a list or labels, each sentence that weighs an alternative stands for half of one
        # beside the proposal.
        count = min(2.0, 0.75 * len(compared_in_words))
    if nothing > 0 and not any(option.nothing for option in options):
        count += 1
    reasons = _share_with_reasons(memo, lexicon, options, compared_in_words)
    # One option is no choice; two with reasons are one, three suffice (our own judgement).
    compared = ramp(count, 0.25, 3) * (0.5 + 0.5 * reasons)
    apart = part_earned(memo, lexicon, "sign_comparison", enough=_ENOUGH_SAID_APART, at_most=_SAID_APART)
    inferred = part_earned(memo, lexicon, "complication_words", enough=_ENOUGH_COMPLAINTS, at_most=_INFERRED)
    spans = [option.span for option in options] or [sentence.span for sentence in compared_in_words]
    costs = _costs(facts, options, compared_in_words)
    told_apart = sentences_with(memo, lexicon, "sign_comparison")
    measured = sum(holds(memo, lexicon, sentence, "comparison_words") for sentence in told_apart)
    indicators = {
        "options-compared": max(compared, apart),
        "options-do-nothing": max(nothing, inferred),
        "options-costs": max(costs, min(apart, _IN_WORDS * ramp(measured, 0, _ENOUGH_SAID_APART))),
    }
    ask = best_ask(memo, lexicon)
    place = passages[0].place if passages else ask.sentence.span if ask else None
    findings = _on_comparison(count, compared, reasons, spans, place)
    if spans:
        findings += _on_details(nothing, nothing_span, costs, passages, spans)
    return Reading(indicators, tuple(findings))


def _on_comparison(
    count: float, compared: float, reasons: float, spans: list[Span], place: Span | None
) -> list[Finding]:
    if count < 0.75:
        return [Finding("options.missing", "options-compared", "opportunity", place, 1.0, 0.8)]
    span = spans[0] if spans else place
    if count < 1.75:
        return [Finding("options.only-one", "options-compared", "opportunity", span, 1 - compared, 0.65)]
    if reasons < 0.4:
        return [Finding("options.not-compared", "options-compared", "opportunity", span, 1 - compared, 0.6)]
    if compared >= 0.6:
        values = {"count": str(round(count))}
        return [Finding("options.compared", "options-compared", "strength", span, compared, 0.8, values)]
    return []


def _on_details(
    nothing: float, nothing_span: Span | None, costs: float, passages: tuple[Passage, ...], spans: list[Span]
) -> list[Finding]:
    place = passages[0].place if passages else spans[0]
    findings: list[Finding] = []
    if nothing == 0:
        findings.append(
            Finding("options.do-nothing-missing", "options-do-nothing", "opportunity", place, 1.0, 0.75)
        )
    elif nothing >= 0.9:
        findings.append(
            Finding(
                "options.do-nothing-weighed", "options-do-nothing", "strength", nothing_span, nothing, 0.75
            )
        )
    if costs < 0.5 and len(spans) > 1:
        findings.append(
            Finding("options.costs-missing", "options-costs", "opportunity", spans[0], 1 - costs, 0.75)
        )
    elif costs >= 0.9:
        findings.append(Finding("options.costs-given", "options-costs", "strength", spans[0], costs, 0.75))
    return findings


def _do_nothing(
    memo: Memo, lexicon: Lexicon, facts: MemoFacts, options: list[Option]
) -> tuple[float, Span | None]:
    """Weigh "do nothing": 1.0 with what it would cost or why it will not do, 0.6 for the bare mention."""
    best: tuple[float, Span | None] = (0.0, None)
    for match in lexicon.phrases("do_nothing").find(memo.words):
        place = memo.words[match.first].span
        sentence = memo.sentence_at(place.start)
        if sentence is None:
            block = memo.block_at(place.start)
            option = next((o for o in options if o.span.contains(place)), None)
            if block is None or option is None:
                continue
            sentences, span = option.sentences, block.span
        else:
            if not facts.is_evidence(sentence) and not facts.figures_in(sentence.span):
                continue
            siblings = memo.sentences_of(memo.blocks[sentence.block])
            at = place_among(siblings, sentence)
            sentences, span = list(siblings[at : at + 2]), sentence.span
        weighed = any(
            facts.figures_in(other.span) or holds(memo, lexicon, other, "comparison_words")
            for other in sentences
        )
        value = 1.0 if weighed else 0.6
        if value > best[0]:
            best = (value, span)
    return best


def _share_with_reasons(
    memo: Memo, lexicon: Lexicon, options: list[Option], weighed: list[Sentence]
) -> float:
    """Return the share of options that say more than their name: a comparison, a reason, a figure."""
    if not options:
        return 1.0 if weighed else 0.0
    facts = facts_of(memo, lexicon)
    reasoned = sum(
        any(
            holds(memo, lexicon, sentence, "comparison_words") or facts.figures_in(sentence.span)
            for sentence in option.sentences
        )
        for option in options
    )
    return max(reasoned / len(options), min(1.0, len(weighed) / len(options)))


def _costs(facts: MemoFacts, options: list[Option], weighed: list[Sentence]) -> float:
    """Return the share of the options (of two at least) that carry a figure of money, share or quantity."""
    if options:
        priced = sum(
            any(facts.amounts_in(s.span) or facts.percentages_in(s.span) for s in option.sentences)
            for option in options
        )
        return min(1.0, priced / max(2, len(options)))
    return min(1.0, sum(bool(facts.amounts_in(sentence.span)) for sentence in weighed) / 2)
