"""The measure of a coach on documents made for it, against figures worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from memo_coach.coaching.evaluation import Comment
from memo_coach.coaching.measure.annotated import AnnotatedDocument, ElementFound, Remark
from memo_coach.coaching.measure.comparing import Comparison, Counts, Feedback, compare, usual_elements
from memo_coach.coaching.measure.figures import Measure, Missing, Spread, agreement, spread_of, summed_up
from tests.annotated import TEXT

FORM = "Form 27: fill in all fields of this section before you send it."
APPROVE = "Please approve $5,000 for a new pump"
ABSENT = ElementFound(expected=True, status="absent", quotes=())
PRESENT = ElementFound(expected=True, status="present", quotes=(APPROVE,))
PARTIAL = ElementFound(expected=True, status="partial", quotes=("$5,000",))
NOT_EXPECTED = ElementFound(expected=False, status="absent", quotes=())


def document(
    remarks: Sequence[str] = (),
    elements: Mapping[str, ElementFound] | None = None,
    criteria: Mapping[str, float | None] | None = None,
    **changes: Any,
) -> AnnotatedDocument:
    values: dict[str, Any] = {
        "name": "decision/01", "text": TEXT, "kind": "decision", "rubric": "decision-memo", "language": "en",
        "collection": "dev", "overall": 3.0, "not_prose": (FORM,), **changes,
    }  # fmt: skip
    return AnnotatedDocument(
        elements=elements or {},
        criteria=criteria or {},
        remarks=tuple(Remark(element, None, "Hm.") for element in remarks),
        **values,
    )


def comment(kind: Any, rank: int, **values: Any) -> Comment:
    places = {"start": None, "end": None, "quote": None}
    told = {"comment": "Hm.", "questions": (), **places, **values}
    return Comment(id=f"{kind[0]}{rank}", criterion="ask", kind=kind, rank=rank, **told)


def remark(rank: int, **values: Any) -> Comment:
    return comment("opportunity", rank, **values)


def strength(rank: int, **values: Any) -> Comment:
    return comment("strength", rank, **values)


def feedback(*comments: Comment, overall: float | None = 3.0, **criteria: float | None) -> Feedback:
    return Feedback(comments, criteria, overall)


ONE = document(
    ["risks", "costs", "costs", "other", "style:wordy"],
    {"ask": PRESENT, "risks": ABSENT, "costs": PARTIAL, "sources": ABSENT, "discount-rate": NOT_EXPECTED},
)
SAID_OF_ONE = feedback(
    remark(5, element="sources", claim="missing"),  # the sixth: shown later, but said
    remark(0, element="ask", claim="missing"),  # wrong: it is there
    remark(1, element="risks", claim="missing", quote="The old pump failed"),
    remark(2, element="discount-rate", claim="weak"),  # wrong: nobody expects it
    remark(3, finding="financial.costs-missing"),  # there in part: not wrong
    remark(4, finding="jargon.word", quote="fill in all fields"),  # wrong: the form's words
    strength(0, finding="ask.direct", quote="approve $5,000"),  # there, and at the reader's passage
    strength(1, element="risks", claim="there", quote="failed eleven times"),  # not there
    strength(2, finding="jargon.plain", quote="each failure"),  # about no element: does not count
    strength(3, element="ask", claim="there"),  # without a quote: does not count
)
TWO = document(
    ["risks", "ask", "ask", "sources", "other"],
    {"ask": PRESENT, "risks": ABSENT, "sources": ABSENT},
    kind="memo",
    language="es",
    overall=4.0,
)
SAID_OF_TWO = feedback(
    remark(0, element="ask", claim="weak"),  # expected and there: a matter of opinion
    strength(
        0, element="ask", claim="there", quote="Ann Lee orders the pump"
    ),  # there, said of another passage
)


def measure(*pairs: tuple[AnnotatedDocument, Feedback]) -> Measure:
    usual = usual_elements(annotated for annotated, _ in pairs)
    return summed_up([compare(annotated, said, usual) for annotated, said in pairs])


@pytest.fixture
def both() -> Measure:
    return measure((ONE, SAID_OF_ONE), (TWO, SAID_OF_TWO))


def test_false_remarks_are_those_on_what_is_there_not_expected_or_not_the_authors(both: Measure) -> None:
    assert both.whole.false == 50.0  # 3 of 6: three of the first five, none of the one
    assert both.by_kind["decision"].false == 60.0
    assert both.by_kind["memo"].false == 0.0


def test_a_remark_is_misplaced_where_it_quotes_what_the_author_did_not_say(both: Measure) -> None:
    assert both.whole.misplaced == 50.0  # 1 of the 2 that have a quote
    assert both.by_kind["memo"].misplaced is None


@pytest.mark.parametrize(
    ("quote", "is_misplaced"),
    [
        (FORM, True),
        ("  in all fields\n", True),
        (f"hours.\n\n{FORM}\n\nAnn", True),  # a long passage within a longer quote
        ("Ann Lee orders", False),
        ("Ann Lee, 27", False),
        ("  ", False),
    ],
)
def test_which_quotes_are_not_the_authors(quote: str, is_misplaced: bool) -> None:
    one = document(elements={}, not_prose=(FORM, "27"))
    found = measure((one, feedback(remark(0, quote=quote)))).whole
    assert (found.misplaced, found.false) == ((100.0, 100.0) if is_misplaced else (0.0, 0.0))


def test_a_hit_is_a_remark_of_the_reader_whose_element_is_shown_first(both: Measure) -> None:
    assert both.whole.hit == 71.4  # 3 of 3 and 2 of 4; "other" and style do not count
    assert both.by_language["es"].hit == 50.0


def test_the_usual_elements_are_the_five_that_readers_name_most_often_for_the_rubric() -> None:
    elements = dict.fromkeys(("ask", "risks", "costs", "sources", "options", "figures"), ABSENT)
    first = document(["ask", "risks", "costs", "sources", "options"], elements)
    second = document(["ask", "risks", "costs", "sources", "figures"], elements)
    other = document(["figures"] * 5, elements, rubric="policy-memo")
    assert usual_elements([first, second, other]) == {
        "decision-memo": frozenset({"ask", "risks", "costs", "sources", "options"}),
        "policy-memo": frozenset({"figures"}),
    }
    # Of fifteen remarks all but the one on figures in the second document.
    assert measure((first, feedback()), (second, feedback()), (other, feedback())).whole.hit_of_usual == 93.3


def test_strengths_count_where_their_element_is_known_and_quoted(both: Measure) -> None:
    assert both.whole.strengths_real == 66.7  # 2 of 3
    assert both.whole.strengths_at == 33.3  # 1 of 3


def test_what_is_said_to_be_missing_counts_wherever_it_is_said(both: Measure) -> None:
    assert both.whole.missing == {
        "ask": Missing(right=0, false=1, overlooked=0, quiet=1),
        "costs": Missing(right=0, false=0, overlooked=0, quiet=1),
        "risks": Missing(right=1, false=0, overlooked=1, quiet=0),
        "sources": Missing(right=1, false=0, overlooked=1, quiet=0),
    }
    assert both.whole.missing_precision == 66.7  # 2 right, 1 false
    assert both.whole.missing_recall == 50.0  # 2 right, 2 overlooked


def test_overall_scores_are_compared_in_points(both: Measure) -> None:
    assert both.whole.overall is not None
    assert both.whole.overall_difference == 0.5  # 0.0 and 1.0
    assert both.whole.overall_correlation is None  # two documents have no order to speak of


def test_a_document_that_the_coach_gives_no_score_is_left_out_of_that_comparison() -> None:
    one = document(criteria={"ask": 2.0, "risks": None, "plan": 4.0})
    found = measure((one, feedback(overall=None, ask=None, risks=3.0, plan=3.0))).whole
    assert found.overall is None
    assert {name: each.mean_difference for name, each in found.criteria.items()} == {"plan": 1.0}


@pytest.mark.parametrize(
    ("pairs", "correlation", "difference"),
    [
        ([(1, 2), (2, 1), (3, 4), (4, 3), (5, 5)], 0.8, 0.8),  # 1 - 6 * 4 / (5 * 24)
        ([(1, 1), (1, 2), (2, 2)], 0.5, 0.33),  # ranks 1.5, 1.5, 3 and 1, 2.5, 2.5
        ([(1, 5), (3, 3), (5, 1)], -1.0, 2.67),
        ([(3, 1), (3, 2), (3, 3)], None, 1.0),
        ([(1, 1), (2, 2)], None, 0.0),
    ],
)
def test_agreement_is_spearmans_rank_correlation_and_the_mean_difference(
    pairs: list[tuple[float, float]], correlation: float | None, difference: float
) -> None:
    agreed = agreement(pairs)
    assert agreed is not None
    assert (agreed.documents, agreed.rank_correlation) == (len(pairs), correlation)
    assert agreed.mean_difference == difference


def test_a_criterion_of_few_documents_counts_for_nothing_in_the_mean() -> None:
    def compared(number: int) -> Comparison:
        few = {"plan": (float(number), -float(number))} if number < 11 else {}
        return Comparison(document(), Counts(), {}, {"ask": (float(number), float(number)), **few}, None)

    figures = summed_up([compared(number) for number in range(12)]).whole
    assert (figures.criteria["ask"].rank_correlation, figures.criteria["plan"].rank_correlation) == (1, -1)
    assert figures.criteria_correlation == 1.0


def test_where_there_is_nothing_to_count_there_is_no_figure() -> None:
    whole = measure((document(), feedback())).whole
    assert (whole.false, whole.hit, whole.strengths_real, whole.missing_recall) == (None,) * 4


def test_several_runs_have_a_spread() -> None:
    wholes = [measure((ONE, said)).whole for said in (SAID_OF_ONE, feedback(), SAID_OF_TWO)]
    assert spread_of(wholes, "hit") == Spread(0.0, 0.0, 100.0)
    assert spread_of(wholes, "false") == Spread(0.0, 30.0, 60.0)  # the run without remarks has none
    assert spread_of(wholes, "overall_correlation") is None


def test_the_rank_decides_what_is_shown_first_and_then_the_priority() -> None:
    opportunities = [remark(0, element="ask", claim="missing", priority=0.1 * each) for each in range(5)]
    said = feedback(*opportunities, remark(0, element="risks", claim="missing", priority=0.05))
    assert measure((ONE, said)).whole.hit == 33.3  # risks comes fifth, before the one of priority 0
