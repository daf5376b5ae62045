"""What calls cost: the most before a call, and what it came to.

One US dollar per million tokens is one millionth of a dollar (a micro-dollar) per token, so the prices are
both. A model's price is, in this order: what the operator states in ``llm.yaml``; what the list that comes
with the providers' library says; nothing, for Ollama; what ``llm.yaml`` assumes for models that nobody knows.
That holds for a server of one's own, too: it costs nothing only where the operator says so, since an address
does not tell who pays the bill.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

PriceSource = Literal["stated", "listed", "assumed"]
_PER_MILLION = 1_000_000
_RUNS_AT_HOME = frozenset({"ollama", "ollama_chat"})
"""Providers whose models run on a machine of one's own; the list names a few of them, all at 0."""


class StatedPrice(Protocol):
    """A price as the operator states it, in US dollars per million tokens."""

    @property
    def model(self) -> str:
        """The model, as in ``LLM_MODEL``."""
        ...

    @property
    def input_usd(self) -> float:
        """What a million tokens of the prompt cost."""
        ...

    @property
    def output_usd(self) -> float:
        """What a million tokens of the answer cost."""
        ...

    @property
    def context_tokens(self) -> int | None:
        """How many tokens it can read and write at once."""
        ...


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in US dollars per million tokens, and how much it can read and write."""

    input_usd: float
    output_usd: float
    cached_usd: float | None = None
    """For tokens of the prompt that the provider had in its cache; ``None`` where they cost like others."""
    context_tokens: int | None = None
    most_output_tokens: int | None = None
    source: PriceSource = "listed"

    def micro_usd(self, prompt_tokens: int, completion_tokens: int, cached_tokens: int = 0) -> int:
        """Return the cost in millionths of a US dollar, rounded up.

        Args:
            prompt_tokens: of the prompt, those from the provider's cache included.
            completion_tokens: of the answer, with what the model thought where the provider counts that.
            cached_tokens: of the prompt's tokens, those that came from the provider's cache.
        """
        cached = min(cached_tokens, prompt_tokens) if self.cached_usd is not None else 0
        exact = (
            (prompt_tokens - cached) * self.input_usd
            + cached * (self.cached_usd or 0.0)
            + completion_tokens * self.output_usd
        )
        return math.ceil(round(exact, 6))


class Prices:
    """The price of each model."""

    def __init__(
        self, stated: Sequence[StatedPrice], assumed_input_usd: float, assumed_output_usd: float
    ) -> None:
        self._stated = {each.model: each for each in stated}
        self._assumed = Price(assumed_input_usd, assumed_output_usd, source="assumed")
        self._listed: Callable[[str], Price | None] = lambda model: None

    def look_up_in(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        """Use the library's list from now on; it comes with the library, which is loaded late."""
        self._listed = lambda model: listed_price(model, entries)

    def of(self, model: str) -> Price:
        """Return a model's price."""
        listed = self._listed(model)
        stated = self._stated.get(model)
        if stated is not None:
            return Price(
                stated.input_usd,
                stated.output_usd,
                context_tokens=stated.context_tokens or (listed.context_tokens if listed else None),
                most_output_tokens=listed.most_output_tokens if listed else None,
                source="stated",
            )
        if listed is not None:
            return listed
        if model.partition("/")[0] in _RUNS_AT_HOME:
            return Price(0.0, 0.0)
        return self._assumed


def listed_price(model: str, entries: Mapping[str, Mapping[str, Any]]) -> Price | None:
    """Find a model in the library's list, whose names have a provider's prefix or not.

    Returns:
        ``None`` where the list has no price per token for it.
    """
    provider, slash, name = model.partition("/")
    entry = entries.get(model)
    if entry is None and slash:
        entry = entries.get(name)
        if entry is not None and not str(entry.get("litellm_provider", "")).startswith(provider):
            return None  # another provider's model of the same name
    if entry is None or "input_cost_per_token" not in entry or "output_cost_per_token" not in entry:
        return None
    cached = entry.get("cache_read_input_token_cost")
    return Price(
        float(entry["input_cost_per_token"]) * _PER_MILLION,
        float(entry["output_cost_per_token"]) * _PER_MILLION,
        cached_usd=float(cached) * _PER_MILLION if isinstance(cached, int | float) else None,
        context_tokens=_whole(entry.get("max_input_tokens")),
        most_output_tokens=_whole(entry.get("max_output_tokens")),
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None
