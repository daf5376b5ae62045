"""An answer of a model: its text and end, what was asked, what it cost, a connection that really ends."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable

import pytest

from memo_coach.coaching.llm.model import AnswerEnded, ModelChosen, TextArrived
from memo_coach.providers.call import CHARACTERS_PER_TOKEN
from memo_coach.providers.providers import Providers
from tests.integration.providers.asking import KEY, MEMO, Ledger, ask, question
from tests.model_server import ModelServer, Pace
from tests.waiting import until

MakeProviders = Callable[..., Providers]


async def test_a_good_answer_is_one_choice_text_and_one_end(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    heard = await ask(providers_of("fine"), ledger)
    assert heard.chosen == [ModelChosen("openai/fine")]
    assert heard.ended == [AnswerEnded("stop")]
    assert heard.pieces > 10
    assert json.loads(heard.text)["criteria"]
    (outcome,) = ledger.outcomes
    assert (outcome.status, outcome.failure, outcome.retries) == ("done", None, 0)
    assert outcome.response == heard.text
    assert not outcome.estimated
    assert outcome.micro_usd == outcome.prompt_tokens * 5 + outcome.completion_tokens * 25
    assert outcome.first_token_seconds is not None
    assert 0 < outcome.first_token_seconds <= outcome.seconds


async def test_the_request_says_what_was_decided(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    await ask(providers_of("fine"), ledger)
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    body = request.body
    assert (body["temperature"], body["seed"], body["max_tokens"], body["stream"]) == (0.0, 7, 6000, True)
    assert body["response_format"]["json_schema"]["strict"] is True
    assert body["response_format"]["json_schema"]["name"] == "evaluation"
    assert body["messages"] == [
        {"role": "system", "content": "Judge the memo."},
        {"role": "user", "content": MEMO},
    ]


async def test_running_text_is_asked_for_without_a_schema(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    heard = await ask(providers_of("fine"), ledger, question(shaped=False))
    assert heard.text
    assert "response_format" not in server.requests[0].body
    assert "tools" not in server.requests[0].body


async def test_a_server_without_a_key_is_not_sent_the_key_of_another(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "another-key")
    await ask(providers_of("fine", api_key=""), ledger)
    assert server.requests[0].headers["authorization"] == "Bearer none"


async def test_where_a_schema_is_refused_the_answer_comes_as_a_tool_call_and_that_is_remembered(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    providers = providers_of("no-schema")
    for _ in range(2):
        heard = await ask(providers, ledger)
        assert json.loads(heard.text)["criteria"]
        assert heard.ended == [AnswerEnded("stop")]
    assert ["tools" in request.body for request in server.requests] == [False, True, True]
    assert [outcome.retries for outcome in ledger.outcomes] == [0, 0]


async def test_where_no_usage_is_told_our_own_count_stands_in(
    ledger: Ledger, providers_of: MakeProviders
) -> None:
    await ask(providers_of("no-usage"), ledger)
    (outcome,) = ledger.outcomes
    assert outcome.estimated
    assert outcome.prompt_tokens == ledger.plans[0].prompt_tokens
    assert outcome.completion_tokens > 0


async def test_a_server_like_openais_under_its_own_name_is_read_the_same_way(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    heard = await ask(providers_of("hosted_vllm/fine"), ledger)
    assert json.loads(heard.text)["criteria"]
    assert not ledger.outcomes[0].estimated


async def test_an_answer_that_was_cut_at_the_most_tokens_says_so(
    ledger: Ledger, providers_of: MakeProviders
) -> None:
    heard = await ask(providers_of("truncated"), ledger)
    assert heard.ended == [AnswerEnded("length")]


async def test_an_endless_answer_is_left_at_a_bound(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    server.answer_with("x" * 2_000_000)
    heard = await ask(providers_of("scripted"), ledger)
    assert heard.ended == [AnswerEnded("length")]
    bound = 6000 * CHARACTERS_PER_TOKEN
    assert bound < len(heard.text) < bound + 50_000
    assert ledger.outcomes[0].status == "done"


async def test_closing_the_stream_hangs_up_and_settles_what_came_by_then(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    server.pace = Pace.lasting(20)
    answer = providers_of("fine").model_for(ledger).answer(question())
    async for event in answer:
        if isinstance(event, TextArrived):
            break
    await answer.aclose()  # type: ignore[attr-defined]
    (outcome,) = ledger.outcomes
    assert (outcome.status, outcome.estimated, outcome.failure) == ("stopped", True, None)
    assert outcome.response
    await until(lambda: server.requests[0].abandoned)


MOMENTS: dict[str, Callable[[ModelServer, Ledger], bool]] = {
    "at once": lambda _server, _ledger: True,
    "with a reservation": lambda _server, ledger: bool(ledger.plans),
    "before the first word": lambda server, _ledger: bool(server.requests),
    "in the middle": lambda server, _ledger: bool(server.requests) and server.requests[0].pieces_sent > 1,
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_cancelled_task_settles_and_hangs_up_whenever_it_is_cancelled(
    moment: str, server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    server.pace = Pace(first_token=0.0 if moment == "in the middle" else 1_000.0, between=0.2)
    providers = providers_of("fine", first_token_seconds=1_000.0, total_seconds=1_000.0)
    await providers.warm_up()
    asking = asyncio.create_task(ask(providers, ledger))
    await until(lambda: MOMENTS[moment](server, ledger), moment)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await until(lambda: len(ledger.settled) == len(ledger.plans))
    await until(lambda: all(request.abandoned for request in server.requests))
    assert all(outcome.status == "stopped" for outcome in ledger.outcomes)


async def test_a_reservation_that_is_cancelled_is_released_at_no_cost(
    server: ModelServer, providers_of: MakeProviders
) -> None:
    ledger = Ledger()
    ledger.may_reserve.clear()
    providers = providers_of("fine")
    await providers.warm_up()
    asking = asyncio.create_task(ask(providers, ledger))
    await ledger.asked.wait()
    asking.cancel()
    ledger.may_reserve.set()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await until(lambda: len(ledger.settled) == 1)
    ledger.check()
    assert (ledger.outcomes[0].status, ledger.outcomes[0].micro_usd) == ("stopped", 0)
    assert not server.requests


async def test_a_hundred_answers_at_once_all_come(
    server: ModelServer, ledger: Ledger, providers_of: MakeProviders
) -> None:
    server.pace = Pace(first_token=0.5, between=0.01)
    providers = providers_of("fine", first_token_seconds=30.0, total_seconds=60.0)
    heard = await asyncio.gather(*(ask(providers, ledger) for _ in range(100)))
    assert all(each.ended == [AnswerEnded("stop")] for each in heard)
    assert len(ledger.settled) == 100


async def test_estimate_and_destination_tell_of_the_first_choice(providers_of: MakeProviders) -> None:
    providers = providers_of("fine")
    estimate = providers.estimate(dataclasses.replace(question(), most_tokens=1000))
    assert estimate.micro_usd == estimate.prompt_tokens * 5 + 1000 * 25
    assert providers.destination == "127.0.0.1"
    assert providers_of("anthropic/some", url="").destination == "anthropic"
