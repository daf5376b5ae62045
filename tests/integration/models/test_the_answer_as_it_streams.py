"""What a page gets while the model still speaks, and what becomes of one that nobody listens to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from memo_coach.coaching.llm.notices import sentence
from memo_coach.services.container import Services
from memo_coach.services.views import EvaluationView
from tests.integration.models.evaluating import (
    MEMO,
    Outcome,
    followed,
    handed_in,
    installation,
    judged,
    outcome_with,
    settings_for,
)
from tests.model_server import ModelServer, Pace
from tests.waiting import PATIENCE_SECONDS, until, until_told

LEISURELY = Pace(first_token=1.0, between=0.1, pieces=60)


async def first_view(
    services: Services, owner: str, evaluation_id: str, wanted: Callable[[EvaluationView], bool]
) -> EvaluationView:
    """Follow an evaluation until a view is as wanted."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for view in services.evaluations.follow(owner, evaluation_id):
            if wanted(view):
                return view
    raise AssertionError("no view was as wanted")


async def test_the_built_in_reading_is_on_the_page_before_the_model_has_said_a_word(
    server: ModelServer, tmp_path: Path
) -> None:
    server.hold()
    async with installation(settings_for(tmp_path, server.url, "fine")) as (services, owner):
        evaluation_id = await handed_in(services, owner)
        view = await first_view(services, owner, evaluation_id, lambda view: view.second_opinion is not None)
        assert view.status == "running"
        assert view.criteria == ()
        assert view.second_opinion is not None
        assert view.second_opinion.overall.score is not None
        server.release()
        assert (await followed(services, owner, evaluation_id))[-1].status == "done"


async def test_criteria_appear_one_by_one_while_the_model_still_speaks(
    server: ModelServer, tmp_path: Path
) -> None:
    server.pace = LEISURELY
    async with installation(settings_for(tmp_path, server.url, "fine")) as (services, owner):
        evaluation_id = await handed_in(services, owner)
        view = await first_view(services, owner, evaluation_id, lambda view: len(view.criteria) > 0)
        assert not server.requests[0].finished
        assert view.provenance is not None
        assert view.provenance.model == "openai/fine"
        views = await followed(services, owner, evaluation_id)
        counts = [len(view.criteria) for view in views]
        assert counts == sorted(counts)
        assert len(set(counts)) > 3


async def test_who_cancels_stops_the_model_and_pays_for_no_more_than_was_said(
    server: ModelServer, tmp_path: Path
) -> None:
    server.pace = Pace(first_token=0.2, between=1.0, pieces=60)
    async with installation(settings_for(tmp_path, server.url, "fine")) as (services, owner):
        evaluation_id = await handed_in(services, owner)
        await until(lambda: bool(server.requests) and server.requests[0].pieces_sent > 1)
        await services.evaluations.cancel(owner, evaluation_id)
        views = await followed(services, owner, evaluation_id)
        assert views[-1].status == "cancelled"
        await until(lambda: server.requests[0].abandoned)

        async def settled() -> Outcome | None:
            found = await outcome_with(services.database, views)
            return found if all(call.status != "reserved" for call in found.calls) else None

        outcome = await until_told(settled, "the call is settled")
        assert outcome is not None
        (call,) = outcome.calls
        assert call.status == "stopped"
        assert call.estimated
        assert 0 < call.micro_usd < call.reserved_micro_usd
        assert outcome.reserved_micro_usd == 0
        assert outcome.spent_micro_usd == call.micro_usd
        assert len(server.requests) == 1


async def test_an_answer_that_drips_is_left_when_its_time_is_over_and_what_came_by_then_stands(
    server: ModelServer, tmp_path: Path
) -> None:
    server.pace = Pace.lasting(600.0, 2_000)
    outcome = await judged(settings_for(tmp_path, server.url, "fine", LLM_TIMEOUT_SECONDS="6"))
    assert outcome.view.status == "done"
    assert any(sentence("en", "why-slow") in notice for notice in outcome.notices)
    await until(lambda: all(request.abandoned for request in server.requests))
    assert len(server.requests) <= 2
    assert outcome.reserved_micro_usd == 0


async def test_many_evaluations_wait_for_the_model_at_the_same_time(
    server: ModelServer, tmp_path: Path
) -> None:
    server.hold()
    texts = [f"{MEMO}\nThis is copy number {number} of the memo.\n" for number in range(20)]
    async with installation(settings_for(tmp_path, server.url, "fine")) as (services, _owner):
        owners = [(await services.visitors.admit())[1] for _ in texts]
        handed = [await handed_in(services, owner, text) for owner, text in zip(owners, texts, strict=True)]
        await until(lambda: server.calls("fine") == len(texts))
        assert not any(request.finished for request in server.requests)
        server.release()
        pairs = zip(owners, handed, strict=True)
        views = await asyncio.gather(*(followed(services, *pair) for pair in pairs))
        assert [view[-1].status for view in views] == ["done"] * len(texts)
        assert {criterion.coach for view in views for criterion in view[-1].criteria} == {"llm"}
