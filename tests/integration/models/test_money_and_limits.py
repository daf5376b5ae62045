"""What a model may cost, how often anybody may ask, and what is not asked twice."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from memo_coach.coaching.llm.notices import sentence
from memo_coach.coaching.rubric.reader import shipped_rubric
from memo_coach.services.coaches.service import CoachRequest
from memo_coach.services.container import Services
from memo_coach.services.views import CostEstimate
from tests.integration.models.evaluating import (
    KEY,
    MEMO,
    RUBRIC,
    Outcome,
    document,
    followed,
    handed_in,
    installation,
    judged,
    outcome_of,
    outcome_with,
    settings_for,
)
from tests.model_server import ModelServer, Pace
from tests.waiting import until_told

A_MOMENT = r"\d{1,2}:\d{2} UTC on \d{1,2} [A-Z][a-z]+"


def assert_built_in_until_a_moment(outcome: Outcome, key: str) -> None:
    """See that the built-in coach judged, and that the reason names the time at which it is over."""
    assert outcome.view.status == "done"
    assert outcome.view.provenance is not None
    assert outcome.view.provenance.kind == "builtin"
    before, _moment, after = sentence("en", key, moment="@").partition("@")
    told = re.compile(re.escape(before) + A_MOMENT + re.escape(after))
    assert any(told.search(notice) for notice in outcome.notices), outcome.notices


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_a_call_that_could_pass_the_budget_of_the_day_is_not_made(
    server: ModelServer, tmp_path: Path
) -> None:
    outcome = await judged(settings_for(tmp_path, server.url, "fine", LLM_DAILY_BUDGET_USD="0.01"))
    assert server.requests == []
    assert_built_in_until_a_moment(outcome, "why-budget")
    assert (outcome.spent_micro_usd, outcome.reserved_micro_usd) == (0, 0)


async def test_what_many_ask_at_once_stays_within_the_budget(server: ModelServer, tmp_path: Path) -> None:
    server.pace = Pace.lasting(2.0, 20)
    texts = [f"{MEMO}\nThis is copy number {number} of the memo.\n" for number in range(12)]
    settings = settings_for(tmp_path, server.url, "fine", LLM_DAILY_BUDGET_USD="0.50")
    async with installation(settings) as (services, _owner):
        owners = [(await services.visitors.admit())[1] for _ in texts]
        handed = [await handed_in(services, owner, text) for owner, text in zip(owners, texts, strict=True)]
        pairs = zip(owners, handed, strict=True)
        views = await asyncio.gather(*(followed(services, *pair) for pair in pairs))
        spent = [await outcome_with(services.database, view) for view in views]
        judges = [view[-1].provenance.kind for view in views if view[-1].provenance is not None]
        assert len(judges) == len(texts)
        assert 0 < judges.count("llm") < len(texts)
        assert server.calls("fine") == judges.count("llm")
        assert 0 < spent[-1].spent_micro_usd <= 500_000
        assert spent[-1].reserved_micro_usd == 0


async def test_who_has_asked_as_often_as_one_may_gets_the_built_in_coach_and_the_time(
    server: ModelServer, tmp_path: Path
) -> None:
    async with installation(settings_for(tmp_path, server.url, "fine"), evaluations_per_hour=2) as (
        services,
        owner,
    ):
        for number in range(2):
            outcome = await outcome_of(services, owner, f"{MEMO}\nThis is copy number {number}.\n")
            assert outcome.view.provenance is not None
            assert outcome.view.provenance.kind == "llm"
        refused = await outcome_of(services, owner)
        assert_built_in_until_a_moment(refused, "why-limit")
        assert server.calls("fine") == 2
        _token, another = await services.visitors.admit()
        free = await outcome_of(services, another)
        assert free.view.provenance is not None
        assert free.view.provenance.kind == "llm"


async def test_an_address_has_a_limit_of_its_own(server: ModelServer, tmp_path: Path) -> None:
    limits = {"evaluations_per_hour": 1, "per_address_factor": 2}
    async with installation(settings_for(tmp_path, server.url, "fine"), **limits) as (services, _owner):
        outcomes = []
        for _ in range(3):
            _token, owner = await services.visitors.admit()
            outcomes.append(await outcome_of(services, owner, address="192.0.2.7"))
        assert server.calls("fine") == 2
        assert_built_in_until_a_moment(outcomes[2], "why-limit")
        _token, owner = await services.visitors.admit()
        elsewhere = await outcome_of(services, owner, address="198.51.100.7")
        assert elsewhere.view.provenance is not None
        assert elsewhere.view.provenance.kind == "llm"


async def test_the_same_memo_is_not_asked_about_twice(server: ModelServer, tmp_path: Path) -> None:
    async with installation(settings_for(tmp_path, server.url, "fine")) as (services, owner):
        first = await outcome_of(services, owner)
        second = await outcome_of(services, owner)
        assert server.calls("fine") == 1
        assert first.view.provenance is not None
        assert second.view.provenance is not None
        assert not first.view.provenance.cached
        assert second.view.provenance.cached
        assert second.view.provenance.model == "openai/fine"
        assert second.view.criteria == first.view.criteria
        assert second.view.overall == first.view.overall
        assert second.calls == ()
        assert second.view.usage.cost_usd == 0
        changed = await outcome_of(services, owner, f"{MEMO}\nOne more sentence.\n")
        assert changed.view.provenance is not None
        assert not changed.view.provenance.cached
        assert server.calls("fine") == 2


async def test_what_the_built_in_coach_had_to_add_to_is_asked_again(
    server: ModelServer, tmp_path: Path
) -> None:
    async with installation(settings_for(tmp_path, server.url, "missing-criterion-always")) as (
        services,
        owner,
    ):
        await outcome_of(services, owner)
        again = await outcome_of(services, owner)
        assert server.calls("missing-criterion-always") == 4
        assert again.view.provenance is not None
        assert not again.view.provenance.cached


async def estimate_of(services: Services) -> CostEstimate:
    """Ask until there is an estimate: the first question has the prices loaded."""
    order = CoachRequest(MEMO, "en", shipped_rubric(RUBRIC))
    estimate = await until_told(lambda: services.coaches.estimate(order), "there is an estimate")
    assert estimate is not None
    return estimate


async def test_the_estimate_bounds_what_the_call_costs(server: ModelServer, tmp_path: Path) -> None:
    async with installation(settings_for(tmp_path, server.url, "fine")) as (services, owner):
        estimate = await estimate_of(services)
        outcome = await outcome_of(services, owner)
        (call,) = outcome.calls
        assert estimate.cost_usd <= call.reserved_micro_usd / 1_000_000
        assert estimate.prompt_tokens >= call.prompt_tokens
        assert 0 < outcome.view.usage.cost_usd < estimate.cost_usd


async def test_no_longer_answer_is_asked_for_than_is_paid_for(server: ModelServer, tmp_path: Path) -> None:
    await judged(settings_for(tmp_path, server.url, "missing-criterion"))
    first, repair = server.requests
    asked = [
        request.body.get("max_tokens") or request.body.get("max_completion_tokens")
        for request in (first, repair)
    ]
    assert asked == [document().answer_tokens, document().repair_tokens]


@pytest.mark.parametrize("switch", ["true", "false"])
async def test_what_was_said_is_kept_only_where_that_is_switched_on_and_the_key_never(
    server: ModelServer, tmp_path: Path, switch: str
) -> None:
    settings = settings_for(tmp_path, server.url, "missing-criterion", DEBUG_MODE=switch)
    outcome = await judged(settings)
    assert len(outcome.texts) == (2 if switch == "true" else 0)
    for text in outcome.texts:
        assert "14 orders were delivered late" in str(text.prompt)
        assert '"criteria"' in text.response
    assert KEY.encode() not in everything_in(tmp_path)
