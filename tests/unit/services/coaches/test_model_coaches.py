"""Evaluations by a model, as services hand them out: who judges, from the cache or anew, in which limits."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal

import pytest

from memo_coach.coaching.documents.llm import shipped_llm
from memo_coach.coaching.rubric.reader import shipped_rubric
from memo_coach.coaching.samples import samples
from memo_coach.services.administration.documents_in_force import Snapshot
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.errors import UnknownCoach
from memo_coach.services.views import FINISHED, EvaluationView
from memo_coach.settings import Settings
from tests.model_server import ModelServer, running_model_server
from tests.unit.conftest import HASTY

RUBRIC = "investment-memo"
(MEMO,) = [sample.text for sample in samples(RUBRIC, "en") if sample.quality == "strong"]


@pytest.fixture(scope="module")
def shared_model() -> Iterator[ModelServer]:
    with running_model_server() as server:
        yield server


@pytest.fixture
def model(shared_model: ModelServer) -> ModelServer:
    shared_model.reset()
    return shared_model


def with_model(settings: Settings, model: ModelServer, case: str = "fine", **changes: object) -> Settings:
    return settings.model_copy(
        update={
            "llm_model": f"openai/{case}",
            "llm_api_base": model.url,
            "llm_api_key": "test-key",
            "llm_daily_budget_usd": Decimal(1000),
            **changes,
        }
    )


@pytest.fixture
async def coached(settings: Settings, model: ModelServer) -> AsyncIterator[Services]:
    """Services with a model that answers."""
    opened = await open_services(with_model(settings, model), dataclasses.replace(HASTY, longest=60))
    yield opened
    await close_services(opened)


async def new_owner(services: Services) -> str:
    return (await services.visitors.admit())[1]


async def evaluated(services: Services, owner: str, text: str = MEMO, **asked: str) -> EvaluationView:
    evaluation = await services.evaluations.submit(owner, text=text, rubric=RUBRIC, **asked)
    async for view in services.evaluations.follow(owner, evaluation):
        if view.status in FINISHED:
            return view
    raise AssertionError("an evaluation is followed to its end")


async def ended(services: Services, owner: str, evaluation: str) -> EvaluationView:
    """Look now and then, as a hundred followers at once would keep a busy machine from anything else."""
    while (  # noqa: ASYNC110
        view := await services.evaluations.get(owner, evaluation)
    ).status not in FINISHED:
        await asyncio.sleep(0.2)
    return view


async def test_without_a_model_there_is_the_builtin_coach_alone(services: Services, owner: str) -> None:
    (offer,) = services.coaches.offers()
    assert (offer.kind, offer.destination, offer.is_default) == ("builtin", None, True)
    with pytest.raises(UnknownCoach, match="No model is configured"):
        await services.evaluations.submit(owner, text=MEMO, rubric=RUBRIC, coach="llm")


async def test_where_a_model_is_configured_it_judges_and_the_builtin_coach_is_the_second_opinion(
    coached: Services, model: ModelServer
) -> None:
    view = await evaluated(coached, await new_owner(coached))
    assert view.status == "done", view.error
    assert view.provenance is not None
    assert (view.provenance.kind, view.provenance.model) == ("llm", "openai/fine")
    assert view.provenance.fallback_from is None
    assert view.provenance.prompt_version == coached.models.coaches.prompts.version
    wanted = [criterion.id for criterion in shipped_rubric(RUBRIC).criteria]
    assert [criterion.id for criterion in view.criteria] == wanted
    assert {criterion.coach for criterion in view.criteria} == {"llm"}
    assert view.second_opinion is not None
    assert [criterion.id for criterion in view.second_opinion.criteria] == wanted
    assert {criterion.coach for criterion in view.second_opinion.criteria} == {"builtin"}
    assert view.usage.prompt_tokens > 0
    assert view.usage.completion_tokens > 0
    assert model.calls("fine") == 1


async def test_who_asks_for_the_builtin_coach_gets_it_and_nothing_is_sent(
    coached: Services, model: ModelServer
) -> None:
    view = await evaluated(coached, await new_owner(coached), coach="builtin")
    assert view.provenance is not None
    assert view.provenance.kind == "builtin"
    assert view.second_opinion is None
    assert not model.requests


async def test_the_same_memo_is_answered_from_the_cache_and_says_so(
    coached: Services, model: ModelServer
) -> None:
    owner = await new_owner(coached)
    first = await evaluated(coached, owner)
    second = await evaluated(coached, owner)
    assert second.evaluation_id != first.evaluation_id
    assert second.provenance is not None
    assert second.provenance.cached
    assert second.provenance.model == "openai/fine"
    assert model.calls("fine") == 1
    assert second.usage.prompt_tokens == 0
    assert (second.criteria, second.comments, second.overall) == (
        first.criteria,
        first.comments,
        first.overall,
    )
    assert second.second_opinion == first.second_opinion


async def test_a_changed_memo_or_another_rubric_is_not_answered_from_the_cache(
    coached: Services, model: ModelServer
) -> None:
    owner = await new_owner(coached)
    await evaluated(coached, owner)
    changed = await evaluated(coached, owner, f"{MEMO}\n\nOne more sentence.")
    assert changed.provenance is not None
    assert not changed.provenance.cached
    assert model.calls("fine") == 2


async def test_what_one_person_had_judged_is_not_given_to_another(
    coached: Services, model: ModelServer
) -> None:
    await evaluated(coached, await new_owner(coached))
    other = await evaluated(coached, await new_owner(coached))
    assert other.provenance is not None
    assert not other.provenance.cached
    assert model.calls("fine") == 2


async def test_a_deleted_memo_leaves_nothing_in_the_cache(coached: Services, model: ModelServer) -> None:
    owner = await new_owner(coached)
    first = await evaluated(coached, owner)
    await coached.memos.delete(owner, first.memo_id)
    again = await evaluated(coached, owner)
    assert again.provenance is not None
    assert not again.provenance.cached
    assert model.calls("fine") == 2


async def test_builtin_evaluations_do_not_wait_for_those_that_ask_a_model(
    settings: Settings, model: ModelServer
) -> None:
    # The model never ends its answer; more such evaluations run than the built-in coach may have at once.
    opened = await open_services(with_model(settings, model, "stalls"), HASTY)
    try:
        for _ in range(HASTY.at_once + 1):
            await opened.evaluations.submit(await new_owner(opened), text=MEMO, rubric=RUBRIC)
        view = await evaluated(opened, await new_owner(opened), coach="builtin")
        assert view.status == "done"
    finally:
        await close_services(opened)


async def test_at_a_limit_a_person_gets_the_builtin_coach_and_the_time_when_it_is_over(
    settings: Settings, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = dataclasses.replace(shipped_llm(), evaluations_per_hour=1)
    monkeypatch.setattr(Snapshot, "llm", property(lambda _snapshot: document))
    opened = await open_services(with_model(settings, model), HASTY)
    try:
        owner = await new_owner(opened)
        await evaluated(opened, owner)
        view = await evaluated(opened, owner, f"{MEMO}\n\nOne more sentence.")
    finally:
        await close_services(opened)
    assert view.status == "done"
    assert view.provenance is not None
    assert (view.provenance.kind, view.provenance.fallback_from) == ("builtin", "openai/fine")
    assert view.overall is not None
    assert any("UTC" in notice for notice in view.overall.notices), view.overall.notices
    assert model.calls("fine") == 1


async def test_a_hundred_evaluations_at_once_cannot_pass_the_budget(
    settings: Settings, model: ModelServer
) -> None:
    priced = await open_services(with_model(settings, model), HASTY)
    await evaluated(priced, await new_owner(priced))
    spent = await priced.models.budget.spent_today()
    await close_services(priced)
    model.reset()
    # What is reserved for a call is more than it costs; the budget holds a few calls, not a hundred.
    budget = Decimal(spent.spent_micro_usd * 30) / 1_000_000
    opened = await open_services(with_model(settings, model, llm_daily_budget_usd=budget), HASTY)
    try:
        owners = [await new_owner(opened) for _ in range(100)]
        asked = [
            (owner, await opened.evaluations.submit(owner, text=f"{MEMO}\n\nMemo {n}.", rubric=RUBRIC))
            for n, owner in enumerate(owners)
        ]
        views = [await ended(opened, *each) for each in asked]
        day = await opened.models.budget.spent_today()
    finally:
        await close_services(opened)
    assert {view.status for view in views} == {"done"}
    by_model = [view for view in views if view.provenance is not None and view.provenance.kind == "llm"]
    refused = [view for view in views if view not in by_model]
    assert by_model
    assert refused
    assert len(by_model) == model.calls("fine")
    assert day.reserved_micro_usd == 0
    assert day.spent_micro_usd <= day.budget_micro_usd
    assert all(view.overall is not None and "UTC" in " ".join(view.overall.notices) for view in refused)
