"""A line on what to change leads to what says more of it."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.evaluation import Comment, CriterionScore
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.rubric.reader import shipped_rubrics
from memo_coach.coaching.samples import samples
from memo_coach.services.review.destinations import Destination, destinations

CRITERIA = [
    CriterionScore(name, title, 50.0, 50.0, 2.0, "", coach="llm")
    for name, title in (("risks", "Risks"), ("money", "Financial case"), ("plan", "Plan"))
]


def remark(name: str, criterion: str, comment: str, quote: str | None = None) -> Comment:
    start, end = (None, None) if quote is None else (0, len(quote))
    return Comment(name, criterion, "opportunity", start, end, quote, comment, (), rank=int(name[1:]))


COMMENTS = [
    remark("c1", "risks", "Nobody is named who watches the supplier. A reader asks who would act."),
    remark("c2", "money", "The saving rests on one quarter alone.", "We save EUR 40,000 a year"),
]


@pytest.mark.parametrize("rubric", shipped_rubrics(), ids=lambda rubric: rubric.id)
def test_the_built_in_coachs_lines_lead_to_its_first_remarks(rubric: Rubric) -> None:
    for sample in samples(rubric.id, "en"):
        evaluation = evaluate_text(normalise_text(sample.text), rubric)
        lines = evaluation.overall.opportunities
        found = destinations(lines, evaluation.comments, evaluation.criteria)
        ranks = {comment.id: comment.rank for comment in evaluation.comments}
        assert [ranks[each.remark] for each in found] == list(range(len(lines)))


@pytest.mark.parametrize(
    ("line", "destination"),
    [
        ("Nobody is named who watches the supplier.", Destination("c1", "risks")),
        ("Say what “we save EUR 40,000” rests on.", Destination("c2", "money")),
        ("Name who watches the supplier, and who would act.", Destination("c1", "risks")),
        ("Name the risks and what is done about them.", Destination(criterion="risks")),
        ("Make the financial case complete.", Destination(criterion="money")),
        ("Set a plan with dates.", Destination()),  # no remark is about the plan
        ("Write shorter.", Destination()),
    ],
)
def test_a_models_line_leads_to_its_remark_or_else_to_those_on_its_criterion(
    line: str, destination: Destination
) -> None:
    assert destinations([line], COMMENTS, CRITERIA) == [destination]


def test_where_nothing_was_said_no_line_leads_anywhere() -> None:
    assert destinations(["Say what you want."], (), CRITERIA) == [Destination()]
    assert destinations([], COMMENTS, CRITERIA) == []
