"""When the first model fails: the next one, then the built-in coach, and one that is left alone a while."""

from __future__ import annotations

from pathlib import Path

import pytest

from memo_coach.coaching.llm.notices import sentence
from tests.clock import Clock
from tests.integration.models.evaluating import (
    ATTEMPTS,
    MEMO,
    installation,
    judged,
    outcome_of,
    settings_for,
)
from tests.model_server import ModelServer

CALLS_OF = ("model", "status", "failure")


@pytest.mark.parametrize(
    ("case", "requests", "reason"),
    [
        ("failing", ATTEMPTS, "server-error"),
        ("refused-key", 1, "refused-key"),
        ("rate-limited-long", 1, "rate-limited"),
    ],
)
async def test_the_next_model_judges_where_the_first_gives_no_answer(
    server: ModelServer, tmp_path: Path, case: str, requests: int, reason: str
) -> None:
    settings = settings_for(tmp_path, server.url, case, LLM_FALLBACK_MODELS="openai/fine")
    outcome = await judged(settings)
    assert (server.calls(case), server.calls("fine")) == (requests, 1)
    provenance = outcome.view.provenance
    assert provenance is not None
    assert (provenance.kind, provenance.model, provenance.fallback_from) == (
        "llm",
        "openai/fine",
        f"openai/{case}",
    )
    assert {criterion.coach for criterion in outcome.view.criteria} == {"llm"}
    told = sentence("en", "other-model", model="openai/fine", first=f"openai/{case}")
    assert told in outcome.notices
    stored = [tuple(getattr(call, name) for name in CALLS_OF) for call in outcome.calls]
    assert stored == [(f"openai/{case}", "failed", reason), ("openai/fine", "done", None)]
    assert outcome.reserved_micro_usd == 0


async def test_the_built_in_coach_judges_where_all_models_fail(server: ModelServer, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, server.url, "failing", LLM_FALLBACK_MODELS="openai/refused-key")
    outcome = await judged(settings)
    assert (server.calls("failing"), server.calls("refused-key")) == (ATTEMPTS, 1)
    assert outcome.view.status == "done"
    provenance = outcome.view.provenance
    assert provenance is not None
    assert (provenance.kind, provenance.model, provenance.fallback_from) == (
        "builtin",
        None,
        "openai/failing",
    )
    assert {criterion.coach for criterion in outcome.view.criteria} == {"builtin"}


async def test_a_server_that_is_not_there_costs_nothing_and_the_built_in_coach_judges(
    server: ModelServer, tmp_path: Path
) -> None:
    outcome = await judged(settings_for(tmp_path, "http://127.0.0.1:9/v1", "fine"))
    assert outcome.view.status == "done"
    assert any(sentence("en", "why-unreachable") in notice for notice in outcome.notices)
    assert [(call.status, call.failure, call.micro_usd) for call in outcome.calls] == [
        ("failed", "unreachable", 0)
    ]
    assert server.requests == []


async def test_a_model_that_keeps_failing_is_left_alone(server: ModelServer, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, server.url, "failing")
    async with installation(settings, circuit_failures=2 * ATTEMPTS) as (services, owner):
        for number in range(2):
            await outcome_of(services, owner, f"{MEMO}\nThis is copy number {number}.\n")
        assert server.calls("failing") == 2 * ATTEMPTS
        outcome = await outcome_of(services, owner)
        assert server.calls("failing") == 2 * ATTEMPTS
        assert outcome.view.status == "done"
        assert any(sentence("en", "why-circuit-open") in notice for notice in outcome.notices)
        assert outcome.calls == ()


async def test_a_model_that_was_left_alone_is_asked_again_after_its_rest(
    server: ModelServer, tmp_path: Path, clock: Clock
) -> None:
    settings = settings_for(tmp_path, server.url, "failing-then-fine")
    limits = {"circuit_failures": 1, "circuit_rest_seconds": 600.0, "attempts": 1}
    async with installation(settings, **limits) as (services, owner):
        failed = await outcome_of(services, owner)
        clock.move(600)
        again = await outcome_of(services, owner)
        assert failed.view.provenance is not None
        assert again.view.provenance is not None
        assert (failed.view.provenance.kind, again.view.provenance.kind) == ("builtin", "llm")
        assert server.calls("failing-then-fine") == 2
