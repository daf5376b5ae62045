"""What the coach says first is true on the face of it: faults that readers saw, in invented sentences."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.analysis.figures import numbers_in
from memo_coach.coaching.builtin.detectors.headings.detector import heading_worth
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.parser import parse_memo


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("The whole comes to 28.400,00- $ net.", 28_400, "USD"),
        ("The whole comes to 28.400,00 $ net.", 28_400, "USD"),
        ("We pay 1.250,- € a month.", 1_250, "EUR"),
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_an_amount_may_have_its_currency_and_a_dash_behind_it(
    text: str, value: int, unit: str, language: str
) -> None:
    (figure,) = numbers_in(text, lexicon_of(language))
    assert (figure.kind, figure.value, figure.unit) == ("money", value, unit)


def test_the_number_that_a_document_is_filed_under_tells_nothing() -> None:
    lexicon = lexicon_of("en")
    assert heading_worth("ADR-0017: Budget", lexicon) == heading_worth("Budget", lexicon)
    assert heading_worth("Milestone 2", lexicon) < heading_worth("Sales fell by 12 % in May", lexicon)


def test_lines_that_a_label_in_bold_leads_are_sentences_of_their_own() -> None:
    lines = [
        "**Fair shares** - nobody gets more than ten times what the lowest paid gets",
        "**Slow release** - nothing before the first year has passed",
        "**Open books** - every payment is told to all members",
    ]
    memo = parse_memo("We stand for three things.\n\n" + "\n".join(lines), "en")
    assert [sentence.text for sentence in memo.sentences][1:] == lines
