"""What the page of progress puts on the screen."""

from __future__ import annotations

import pytest
from reflex.state import State

from memo_coach.coaching.rubric.reader import shipped_rubrics
from memo_coach.services.progress.views import (
    CriterionPoint,
    CriterionProgress,
    Judge,
    LineChoice,
    MemoChoice,
    ProgressLine,
    ProgressPoint,
    ProgressView,
    Trend,
    Weakness,
)
from memo_coach.services.rubrics import RubricService
from memo_coach.ui.pages.help import page as help_page
from memo_coach.ui.states import progress
from memo_coach.ui.states.progress import ProgressState

BUILTIN, MODEL = Judge("builtin"), Judge("llm", "a/model")
PUMP = ProgressPoint("e1", "pump", "Buy a pump", 1, 2.0)
BRIDGE = ProgressPoint("e2", "bridge", "", 1, 3.5)


class OnlyRubrics:
    """Services of which the page needs the rubrics only."""

    rubrics = RubricService()


def line(
    *points: ProgressPoint, judge: Judge = BUILTIN, version: str = "1", **changes: object
) -> ProgressLine:
    values: dict[str, object] = {
        "judge": judge, "rubric": "investment-memo", "rubric_version": version, "evaluations": len(points),
        "total_points": len(points), "points": points, "best_score": 4.5, "trend": None, "criteria": (),
        "weaknesses": (),
    }  # fmt: skip
    return ProgressLine(**{**values, **changes})  # type: ignore[arg-type]


def view(
    *lines: ProgressLine, places: tuple[ProgressPoint, ...], memo: MemoChoice | None = None
) -> ProgressView:
    choices = [LineChoice(each.judge, each.rubric, each.rubric_version, each.evaluations) for each in lines]
    return ProgressView(
        evaluations=sum(each.evaluations for each in lines), choices=tuple(choices),
        memos=() if memo is None else (memo,), rubric="investment-memo", memo=memo, lines=lines,
        places=places,
    )  # fmt: skip


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> ProgressState:
    monkeypatch.setattr(progress, "current", OnlyRubrics)
    found = State(_reflex_internal_init=True).get_substate(  # type: ignore[call-arg]
        ProgressState.get_full_name().split(".")
    )
    assert isinstance(found, ProgressState)
    return found


def test_each_memo_is_a_row_with_a_score_for_each_line_the_newest_first(state: ProgressState) -> None:
    state._show(view(line(PUMP, BRIDGE), line(PUMP, judge=MODEL), places=(PUMP, BRIDGE)), "")
    assert [(row.number, row.title, row.scores) for row in state.rows] == [
        ("2", "Untitled memo", ["3.5", "–"]),
        ("1", "Buy a pump", ["2.0", "2.0"]),
    ]
    assert [each.name for each in state.lines] == ["Built-in coach", "a/model"]
    assert [each.value for each in state.coaches] == ["builtin", "llm:a/model"]
    assert "a/model: 2.0, once so far." in state.chart


def test_a_line_by_an_earlier_version_of_the_rubric_says_so(state: ProgressState) -> None:
    lines = line(BRIDGE, version="bbbbbbbbbbbb"), line(PUMP, version="aaaaaaaaaaaa")
    state._show(view(*lines, places=(PUMP, BRIDGE)), "")
    assert [each.name for each in state.lines] == [
        "Built-in coach",
        "Built-in coach, earlier version of the rubric (aaaaaa)",
    ]
    assert len(state.coaches) == 1


@pytest.mark.parametrize(
    ("trend", "said", "short"),
    [
        (None, "Too few scores for a trend", "Too few"),
        (Trend("rising", 0.6, 8), "Rising: +0.6 over the last 8", "Rising +0.6"),
        (Trend("falling", -0.4, 3), "Falling: −0.4 over the last 3", "Falling −0.4"),
        (Trend("level", 0.0, 5), "No clear trend over the last 5", "No clear trend"),
    ],
)
def test_a_trend_is_told_in_words(state: ProgressState, trend: Trend | None, said: str, short: str) -> None:
    points = CriterionPoint("e1", 1.0), CriterionPoint("e2", 3.0)
    of_line = line(PUMP, BRIDGE, trend=trend, criteria=(CriterionProgress("risks", "Risks", points, trend),))
    state._show(view(of_line, places=(PUMP, BRIDGE)), "")
    (shown,) = state.lines
    assert shown.trend == said
    assert [(each.now, each.best, each.trend) for each in shown.criteria] == [("3.0", "3.0", short)]


def test_what_a_model_found_is_told_by_its_criterion_alone(state: ProgressState) -> None:
    found = tuple(Weakness("risks", "Risks", finding, 2, "No risk is named.") for finding in ("a.b", ""))
    state._show(view(line(PUMP, BRIDGE, weaknesses=found), places=(PUMP, BRIDGE)), "")
    assert [each.comment for each in state.lines[0].weaknesses] == ["No risk is named.", ""]
    assert state.lines[0].weaknesses[0].found == "In 2 of the last 2"


def test_each_criterion_of_each_rubric_has_its_place_in_help() -> None:
    shown = str(help_page())
    for rubric in shipped_rubrics():
        for criterion in rubric.criteria:
            assert f'id:"{rubric.id}-{criterion.id}"' in shown


@pytest.mark.parametrize(("rubric", "criterion"), [("gone", "risks"), ("investment-memo", "gone")])
def test_where_help_does_not_know_a_criterion_its_rubrics_are_pointed_to(
    state: ProgressState, rubric: str, criterion: str
) -> None:
    assert progress._help_address(rubric, criterion) == "/help#rubrics"
    assert progress._help_address("investment-memo", "risks") == "/help#investment-memo-risks"


@pytest.mark.parametrize("value", ["", "llm", "llm:", "other", "other:x"])
def test_a_coach_that_there_is_not_is_as_good_as_none(value: str) -> None:
    assert progress._judge_of(value) is None


def test_criteria_are_named_in_the_language_of_the_page_whatever_the_memos_are_written_in(
    state: ProgressState,
) -> None:
    rubric = shipped_rubrics()[0]
    known, unknown = (
        CriterionProgress(id=each, name="Nombre de entonces", points=(CriterionPoint("e1", 2.0),), trend=None)
        for each in (rubric.criteria[0].id, "since-removed")
    )
    of_known = Weakness(known.id, known.name, "ask.amount-missing", 2, "No hay importe.")
    found = line(PUMP, criteria=(known, unknown), weaknesses=(of_known,), rubric=rubric.id)
    state._show(view(found, places=(PUMP,)), "")
    (shown,) = state.lines
    assert [each.name for each in shown.criteria] == [rubric.criteria[0].name["en"], "Nombre de entonces"]
    assert shown.weaknesses[0].criterion == rubric.criteria[0].name["en"]
