"""What the overall feedback puts on the screen: two coaches side by side, and who said what."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from reflex.state import State

from memo_coach.coaching.evaluation import CoachKind, CriterionScore, Evaluation, OverallJudgement, Provenance
from memo_coach.services.errors import NotFound, ServiceError
from memo_coach.services.rubrics import RubricService
from memo_coach.services.views import EvaluationView, Usage
from memo_coach.ui.states import evaluations, feedback
from memo_coach.ui.states.feedback import CriterionOnScreen, FeedbackState
from memo_coach.web.errors import Refused

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
IDS = ("ask", "risks", "plan")
MODEL = Provenance("llm", "test/model")


def criterion(name: str, score: float | None, coach: CoachKind) -> CriterionScore:
    return CriterionScore(
        id=name, name=name.title(), weight=100 / 3, effective_weight=100 / 3, score=score,
        justification=f"{coach} on {name}", coach=coach,
    )  # fmt: skip


def judgement(summary: str, score: float | None = 3.0, *notices: str) -> OverallJudgement:
    return OverallJudgement(score, summary, ("Good.",), ("Better.",), notices)


def first_reading(*scores: float | None) -> Evaluation:
    criteria = [criterion(name, score, "builtin") for name, score in zip(IDS, scores, strict=True)]
    return Evaluation("en", "investment-memo", "builtin", judgement("First."), tuple(criteria), ())


def view(**changes: Any) -> EvaluationView:
    """Return an evaluation by a model of which nothing has come yet."""
    fresh = EvaluationView(
        evaluation_id="e1", status="running", created=NOON, finished=None, memo_id="m1", version=1,
        title="A pump", text="Buy a pump.", language="en", words=3, rubric="investment-memo",
        rubric_version="1", coach="llm", provenance=None, second_opinion=None, usage=Usage(),
        removed_characters=0, changes=1, done_steps=1, total_steps=5, overall=None, criteria=(),
        comments=(), seconds=None, error=None,
    )  # fmt: skip
    return dataclasses.replace(fresh, **changes)


def done(criteria: tuple[CriterionScore, ...], **changes: Any) -> EvaluationView:
    return view(
        **{
            "status": "done",
            "criteria": criteria,
            "overall": judgement("Last."),
            "provenance": MODEL,
            "second_opinion": first_reading(2.0, 2.0, 2.0),
            "seconds": 4.25,
            **changes,
        }
    )


class OnlyRubrics:
    """Services of which the page needs the rubrics only."""

    rubrics = RubricService()


async def named(_view: EvaluationView) -> str:
    return "Investment memo"


async def no_history(_state: object, _view: EvaluationView) -> None:
    return None


async def shown(what: EvaluationView, monkeypatch: pytest.MonkeyPatch) -> FeedbackState:
    monkeypatch.setattr(evaluations, "_name_of_rubric", named)
    monkeypatch.setattr(feedback, "_history", no_history)
    monkeypatch.setattr(feedback, "current", OnlyRubrics)
    found = State(_reflex_internal_init=True).get_substate(  # type: ignore[call-arg]
        FeedbackState.get_full_name().split(".")
    )
    assert isinstance(found, FeedbackState)
    await found._show(what)
    return found


def by_id(state: FeedbackState) -> dict[str, CriterionOnScreen]:
    return {each.id: each for each in state.criteria}


async def test_before_anything_is_there_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    state = await shown(view(), monkeypatch)
    assert (state.score, state.summary, state.criteria, state.first_reading) == ("", "", [], False)
    assert state.judged_by == "the model"


async def test_the_first_reading_is_all_there_is_while_the_model_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = await shown(view(second_opinion=first_reading(1.5, 2.0, None)), monkeypatch)
    assert state.first_reading
    assert (state.score, state.summary) == ("3.0", "First.")
    assert [each.score for each in state.criteria] == ["1.5", "2.0", ""]
    assert all(each.provisional and each.tag == "First reading" for each in state.criteria)
    assert not any(each.second_score or each.apart for each in state.criteria)


async def test_the_models_criteria_take_the_place_of_the_first_readings_in_the_rubrics_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running = view(
        second_opinion=first_reading(1.5, 2.0, 2.5),
        provenance=MODEL,
        criteria=(criterion("risks", 4.0, "llm"),),
    )
    state = await shown(running, monkeypatch)
    assert [each.id for each in state.criteria] == list(IDS)
    risks = by_id(state)["risks"]
    assert (risks.score, risks.justification, risks.provisional) == ("4.0", "llm on risks", False)
    assert (risks.tag, risks.second_score) == ("", "2.0")
    assert {each.id for each in state.criteria if each.provisional} == {"ask", "plan"}
    assert state.first_reading, "the overall score is still the first reading's"
    assert state.summary == "First."


async def test_the_finished_judgement_is_the_models_with_the_second_opinion_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finished = done(tuple(criterion(name, 2.5, "llm") for name in IDS))
    state = await shown(finished, monkeypatch)
    assert not state.first_reading
    assert (state.summary, state.judged_by) == ("Last.", "test/model")
    assert not any(each.provisional or each.tag for each in state.criteria)
    assert {each.second_score for each in state.criteria} == {"2.0"}
    assert {each.second_justification for each in state.criteria} == {f"builtin on {name}" for name in IDS}


@pytest.mark.parametrize(
    ("model", "builtin", "difference"),
    [
        (3.0, 2.0, ""),
        (2.0, 3.0, ""),
        (3.1, 2.0, "1.1"),
        (2.0, 3.1, "1.1"),
        (5.0, 1.0, "4.0"),
        (3.3, 2.3, ""),  # 0.99… in binary
        (4.1, 3.1, ""),  # 1.00…04 in binary
        (None, 2.0, ""),
        (2.0, None, ""),
    ],
)
async def test_only_more_than_a_point_is_far_apart(
    model: float | None, builtin: float | None, difference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = done(
        tuple(criterion(name, model, "llm") for name in IDS),
        second_opinion=first_reading(builtin, builtin, builtin),
    )
    ask = by_id(await shown(finished, monkeypatch))["ask"]
    assert bool(ask.apart) == bool(difference)
    assert difference in ask.apart


async def test_where_the_built_in_coach_stood_in_it_says_so_and_has_no_second_opinion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    criteria = (*[criterion(name, 4.0, "llm") for name in IDS[:2]], criterion("plan", 2.0, "builtin"))
    found = by_id(await shown(done(criteria), monkeypatch))
    assert found["plan"].tag == "By the built-in coach"
    assert (found["plan"].second_score, found["plan"].apart) == ("", "")
    assert found["ask"].tag == ""


async def test_a_fallback_is_the_built_in_coachs_and_has_no_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    fell_back = done(
        tuple(criterion(name, 2.0, "builtin") for name in IDS),
        provenance=Provenance("builtin", fallback_from="test/model", fallback_reason="broken"),
        overall=judgement("First.", 2.0, "The model broke off."),
    )
    state = await shown(fell_back, monkeypatch)
    assert state.judged_by == "built-in coach"
    assert state.notices == ["The model broke off."]
    assert not any(each.tag or each.second_score for each in state.criteria)


async def test_where_a_model_was_stopped_the_first_reading_stays_and_is_called_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stopped = view(status="cancelled", second_opinion=first_reading(3.0, 3.0, 3.0))
    state = await shown(stopped, monkeypatch)
    assert (state.score, state.first_reading, state.has_reading) == ("3.0", True, True)
    assert all(each.provisional for each in state.criteria)


async def test_where_nobody_had_read_before_it_stopped_nothing_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = await shown(view(status="cancelled"), monkeypatch)
    assert (state.score, state.summary, state.first_reading, state.has_reading) == ("", "", False, False)


async def test_from_cache_and_what_it_took_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    criteria = tuple(criterion(name, 2.5, "llm") for name in IDS)
    asked = await shown(done(criteria, usage=Usage(3741, 2042, 0.0698)), monkeypatch)
    assert not asked.cached
    assert asked.usage == "The model read 3,741 tokens, wrote 2,042, cost $0.0698 and took 4.2 s."
    kept = await shown(done(criteria, provenance=dataclasses.replace(MODEL, cached=True)), monkeypatch)
    assert kept.cached
    assert kept.usage == "", "an answer from the cache took nothing"


@pytest.mark.parametrize(
    ("removed", "told"), [(0, []), (1, ["a character that"]), (1200, ["1,200 characters that"])]
)
async def test_characters_that_were_taken_out_are_told(
    removed: int, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = done(tuple(criterion(name, 2.5, "llm") for name in IDS), removed_characters=removed)
    state = await shown(finished, monkeypatch)
    assert len(state.notices) == len(told)
    assert all(part in notice for part, notice in zip(told, state.notices, strict=True))


async def test_the_end_is_news_only_to_who_saw_it_unfinished(monkeypatch: pytest.MonkeyPatch) -> None:
    finished = done(tuple(criterion(name, 2.5, "llm") for name in IDS))
    assert not (await shown(finished, monkeypatch)).watched
    state = await shown(view(), monkeypatch)
    await state._show(finished)
    assert state.watched
    state._blank()
    assert not state.watched


async def test_only_what_changed_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    first = view(second_opinion=first_reading(1.5, 2.0, 2.5), provenance=MODEL)
    state = await shown(first, monkeypatch)
    state._clean()  # type: ignore[no-untyped-call]  # the framework's own, without types
    await state._show(dataclasses.replace(first, changes=2))
    assert not state.dirty_vars
    await state._show(
        dataclasses.replace(first, done_steps=2, criteria=(criterion("risks", 4.0, "llm"),), changes=3)
    )
    assert state.dirty_vars == {"done_steps", "percent", "criteria"}


def visiting(evaluation: str, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the page be at an evaluation that cannot be followed."""

    class Services:
        @property
        def evaluations(self) -> Services:
            return self

        async def follow(
            self, _owner: str, _evaluation: str, *, settle: float
        ) -> AsyncIterator[EvaluationView]:
            raise error
            yield

    async def visitor(_state: object) -> str:
        if isinstance(error, Refused):
            raise error
        return "owner"

    monkeypatch.setattr(evaluations, "current", Services)
    monkeypatch.setattr(evaluations, "owner_of", visitor)
    monkeypatch.setattr(FeedbackState, "_asked_for", lambda _self: evaluation)


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFound(), "missing"), (Refused(), "missing"), (ServiceError("Later."), "unavailable")],
)
async def test_a_visit_forgets_what_was_shown_and_says_what_there_is_not(
    error: Exception, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = await shown(done(tuple(criterion(name, 2.5, "llm") for name in IDS)), monkeypatch)
    visiting("e2", error, monkeypatch)
    assert await FeedbackState.event_handlers["open"].fn(state) == FeedbackState.follow
    assert (state.evaluation_id, state.status, state.summary, state.criteria) == ("", "loading", "", [])
    await FeedbackState.event_handlers["follow"].fn(state)
    assert (state.evaluation_id, state.status, state.summary) == ("e2", status, "")


async def test_an_evaluation_that_is_deleted_meanwhile_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = await shown(done(tuple(criterion(name, 2.5, "llm") for name in IDS)), monkeypatch)
    visiting("e1", NotFound(), monkeypatch)
    await FeedbackState.event_handlers["open"].fn(state)
    assert state.summary == "Last.", "shown until there is something newer"
    await FeedbackState.event_handlers["follow"].fn(state)
    assert (state.evaluation_id, state.status, state.summary) == ("e1", "missing", "")


@pytest.mark.parametrize(
    ("score", "next_score"), [(1.0, "2"), (2.6, "3"), (3.0, "4"), (4.9, "5"), (5.0, ""), (None, "")]
)
async def test_what_earns_the_next_point_is_the_rubrics_own_guidance(
    score: float | None, next_score: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = OnlyRubrics.rubrics.get("investment-memo").criteria[0]
    judged = criterion(first.id, score, "builtin")
    state = await shown(view(criteria=(judged,), second_opinion=None), monkeypatch)
    (found,) = state.criteria
    assert found.next_score == next_score
    assert found.next_guidance == (first.guidance[int(next_score)]["en"] if next_score else "")


async def test_of_a_criterion_that_the_rubric_no_longer_has_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = await shown(view(criteria=(criterion("gone", 2.0, "builtin"),)), monkeypatch)
    assert [each.next_score for each in state.criteria if each.id == "gone"] in ([""], [])
