"""Look whether the memo ends with what happens next: who does what, by when."""

from __future__ import annotations

from memo_coach.coaching.builtin.analysis.passages import (
    Item,
    actors_in,
    dated,
    holding,
    items_of,
    owned,
    passages_about,
)
from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.detectors.ask.detector import asks_in
from memo_coach.coaching.builtin.detectors.plan.detector import is_future
from memo_coach.coaching.builtin.findings import Finding, Reading, detector
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

KINDS = ("next-step.missing", "next-step.vague", "next-step.clear")

_ENDING = 0.7
"""The last three tenths of the body are its ending."""


@detector(
    "next-step",
    indicators=("next-step",),
    source="Own rule: a memo ends with what happens next, who does it and by when. On writing for busy "
    "readers: Garner, 'HBR Guide to Better Business Writing' (2012)",
)
def read_next_step(memo: Memo, lexicon: Lexicon) -> Reading:
    """Weigh each candidate: what is to happen 0.34, who does it 0.33, when 0.33; the best one counts."""
    facts = facts_of(memo, lexicon)
    passages = passages_about(memo, lexicon, "next_step_headings")
    candidates: list[Item] = []
    for passage in passages:
        candidates.extend(item for item in items_of(passage, memo, lexicon, facts) if item.sentences)
    if not candidates:
        candidates = _ending(memo, lexicon, facts)
    if not candidates:
        place = passages[0].place if passages else _last_block(memo)
        return Reading(
            {"next-step": 0.0}, (Finding("next-step.missing", "next-step", "opportunity", place, 1.0, 0.75),)
        )
    best = max(candidates, key=lambda item: _weight(item, lexicon, facts))
    value = min(1.0, _weight(best, lexicon, facts))
    indicators = {"next-step": value}
    if value >= 0.9:
        return Reading(
            indicators, (Finding("next-step.clear", "next-step", "strength", best.place, value, 0.8),)
        )
    if value < 0.8:
        vague = Finding("next-step.vague", "next-step", "opportunity", best.place, 1 - value, 0.65)
        return Reading(indicators, (vague,))
    return Reading(indicators)


def _weight(item: Item, lexicon: Lexicon, facts: MemoFacts) -> float:
    return 0.34 + 0.33 * owned(item, lexicon, facts) + 0.33 * dated(item, lexicon, facts)


def _ending(memo: Memo, lexicon: Lexicon, facts: MemoFacts) -> list[Item]:
    """Return sentences at the end that say what happens next; anywhere, those with "once approved"."""
    asks = {ask.sentence.span.start for ask in asks_in(memo, lexicon)}
    limit = memo.body_word_count * _ENDING
    named = holding(memo, lexicon, "next_step_phrases")
    found: list[Item] = []
    before = 0
    for sentence in memo.sentences:
        late = before >= limit
        before += sentence.word_count
        if not facts.is_prose(sentence) or not facts.is_evidence(sentence) or sentence.span.start in asks:
            continue
        if sentence.span.start in named or (late and _promises(memo, lexicon, facts, sentence)):
            found.append(Item(sentence.span, (sentence,)))
    return found


def _promises(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentence: Sentence) -> bool:
    """Whether a sentence says that somebody will do something by a date; a forecast alone does not."""
    if not any(date.kind != "year" for date in facts.dates_in(sentence.span)):
        return False
    if actors_in(sentence, facts, lexicon):
        return True
    return facts.is_first_person(sentence) and is_future(memo, lexicon, facts, sentence)


def _last_block(memo: Memo) -> Span | None:
    """Return the last block if it is a paragraph or a list item: there the next step belongs."""
    last = next((block for block in reversed(memo.blocks) if memo.sentences_of(block)), None)
    return last.span if last is not None and last.kind in {"paragraph", "list_item"} else None
