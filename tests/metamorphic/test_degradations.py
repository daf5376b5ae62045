"""Worsening one idea of a strong memo lowers the criterion that judges it, and more than any other.

All six memos propose to spend money, so all are judged on the investment rubric, whose criteria name every
idea that the degradations touch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.some import some

from . import degradations as d
from .base_memo import BaseMemo, base_memos
from .judging import Judgement, judge

RUBRIC = "investment-memo"
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Case:
    """What a degradation must do."""

    degrade: d.Degradation
    criterion: str
    """The criterion that must fall, and fall most."""
    findings: tuple[frozenset[str], ...]
    """Of each set at least one kind of finding must appear."""
    may_fall_as_much: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Other criteria that may fall as much or more, each with the reason."""

    @property
    def name(self) -> str:
        return self.degrade.__name__.replace("_", "-")


def _one(*kinds: str) -> tuple[frozenset[str], ...]:
    return (frozenset(kinds),)


CASES = (
    Case(d.bury_the_ask, "ask", _one("bottom-line.buried", "bottom-line.missing", "bottom-line.weak")),
    Case(d.remove_the_ask, "ask", _one("ask.verb-missing", "ask.verb-weak")),
    Case(d.drop_the_amount, "ask", _one("ask.amount-missing", "ask.amount-weak")),
    Case(d.drop_the_deadline, "ask", _one("ask.deadline-missing", "ask.deadline-weak")),
    Case(d.delete_the_options, "options", _one("options.missing", "options.weak")),
    Case(d.strip_the_mitigations, "risks", _one("risks.unmitigated", "risks.mitigation-weak")),
    Case(d.delete_the_risks, "risks", _one("risks.missing", "risks.weak")),
    Case(
        d.make_the_numbers_vague,
        "evidence",
        _one("weasel-words.quantity", "evidence.figures-missing"),
        {"problem": "the figures that are gone are those that say how large the problem is"},
    ),
    Case(d.remove_the_sources, "evidence", _one("evidence.sources-missing", "evidence.sources-weak")),
    Case(
        d.remove_the_financial_figures,
        "financial-case",
        _one("financial.return-missing", "financial.return-weak"),
    ),
    Case(
        d.remove_the_sensitivity,
        "financial-case",
        _one("financial.sensitivity-missing", "financial.sensitivity-weak"),
    ),
    Case(d.delete_the_strategic_link, "strategic-fit", _one("strategy.missing", "strategy.weak")),
    Case(
        d.make_the_plan_passive,
        "plan",
        (frozenset({"plan.owners-missing", "plan.owners-weak"}), frozenset({"passive-voice.sentence"})),
    ),
    Case(
        d.remove_owners_and_dates,
        "plan",
        (
            frozenset({"plan.owners-missing", "plan.owners-weak"}),
            frozenset({"plan.dates-missing", "plan.dates-weak"}),
        ),
    ),
    Case(d.inject_jargon, "clarity", _one("jargon.word")),
    Case(
        d.merge_the_sentences,
        "clarity",
        _one("long-sentences.long", "long-sentences.very-long"),
        {
            "plan": "a step is a sentence: five steps in one sentence are hard to count for a reader as well",
            "financial-case": "two scenarios in one sentence count as one",
        },
    ),
    Case(d.pad_the_phrases, "clarity", _one("wordiness.phrase", "wordiness.empty")),
    Case(d.delete_the_headings, "clarity", _one("headings.missing")),
)

each_degradation_of_each_memo = pytest.mark.parametrize(
    ("case", "memo"),
    [pytest.param(case, memo, id=f"{case.name}-{memo.name}") for case in CASES for memo in base_memos()],
)


def _judged(case: Case, memo: BaseMemo) -> tuple[Judgement, Judgement]:
    degraded = case.degrade(memo)
    assert degraded != memo.text, "the degradation changed nothing"
    return judge(memo.text, RUBRIC, memo.language), judge(degraded, RUBRIC, memo.language)


def _falls(before: Judgement, after: Judgement) -> dict[str, float]:
    return {criterion: before.means[criterion] - after.means[criterion] for criterion in before.means}


FALLS_UNSEEN = frozenset({("remove-the-sensitivity", "cold-store-en-plain")})
"""A known fault: the fall is too small to show in one decimal. It is to fail here for as long as that is."""


@each_degradation_of_each_memo
def test_the_criterion_concerned_falls(case: Case, memo: BaseMemo, request: pytest.FixtureRequest) -> None:
    if (case.name, memo.name) in FALLS_UNSEEN:
        request.applymarker(pytest.mark.xfail(strict=True, reason="a known fault: see FALLS_UNSEEN"))
    before, after = _judged(case, memo)
    old, new = before.scores[case.criterion], after.scores[case.criterion]
    assert old is not None
    assert new is not None
    assert new < old


@each_degradation_of_each_memo
def test_the_criterion_concerned_falls_most(case: Case, memo: BaseMemo) -> None:
    falls = _falls(*_judged(case, memo))
    own = falls[case.criterion]
    more = {
        criterion: fall
        for criterion, fall in falls.items()
        if fall >= own and criterion != case.criterion and criterion not in case.may_fall_as_much
    }
    assert own > 0
    assert not more, f"{case.criterion} falls by {own:.3f}, but {more}"


RISES = frozenset({("merge-the-sentences", "crane-es-tables")})
"""A known fault: where clarity counts a twentieth, what the model makes of the joined sentences outweighs it
by a tenth of a point. It is to fail here for as long as that is so."""
OVERLOOKED = frozenset(
    {
        ("delete-the-risks", "cold-store-en-plain"),
        ("remove-the-financial-figures", "crane-es-tables"),
        ("remove-the-financial-figures", "laundry-en-tables"),
        ("remove-owners-and-dates", "claims-system-en-lists"),
        ("remove-owners-and-dates", "cold-store-en-plain"),
        ("remove-owners-and-dates", "fleet-es-lists"),
    }
)
"""Where the trained reading takes something else in the memo for what is gone, or was unsure of it before:
the score falls all the same. Each is to fail here for as long as that is so."""


@each_degradation_of_each_memo
def test_a_finding_says_what_is_wrong(case: Case, memo: BaseMemo, request: pytest.FixtureRequest) -> None:
    if (case.name, memo.name) in OVERLOOKED:
        request.applymarker(pytest.mark.xfail(strict=True, reason="overlooked: see OVERLOOKED"))
    before, after = _judged(case, memo)
    for kinds in some(case.findings):
        assert after.flags & kinds, f"none of {sorted(kinds)} among {sorted(after.flags)}"
        count = {
            when: sum(comment.finding in kinds for comment in judgement.evaluation.comments)
            for when, judgement in (("before", before), ("after", after))
        }
        assert count["after"] > count["before"], "the strong memo was flagged as much"


@each_degradation_of_each_memo
def test_the_overall_score_does_not_rise(case: Case, memo: BaseMemo, request: pytest.FixtureRequest) -> None:
    if (case.name, memo.name) in RISES:
        request.applymarker(pytest.mark.xfail(strict=True, reason="a known fault: see RISES"))
    before, after = _judged(case, memo)
    assert after.overall <= before.overall
