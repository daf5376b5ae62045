"""Look whether the point of the memo stands at its beginning."""

from __future__ import annotations

from memo_coach.coaching.builtin.analysis.passages import holding, mentions
from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.detectors.ask.detector import REAL_ASK, asks_in
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

KINDS = ("bottom-line.missing", "bottom-line.buried", "bottom-line.up-front")

# How much of a point each kind of sentence makes where the memo asks for nothing.
_KINDS_OF_POINT = (("conclusion_phrases", 0.9), ("status_statements", 0.9), ("rule_verbs", 0.85))
_PURPOSE_ONLY = 0.25
_INTENT, _WITH_DETAIL = 0.05, 0.2
"""What the writer means to do is a beginning of the point; what for, how much and when add to it."""
_LEAST_RULES = 3
"""One "must" is a remark; three make a memo of rules."""
_SHORTEST = 40
"""Words; below this there is no opening to speak of."""


@detector(
    "bottom-line",
    indicators=("bottom-line",),
    source="US Army Regulation 25-50 on correspondence: put the main point at the beginning (bottom "
    "line up front); Barbara Minto, The Pyramid Principle: answer first",
)
def read_bottom_line(memo: Memo, lexicon: Lexicon) -> Reading:
    """Weigh every sentence that makes a point by where it stands, and take the best.

    In a memo that asks for a decision the point is the ask; what is on track or required is then detail.
    """
    facts = facts_of(memo, lexicon)
    points = _points(memo, lexicon, facts)
    if not points:
        if not memo.sentences:
            return Reading({"bottom-line": 0.0})
        return _missing(memo, lexicon)
    if any(weight >= 0.9 for _, weight in points) and memo.body_word_count < _SHORTEST:
        points = [
            (sentence, weight * ramp(memo.body_word_count, 0, _SHORTEST)) for sentence, weight in points
        ]
    offsets = _word_offsets(memo)
    total = max(1, memo.body_word_count)
    scored = [
        (weight * place_score(offsets[sentence.span.start], total), weight, sentence)
        for sentence, weight in points
    ]
    value, _, sentence = max(scored, key=lambda item: item[0])
    subject = memo.header_value("subject")
    if subject and mentions(subject, lexicon, "subject_ask_words"):
        value = min(1.0, value + 0.1)
    indicators = {"bottom-line": value}
    if value >= 0.75:
        strength = Finding("bottom-line.up-front", "bottom-line", "strength", sentence.span, value, 0.85)
        return Reading(indicators, (strength,))
    if max(weight for _, weight in points) < 0.5:
        return _missing(memo, lexicon, value)
    heaviest = max(scored, key=lambda item: item[1])[2]
    percent = str(round(100 * offsets[heaviest.span.start] / total))
    buried = Finding(
        "bottom-line.buried",
        "bottom-line",
        "opportunity",
        heaviest.span,
        1 - value,
        0.8,
        {"percent": percent},
    )
    return Reading(indicators, (buried,))


def place_score(words_before: int, total: int) -> float:
    """Score a place from 1 (up front) to 0 (buried).

    Up front is within 50 words, or within the first 12 % of a long memo (but 250 words at most): that is the
    opening paragraph or two. Past 150 words, and past a third of the memo, the reader has been kept waiting.
    In the last half even of a short memo it is an ending, not an opening.
    """
    share = words_before / total
    absolute = ramp(words_before, 150, 50)
    relative = ramp(share, 0.35, 0.12) * ramp(words_before, 500, 250)
    score = max(absolute, relative)
    return min(score, ramp(share, 0.75, 0.45)) if words_before > 25 else score


def _points(memo: Memo, lexicon: Lexicon, facts: MemoFacts) -> list[tuple[Sentence, float]]:
    asks = [(ask.sentence, ask.strength) for ask in asks_in(memo, lexicon)]
    asking = any(strength >= REAL_ASK for _, strength in asks)
    points = list(asks)
    for name, weight in _KINDS_OF_POINT:
        share = 0.35 if asking else 1.0
        found = _with(memo, lexicon, facts, name)
        if name == "rule_verbs" and len(found) < _LEAST_RULES:
            continue
        points.extend((sentence, weight * share) for sentence in found)
    points.extend((sentence, _PURPOSE_ONLY) for sentence in _with(memo, lexicon, facts, "purpose_phrases"))
    if not asking:
        points.extend(
            (sentence, _INTENT + _WITH_DETAIL * _details(memo, lexicon, facts, sentence))
            for sentence in _with(memo, lexicon, facts, "sign_intent")
        )
    return points


def _details(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentence: Sentence) -> int:
    """Count what the paragraph of an intention says beside it: what it is for, a figure, a date."""
    block = memo.blocks[sentence.block]
    aims = holding(memo, lexicon, "sign_aim")
    purposeful = any(other.span.start in aims for other in memo.sentences_of(block))
    return purposeful + bool(facts.figures_in(block.span)) + bool(facts.dates_in(block.span))


def _with(memo: Memo, lexicon: Lexicon, facts: MemoFacts, name: str) -> list[Sentence]:
    """Return the sentences of running prose that hold a phrase of a list."""
    starts = holding(memo, lexicon, name)
    return [
        s for s in memo.sentences if s.span.start in starts and facts.is_prose(s) and facts.is_evidence(s)
    ]


def _word_offsets(memo: Memo) -> dict[int, int]:
    """Return, for the start of each sentence, how many words of the body stand before it."""
    offsets: dict[int, int] = {}
    before = 0
    for sentence in memo.sentences:
        offsets[sentence.span.start] = before
        before += sentence.word_count
    return offsets


def _missing(memo: Memo, lexicon: Lexicon, value: float = 0.0) -> Reading:
    place: Span | None = next(
        (block.span for block in memo.blocks if block.kind == "paragraph" and memo.sentences_of(block)), None
    )
    subject = memo.header_value("subject")
    if subject and mentions(subject, lexicon, "subject_ask_words"):
        value = max(value, 0.15)
    finding = Finding("bottom-line.missing", "bottom-line", "opportunity", place, 1 - value, 0.7)
    return Reading({"bottom-line": value}, (finding,))
