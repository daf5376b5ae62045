"""Where a model fails, the next one is asked; where all fail, the first one's failure is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from memo_coach.coaching.llm.model import ModelChosen
from memo_coach.providers.providers import Providers
from tests.clock import Clock
from tests.integration.providers.asking import Ledger, ask
from tests.model_server import ModelServer
from tests.waiting import PATIENCE_SECONDS, until

MakeProviders = Callable[..., Providers]


@pytest.mark.parametrize(
    ("case", "reason", "requests"),
    [
        ("failing", "server-error", 3),
        ("refused-key", "refused-key", 1),
        ("context-too-long", "too-long", 1),
        ("refused-request", "refused-request", 1),
        ("rate-limited-long", "rate-limited", 1),
        ("empty-always", "empty", 2),
    ],
)
async def test_the_next_model_answers_and_says_in_whose_place(
    case: str, reason: str, requests: int, *, server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    told: list[tuple[str, str, str]] = []
    providers = providers_of(case, "fine", fell_back=lambda *words: told.append(words))
    heard = await ask(providers, ledger)
    assert heard.chosen == [ModelChosen("openai/fine", fallback_from=f"openai/{case}")]
    assert heard.failure is None
    assert [server.calls(case), server.calls("fine")] == [requests, 1]
    assert told == [(f"openai/{case}", "openai/fine", reason)]
    assert [outcome.status for outcome in ledger.outcomes] == ["failed", "done"]
    assert [plan.model for plan in ledger.plans] == [f"openai/{case}", "openai/fine"]


async def test_where_all_fail_the_first_ones_failure_is_raised(
    ledger: Ledger, providers_of: MakeProviders
) -> None:
    heard = await ask(providers_of("refused-key", "failing"), ledger)
    assert heard.reason == "refused-key"
    assert [outcome.failure for outcome in ledger.outcomes] == ["refused-key", "server-error"]


async def test_a_model_that_is_left_alone_is_passed_over_at_once(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    providers = providers_of("failing", "fine", circuit_failures=1)
    for _ in range(2):
        heard = await ask(providers, ledger)
        assert heard.chosen == [ModelChosen("openai/fine", fallback_from="openai/failing")]
    assert server.calls("failing") == 1
    assert providers.circuits() == {"openai/failing": "open", "openai/fine": "closed"}


async def test_a_model_that_passes_the_budget_is_not_asked_but_the_next_one_is(
    server: ModelServer, providers_of: MakeProviders
) -> None:
    ledger = Ledger(refuses=("openai/failing",))
    heard = await ask(providers_of("failing", "fine"), ledger)
    assert heard.chosen == [ModelChosen("openai/fine", fallback_from="openai/failing")]
    assert server.calls("failing") == 0
    ledger.check()


async def test_where_none_fits_the_budget_that_is_told_and_none_is_asked(
    server: ModelServer, providers_of: MakeProviders
) -> None:
    ledger = Ledger(refuses=("openai/failing", "openai/fine"))
    assert (await ask(providers_of("failing", "fine"), ledger)).reason == "budget"
    assert not server.requests
    assert not ledger.settled


async def test_the_time_for_a_whole_answer_holds_for_all_models_together(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders, clock: Clock
) -> None:
    server.hold()
    providers = providers_of("slow-first-token", "fine", first_token_seconds=100_000.0, total_seconds=30.0)
    asking = asyncio.create_task(ask(providers, ledger))
    await until(lambda: server.requests, "the model is asked")
    clock.move(31)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await asking).reason == "slow"
    assert server.calls("fine") == 0


async def test_a_fallback_of_another_provider_is_sent_neither_our_key_nor_to_our_address(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTED_VLLM_API_BASE", server.url)
    monkeypatch.setenv("HOSTED_VLLM_API_KEY", "other-key")
    providers = providers_of("openai/fine", "hosted_vllm/fine", url="http://127.0.0.1:9/v1", attempts=1)
    heard = await ask(providers, ledger)
    assert heard.chosen == [ModelChosen("hosted_vllm/fine", fallback_from="openai/fine")]
    assert server.requests[0].headers["authorization"] == "Bearer other-key"
