"""Each way in which a provider fails: what is raised, how often it was asked, what it cost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from memo_coach.coaching.llm.model import AnswerEnded
from memo_coach.providers.providers import Providers
from tests.clock import Clock
from tests.integration.providers.asking import KEY, Ledger, ask, question
from tests.model_server import ModelServer
from tests.waiting import PATIENCE_SECONDS, until

MakeProviders = Callable[..., Providers]


@pytest.mark.parametrize(
    ("case", "reason", "requests", "retries"),
    [
        ("rate-limited", "rate-limited", 3, 2),
        ("rate-limited-long", "rate-limited", 1, 0),
        ("failing", "server-error", 3, 2),
        ("refused-key", "refused-key", 1, 0),
        ("refused-request", "refused-request", 1, 0),
        ("context-too-long", "too-long", 1, 0),
        ("unknown-model", "refused-request", 1, 0),
    ],
)
async def test_what_fails_before_the_first_word_costs_nothing(
    case: str,
    reason: str,
    requests: int,
    retries: int,
    *,
    server: ModelServer,
    ledger: Ledger,
    providers_of: MakeProviders,
) -> None:
    heard = await ask(providers_of(case), ledger)
    assert (heard.reason, heard.text, heard.chosen) == (reason, "", [])
    assert len(server.requests) == requests
    (outcome,) = ledger.outcomes
    assert (outcome.status, outcome.failure, outcome.retries) == ("failed", reason, retries)
    assert (outcome.micro_usd, outcome.prompt_tokens) == (0, 0)


@pytest.mark.parametrize("case", ["empty-always", "null-content", "refusal"])
async def test_an_answer_without_a_word_is_asked_for_once_more_and_counted(
    case: str, server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    heard = await ask(providers_of(case), ledger)
    assert (heard.reason, heard.chosen) == ("empty", [])
    assert len(server.requests) == 2
    assert (ledger.outcomes[0].status, ledger.outcomes[0].estimated) == ("failed", False)
    assert ledger.outcomes[0].micro_usd > 0


@pytest.mark.parametrize("case", ["failing-then-fine", "empty"])
async def test_what_passes_is_tried_again_and_nobody_hears_of_it(
    case: str, server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    heard = await ask(providers_of(case), ledger)
    assert heard.ended == [AnswerEnded("stop")]
    assert len(server.requests) == 2
    assert (ledger.outcomes[0].status, ledger.outcomes[0].retries) == ("done", 1)


async def test_the_wait_that_the_provider_wants_is_kept(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    heard = await ask(providers_of("rate-limited-retry-after"), ledger)
    assert heard.ended == [AnswerEnded("stop")]
    first, second = server.requests
    assert second.time - first.time >= 1.0


async def test_a_model_without_a_first_word_is_asked_again_and_its_prompts_are_counted(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    heard = await ask(providers_of("slow-first-token", first_token_seconds=0.3), ledger)
    assert heard.reason == "slow"
    assert len(server.requests) == 3
    (outcome,) = ledger.outcomes
    assert outcome.prompt_tokens == 3 * ledger.plans[0].prompt_tokens
    assert (outcome.completion_tokens, outcome.estimated) == (0, True)


async def test_all_attempts_together_keep_to_the_time_for_a_whole_answer(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders, clock: Clock
) -> None:
    server.hold()
    providers = providers_of("fine", first_token_seconds=100_000.0, total_seconds=30.0)
    asking = asyncio.create_task(ask(providers, ledger))
    await until(lambda: server.requests, "the model is asked")
    clock.move(31)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await asking).reason == "slow"
    assert len(server.requests) == 1


@pytest.mark.parametrize("case", ["cuts-always", "stalls"])
async def test_what_breaks_after_the_first_word_is_told_and_not_asked_again(
    case: str, server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    heard = await ask(providers_of(case, "fine", first_token_seconds=1.0), ledger)
    assert heard.reason == "broken"
    assert heard.text
    assert (heard.ended, len(server.requests)) == ([], 1)
    (outcome,) = ledger.outcomes
    assert (outcome.status, outcome.failure, outcome.response) == ("broken", "broken", heard.text)
    assert outcome.micro_usd > 0


async def test_a_whole_answer_that_takes_too_long_is_slow_though_it_had_begun(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    heard = await ask(providers_of("slow", total_seconds=2.5, attempts=1), ledger)
    assert heard.reason == "slow"
    assert heard.text
    assert ledger.outcomes[0].status == "broken"


async def test_a_server_that_is_not_there_is_unreachable(ledger: Ledger, providers_of: MakeProviders) -> None:
    heard = await ask(providers_of("fine", url="http://127.0.0.1:9/v1"), ledger)
    assert heard.reason == "unreachable"
    assert ledger.outcomes[0].retries == 2


async def test_a_model_whose_answers_break_is_left_alone_and_then_tried_with_one_call(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders, clock: Clock
) -> None:
    providers = providers_of("failing", circuit_failures=4, circuit_rest_seconds=600.0)
    assert [(await ask(providers, ledger)).reason for _ in range(3)] == [
        "server-error",
        "server-error",
        "circuit-open",
    ]
    assert len(server.requests) == 4
    assert providers.circuits() == {"openai/failing": "open"}
    assert len(ledger.plans) == 2
    clock.move(600)
    assert providers.circuits() == {"openai/failing": "half-open"}
    assert (await ask(providers, ledger)).reason == "server-error"
    assert len(server.requests) == 5
    assert providers.circuits() == {"openai/failing": "open"}


async def test_the_circuit_closes_when_the_model_is_well_again(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders, clock: Clock
) -> None:
    providers = providers_of("failing-then-fine", circuit_failures=1, circuit_rest_seconds=600.0)
    assert (await ask(providers, ledger)).reason == "server-error"
    clock.move(600)
    assert (await ask(providers, ledger)).ended == [AnswerEnded("stop")]
    assert providers.circuits() == {"openai/failing-then-fine": "closed"}


async def test_a_refused_request_does_not_open_the_circuit(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    providers = providers_of("refused-request", circuit_failures=1)
    for _ in range(2):
        assert (await ask(providers, ledger)).reason == "refused-request"
    assert providers.circuits() == {"openai/refused-request": "closed"}


async def test_neither_the_key_nor_the_memo_is_in_what_is_raised_or_logged(
    ledger: Ledger,
    providers_of: MakeProviders,
    echo_url: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    for status in (400, 401, 429, 500):
        url = f"{echo_url}/{status}/v1"
        heard = await ask(
            providers_of("any", url=url, attempts=2), ledger, question(memo="Crane-4711 fails.")
        )
        assert heard.failure is not None
        told: list[BaseException] = []
        each: BaseException | None = heard.failure
        while each is not None:
            told.append(each)
            each = each.__cause__ or each.__context__
        said = f"{told} {ledger.outcomes}"
        assert KEY not in said
        assert "4711" not in said
    captured = capsys.readouterr()
    written = captured.out + captured.err + caplog.text
    assert "model failed" in written
    assert KEY not in written
    assert "4711" not in written
