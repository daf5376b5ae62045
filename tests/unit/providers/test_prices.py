"""What calls cost, by which price."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from memo_coach.providers.prices import Price, Prices, listed_price

ENTRIES = {
    "gpt-4o-mini": {
        "litellm_provider": "openai",
        "input_cost_per_token": 1.5e-07,
        "output_cost_per_token": 6e-07,
        "cache_read_input_token_cost": 7.5e-08,
        "max_input_tokens": 128000,
        "max_output_tokens": 16384,
    },
    "gemini/gemini-flash": {
        "litellm_provider": "gemini",
        "input_cost_per_token": 3e-07,
        "output_cost_per_token": 2.5e-06,
    },
    "whisper": {"litellm_provider": "openai", "input_cost_per_second": 0.0001},
}


@dataclass(frozen=True)
class Stated:
    model: str
    input_usd: float
    output_usd: float
    context_tokens: int | None = None


def prices(*stated: Stated, listed: bool = True) -> Prices:
    made = Prices(stated, 5.0, 25.0)
    if listed:
        made.look_up_in(ENTRIES)
    return made


@pytest.mark.parametrize("model", ["gpt-4o-mini", "openai/gpt-4o-mini"])
def test_a_listed_model_is_found_with_and_without_its_provider(model: str) -> None:
    price = prices().of(model)
    assert (price.source, price.context_tokens, price.most_output_tokens) == ("listed", 128000, 16384)
    assert price.micro_usd(1_000_000, 0) == 150_000
    assert price.micro_usd(0, 1_000_000) == 600_000


def test_another_providers_model_of_the_same_name_is_another() -> None:
    assert listed_price("openrouter/gpt-4o-mini", ENTRIES) is None


def test_a_model_that_is_not_billed_by_tokens_has_no_listed_price() -> None:
    assert listed_price("openai/whisper", ENTRIES) is None


def test_what_the_operator_states_comes_first() -> None:
    price = prices(Stated("openai/gpt-4o-mini", 1.0, 2.0, 4096)).of("openai/gpt-4o-mini")
    assert (price.source, price.context_tokens) == ("stated", 4096)
    assert price.micro_usd(100, 10) == 120


def test_a_stated_price_of_nothing_is_nothing() -> None:
    assert prices(Stated("openai/local", 0, 0)).of("openai/local").micro_usd(100_000, 100_000) == 0


def test_what_nobody_knows_costs_what_is_assumed() -> None:
    price = prices().of("openai/local")
    assert price.source == "assumed"
    assert price.micro_usd(1000, 100) == 7_500


def test_ollama_costs_nothing() -> None:
    assert prices().of("ollama_chat/llama3.1").micro_usd(100_000, 100_000) == 0


def test_before_the_list_is_there_the_assumed_price_stands_in() -> None:
    assert prices(listed=False).of("openai/gpt-4o-mini").source == "assumed"


def test_tokens_from_the_providers_cache_cost_less() -> None:
    price = prices().of("gpt-4o-mini")
    assert price.micro_usd(1_000_000, 0, cached_tokens=500_000) == 112_500


def test_more_cached_tokens_than_there_are_count_as_all() -> None:
    assert prices().of("gpt-4o-mini").micro_usd(1_000_000, 0, cached_tokens=9_000_000) == 75_000


def test_where_the_cache_has_no_price_its_tokens_cost_like_others() -> None:
    assert prices().of("gemini/gemini-flash").micro_usd(1_000_000, 0, cached_tokens=500_000) == 300_000


def test_a_fraction_of_a_micro_dollar_is_rounded_up() -> None:
    assert Price(0.1, 0.0).micro_usd(1, 0) == 1
    assert Price(0.1, 0.0).micro_usd(10, 0) == 1
