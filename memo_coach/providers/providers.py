"""The models of this installation: made ready once, asked through one door, closed at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from memo_coach.coaching.llm.model import Model, ModelFailure, ModelRequest
from memo_coach.providers.call import CallContext, RetryPolicy, prompt_tokens_of
from memo_coach.providers.circuit import CircuitBreaker, CircuitState
from memo_coach.providers.client import Client
from memo_coach.providers.fallback import FallbackModel, FellBack
from memo_coach.providers.ledger import Ledger
from memo_coach.providers.prices import Prices, StatedPrice
from memo_coach.providers.request_forms import RequestForms


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What the operator decided about models."""

    models: tuple[str, ...]
    """As litellm names them; the first is the first choice. Empty where none is configured."""
    api_base: str = field(repr=False)
    """For the first model, and for others of the same provider; empty for the provider's own address."""
    api_key: str = field(repr=False)
    """As ``api_base``; empty for what litellm reads from the environment."""
    connect_seconds: float
    first_token_seconds: float
    """Before the first text, and between two pieces."""
    total_seconds: float
    """For a whole answer, with all attempts of all models."""
    temperature: float
    seed: int | None
    attempts: int
    """Per model."""
    first_wait_seconds: float
    longest_wait_seconds: float
    circuit_failures: int
    circuit_rest_seconds: float
    prices: tuple[StatedPrice, ...]
    assumed_input_usd: float
    """Per million tokens, for models whose price nobody knows; so ``assumed_output_usd``."""
    assumed_output_usd: float


@dataclass(frozen=True, slots=True)
class CallEstimate:
    """What a call will take at most."""

    prompt_tokens: int
    micro_usd: int
    """Millionths of a US dollar, for the prompt and the longest answer allowed, asked once."""


CircuitChanged = Callable[[str, bool], None]
"""Called with a model's name, and whether its circuit is open now."""


class Providers:
    """The models of this installation. One for a process; it belongs to the event loop that first asks."""

    def __init__(
        self,
        settings: ProviderSettings,
        *,
        fell_back: FellBack | None = None,
        circuit_changed: CircuitChanged = lambda _model, _is_open: None,
    ) -> None:
        """Make nothing yet: the library is loaded when a model is first asked, or by :meth:`warm_up`.

        Args:
            settings: what the operator decided.
            fell_back: told of each model that is asked in the place of another.
            circuit_changed: told of each model that is left alone from now on, or asked again.
        """
        self._circuit_changed = circuit_changed
        self.names = settings.models
        self._settings = settings
        self._fell_back = fell_back
        self._prices = Prices(settings.prices, settings.assumed_input_usd, settings.assumed_output_usd)
        self._patience = RetryPolicy(
            settings.first_token_seconds,
            settings.total_seconds,
            settings.attempts,
            settings.first_wait_seconds,
            settings.longest_wait_seconds,
        )
        self._circuits: dict[str, CircuitBreaker] = {}
        self._loading: asyncio.Task[tuple[Client, RequestForms]] | None = None
        self._kept: set[asyncio.Future[Any]] = set()

    @property
    def destination(self) -> str:
        """Where a memo goes: the host of the server, or the provider's name; empty without a model."""
        return self.destination_of(self.names[0]) if self.names else ""

    def destination_of(self, name: str) -> str:
        """Return where a memo goes that a model is asked about."""
        provider = name.partition("/")[0]
        base = self._settings.api_base if provider == self._provider else ""
        return (urlsplit(base).hostname if base else None) or provider

    async def warm_up(self) -> None:
        """Load the library, in a thread. Nothing goes to the network."""
        if self.names:
            await self._loaded()

    def model_for(self, ledger: Ledger, names: tuple[str, ...] | None = None) -> Model:
        """Return the model, with all that stands behind it, on the account of one person.

        ``names`` are those of the configured models that may be asked; all without it.

        Raises:
            ModelFailure: ``not-configured`` where there is none.
        """
        if not self.names:
            raise ModelFailure("not-configured")
        asked = self.names if names is None else names
        return FallbackModel(asked, self._context, ledger, self._settings.total_seconds, self._fell_back)

    def estimate(self, request: ModelRequest, name: str | None = None) -> CallEstimate:
        """Estimate what one call to a model, by default to the first choice, will take at most, asked once.

        Before the library is loaded its list of prices is not there yet, and the assumed price stands in.
        """
        if not self.names:
            return CallEstimate(0, 0)
        prompt_tokens = prompt_tokens_of(request)
        price = self._prices.of(name or self.names[0])
        most = min(request.most_tokens, price.most_output_tokens or request.most_tokens)
        return CallEstimate(prompt_tokens, price.micro_usd(prompt_tokens, most))

    def circuits(self) -> Mapping[str, CircuitState]:
        """Tell of each model whether it is asked at present."""
        return {
            model: self._circuits[model].state if model in self._circuits else "closed"
            for model in self.names
        }

    def follow_circuit(self, model: str, is_open: bool) -> None:
        """Leave a model alone, or ask it again, as another process does; of others nothing is known here."""
        if model in self.names:
            self._circuit(model).follow(is_open)

    async def close(self) -> None:
        """Finish the accounts of stopped calls, and close all connections."""
        while self._kept:
            await asyncio.gather(*self._kept, return_exceptions=True)
        if self._loading is not None:
            client, _ = await self._loading
            await client.close()
            self._loading = None

    @property
    def _provider(self) -> str:
        return self.names[0].partition("/")[0]

    async def _loaded(self) -> tuple[Client, RequestForms]:
        if self._loading is None:
            self._loading = asyncio.ensure_future(asyncio.to_thread(self._load))
        try:
            # Shielded: whoever asked first may go away, and others wait for the same.
            return await asyncio.shield(self._loading)
        except ImportError:
            self._loading = None
            raise ModelFailure("not-configured", "the providers' library cannot be imported") from None

    def _load(self) -> tuple[Client, RequestForms]:
        from memo_coach.providers.litellm_client import (  # noqa: PLC0415 - seconds and 130 MB
            ClientSettings,
            LitellmClient,
        )

        settings = self._settings
        client = LitellmClient(
            ClientSettings(
                settings.api_base,
                settings.api_key,
                self._provider,
                settings.connect_seconds,
                # Behind our own limit, so that ours is the one that is met.
                settings.first_token_seconds + settings.connect_seconds,
                settings.temperature,
                settings.seed,
            )
        )
        forms = RequestForms(client.best_mode)
        for model in self.names:
            forms.of(model)
        self._prices.look_up_in(client.price_list)
        return client, forms

    async def _context(self, model: str) -> CallContext:
        client, forms = await self._loaded()
        prices = self._prices.of(model)
        return CallContext(client, forms, self._circuit(model), prices, self._patience, self._keep)

    def _circuit(self, model: str) -> CircuitBreaker:
        circuit = self._circuits.get(model)
        if circuit is None:
            circuit = self._circuits[model] = CircuitBreaker(
                self._settings.circuit_failures,
                self._settings.circuit_rest_seconds,
                asyncio.get_running_loop().time,
                partial(self._circuit_changed, model),
            )
        return circuit

    def _keep(self, work: Awaitable[Any]) -> asyncio.Future[Any]:
        """Let work go on to its end, whoever goes away."""
        future = asyncio.ensure_future(work)
        self._kept.add(future)
        future.add_done_callback(self._kept.discard)
        return future
