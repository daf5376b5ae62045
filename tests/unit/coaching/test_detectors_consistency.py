"""Figures that contradict each other are found; figures that differ for a reason are left alone."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.detectors.consistency.detector import read_consistency
from memo_coach.coaching.builtin.findings import Reading
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.parsing import parse_memo


def read(text: str, language: str = "en") -> Reading:
    return read_consistency(parse_memo(text, language), lexicon_of(language))


def kinds(reading: Reading) -> set[str]:
    return {finding.kind for finding in reading.findings}


@pytest.mark.parametrize(
    ("text", "wrong", "language"),
    [
        (
            "We need $1.2 million for the depot. It is late. Please approve $1.5 million today.",
            "$1.5 million",
            "en",
        ),
        (
            "Necesitamos 1,2 millones de euros para la obra. Pedimos que apruebe 1,5 millones de euros.",
            "1,5 millones de euros",
            "es",
        ),
    ],
)
def test_two_amounts_for_one_request_are_flagged_at_the_second(text: str, wrong: str, language: str) -> None:
    reading = read(text, language)
    found = [finding for finding in reading.findings if finding.kind == "consistency.amounts-differ"]
    assert reading.indicators["figures-consistent"] <= 0.3
    assert found[0].span is not None
    assert parse_memo(text, language).quote(found[0].span) == wrong


def test_the_subject_line_is_held_against_the_body() -> None:
    memo = (
        "To: Board\nFrom: Ann\nSubject: Approve $900,000 for trucks\n\nPlease approve {} for trucks by 1 May."
    )
    assert "consistency.amounts-differ" in kinds(read(memo.format("$960,000")))
    assert "consistency.amounts-differ" not in kinds(read(memo.format("$900,000")))


@pytest.mark.parametrize(
    "text",
    [
        "Please approve $1.2 million for the depot. We need an additional $400,000 a year for staff.",
        "We request $1.23 million. The board should approve $1,230,000.",
        "Please approve $1.2 million. Option B needs $1.5 million instead.",
        "Please approve $1.2 million. The first phase needs $700,000.",
        "NPV is $2.4 million. If volume falls by a fifth, NPV drops to $1.1 million.",
    ],
)
def test_amounts_that_differ_for_a_reason_are_left_alone(text: str) -> None:
    assert not [finding for finding in read(text).findings if finding.polarity == "opportunity"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Please approve $960,000. The project saves $312,000 a year and pays back in {} years.", "en"),
        (
            "Pedimos que apruebe 960.000 euros. Ahorra 312.000 euros al año y se recupera en {} años.",
            "es",
        ),
    ],
)
def test_a_payback_that_does_not_follow_from_capital_and_benefit_is_flagged(text: str, language: str) -> None:
    assert "consistency.payback-off" in kinds(read(text.format("5"), language))
    repaired = read(text.format("3"), language)
    assert "consistency.payback-off" not in kinds(repaired)
    assert repaired.indicators["figures-consistent"] > 0.6


def test_a_payback_in_months_is_compared_in_months() -> None:
    text = "Please approve $500,000. The change saves $250,000 a year, and the payback is {} months."
    assert "consistency.payback-off" not in kinds(read(text.format(24)))
    wrong = read(text.format(10))
    assert (
        next(f for f in wrong.findings if f.kind == "consistency.payback-off").values["expected"]
        == "24 months"
    )


@pytest.mark.parametrize("total", ["$1,200,000", "$1,500,000"])
def test_a_table_must_add_up_to_its_total(total: str) -> None:
    table = (
        "| Item | Amount |\n|---|---|\n| Machines | $700,000 |\n| Software | $300,000 |\n"
        f"| Training | $200,000 |\n| **Total** | **{total}** |\n"
    )
    assert ("consistency.sum-off" in kinds(read(table))) == (total == "$1,500,000")


def test_labelled_costs_are_added_up_to_the_total() -> None:
    items = "- Total costs: 15,000 USD\n- Costs: 5,000 USD\n- Costs: {} USD\n"
    assert "consistency.sum-off" in kinds(read(items.format("7,000")))
    assert "consistency.sum-off" not in kinds(read(items.format("10,000")))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Sales grew from 40 units to 50 units, a rise of {}.", "en"),
        ("Las ventas crecieron de 40 unidades a 50 unidades, una subida del {}.", "es"),
    ],
)
def test_a_percentage_must_follow_from_its_two_figures(text: str, language: str) -> None:
    assert "consistency.percent-off" in kinds(read(text.format("35 %"), language))
    assert "consistency.percent-off" not in kinds(read(text.format("25 %"), language))


def test_percentage_points_are_no_percentages_of_change() -> None:
    assert not read("The share rose from 40 to 50 points, and 12 % of it is new.").findings


def test_a_memo_without_anything_to_compare_is_neither_praised_nor_blamed() -> None:
    reading = read("We would like to tell you about the summer party.")
    assert reading.indicators["figures-consistent"] == 0.6
    assert not reading.findings


def test_figures_that_agree_everywhere_are_a_strength() -> None:
    text = (
        "We request $960,000. It saves $312,000 a year and pays back in 3.1 years. Please approve $960,000."
    )
    reading = read(text)
    assert reading.indicators["figures-consistent"] == 1.0
    assert kinds(reading) == {"consistency.agree"}
