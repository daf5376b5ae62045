"""What was not found is told beside the passage that it would belong to, where the memo has a fitting one."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.elements.catalogue import ELEMENTS
from memo_coach.coaching.builtin.elements.reading import ElementReading, MemoReading, Passage
from memo_coach.coaching.builtin.findings import Finding
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.builtin.ranking import RankedFinding
from memo_coach.coaching.builtin.related import placed_beside
from memo_coach.coaching.builtin.slots import slot_values
from memo_coach.coaching.memo.model import Memo, Span
from memo_coach.coaching.memo.parser import parse_memo

OPENING = "The two pumps at the harbour are old and often stand still."
ASK = "We ask the board to replace both of them before winter comes."
STEPS = "The harbour crew takes the old pumps out and puts the new ones in."
TEXT = f"{OPENING}\n\n{ASK}\n\n{STEPS}\n\nWe thank everybody who has helped us with this work."
MEMO = parse_memo(TEXT, "en")
BY_NAME = {element.name: element for element in ELEMENTS}


def span_of(words: str, memo: Memo = MEMO) -> Span:
    start = memo.text.index(words)
    return Span(start, start + len(words))


def found(name: str, span: Span, *, clear: float = 0.9) -> ElementReading:
    return ElementReading(BY_NAME[name], 0.0, 0.9, 0.9, 0.5, 1.0, 1.0, (Passage(span, clear, 1.0),))


def missed(name: str, state: str = "missing") -> RankedFinding:
    element = BY_NAME[name]
    kind = {"missing": element.missing, "weak": element.weak, "more": element.more}[state]
    claim = "missing" if state == "missing" else "weak"
    finding = Finding(
        kind, element.indicator, "opportunity", None, 1.0, 0.9, element=name, claim=claim, importance=0.5
    )
    return RankedFinding(finding, "plan", 0.5, 0, None)


def read(*readings: ElementReading, own: tuple[str, ...] = (OPENING, ASK, STEPS)) -> MemoReading:
    return MemoReading(readings, (), (), tuple(map(span_of, own)))


def beside(item: RankedFinding, reading: MemoReading, memo: Memo = MEMO) -> Finding:
    (placed,) = placed_beside(memo, lexicon_of("en"), [item], reading)
    return placed.finding


@pytest.mark.parametrize("state", ["missing", "weak"])
def test_what_is_missed_is_told_beside_what_it_would_belong_to(state: str) -> None:
    finding = beside(missed("plan-dates", state), read(found("plan-steps", span_of(STEPS))))
    assert (finding.span, finding.role) == (span_of(STEPS), "related")
    assert slot_values(MEMO, finding) == {"related": STEPS.rstrip(".")}


def test_one_question_more_stays_with_the_memo_as_a_whole() -> None:
    assert beside(missed("plan-dates", "more"), read(found("plan-steps", span_of(STEPS)))).span is None


@pytest.mark.parametrize(
    "reading",
    [
        pytest.param(read(), id="there is none"),
        pytest.param(read(found("plan-steps", span_of(STEPS), clear=0.4)), id="it is doubtful"),
        pytest.param(read(found("plan-steps", span_of(STEPS)), own=(OPENING,)), id="others may say it"),
        pytest.param(read(found("plan-steps", span_of("harbour crew"))), id="it says too little"),
    ],
)
def test_without_a_fitting_passage_it_is_told_of_the_memo_as_a_whole(reading: MemoReading) -> None:
    finding = beside(missed("plan-dates"), reading)
    assert (finding.span, finding.role) == (None, "said")


@pytest.mark.parametrize(
    ("element", "related", "sentence"),
    [
        ("plan-dates", "plan-steps", "The crew takes the old pumps out by 3 March 2027."),
        ("ask-amount", "ask", "We ask the board to spend £40,000 on two new pumps."),
        ("plan-owners", "plan-steps", "Ana Costa will take the old pumps out of the harbour."),
        ("baselines", "figures", "The pumps stand still more often than anybody likes."),
        ("exceptions", "rules", "Who may take the old pumps out of the harbour?"),
        ("exceptions", "rules", "Rule: nobody may take the old pumps out of the harbour."),
    ],
)
def test_nothing_is_missed_beside_a_passage_that_gives_no_cause_to(
    element: str, related: str, sentence: str
) -> None:
    memo = parse_memo(f"{sentence}\n\n{OPENING}", "en")
    span = Span(0, len(sentence))
    reading = MemoReading((found(related, span),), (), (), (span,))
    assert beside(missed(element), reading, memo).span is None


def test_the_main_point_is_missed_beside_the_first_sentence_that_is_surely_the_authors() -> None:
    assert beside(missed("bottom-line"), read(own=(ASK, STEPS))).span == span_of(ASK)


def test_of_those_shown_first_no_two_stand_in_the_same_block() -> None:
    both = [missed("ask-deadline"), missed("risks")]
    reading = read(found("ask", span_of(ASK)), found("plan-steps", span_of(STEPS)))
    first, second = placed_beside(MEMO, lexicon_of("en"), both, reading)
    assert (first.finding.span, second.finding.span) == (span_of(ASK), span_of(STEPS))
    (alone,) = placed_beside(MEMO, lexicon_of("en"), both[1:], read(found("ask", span_of(ASK))))
    assert alone.finding.span == span_of(ASK)
    _, none_left = placed_beside(MEMO, lexicon_of("en"), both, read(found("ask", span_of(ASK))))
    assert none_left.finding.span is None
