"""Puts together whatever asks language models, for the services and for the command line alike."""

from __future__ import annotations

import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from memo_coach.coaching.documents.context import shipped_context
from memo_coach.coaching.documents.frameworks import shipped_frameworks
from memo_coach.coaching.documents.llm import LlmDocument, shipped_llm
from memo_coach.coaching.documents.prompt import shipped_prompt
from memo_coach.coaching.llm.prompt.messages import Prompts
from memo_coach.operations import metrics
from memo_coach.providers.providers import Providers, ProviderSettings
from memo_coach.services.coaches.model_coaches import ModelCoaches
from memo_coach.services.usage.budget import ModelBudget
from memo_coach.services.usage.rate_limits import UseLimits
from memo_coach.settings import Settings
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.visitors import VisitorRepository

_SECRET = "prompt-boundaries"  # noqa: S105 - the name of the secret
_MARGIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Models:
    """The models of an installation, with what they are asked and what they may cost."""

    coaches: ModelCoaches
    budget: ModelBudget
    document: LlmDocument
    providers: Providers | None = field(repr=False)
    """``None`` where no model is configured."""

    async def close(self) -> None:
        """Close the connections to the providers, and end what computes beside."""
        self.coaches.close()
        if self.providers is not None:
            await self.providers.close()


async def open_models(settings: Settings, database: Database) -> Models:
    """Read the documents and the installation's secrets. Nothing is loaded yet, and nobody is asked.

    Raises:
        BrokenDocument: a document has faults.
    """
    async with AsyncExitStack() as opened:
        models = await _opened(settings, database, opened)
        opened.pop_all()
        return models


async def _opened(settings: Settings, database: Database, opened: AsyncExitStack) -> Models:
    document = shipped_llm()
    providers = None
    if settings.llm_model:
        providers = Providers(provider_settings(settings, document), fell_back=metrics.count_fallback)
        opened.push_async_callback(providers.close)
    budget = await ModelBudget.open(
        database,
        daily_budget_micro_usd=int(settings.llm_daily_budget_usd * 1_000_000),
        limits=UseLimits(
            evaluations_per_hour=document.evaluations_per_hour,
            evaluations_per_day=document.evaluations_per_day,
            messages_per_hour=document.messages_per_hour,
            messages_per_day=document.messages_per_day,
            per_address_factor=document.per_address_factor,
        ),
        keeps_texts=settings.debug_mode,
        longest_call_seconds=longest_call_seconds(settings, document),
    )
    async with database.write() as session:
        key = await VisitorRepository(session).installation_secret(_SECRET, secrets.token_hex(32))
    prompts = Prompts(shipped_prompt(), shipped_frameworks(), shipped_context())
    coaches = ModelCoaches(
        database,
        providers=providers,
        budget=budget,
        prompts=prompts,
        document=document,
        key=bytes.fromhex(key),
    )
    return Models(coaches, budget, document, providers)


def provider_settings(settings: Settings, document: LlmDocument) -> ProviderSettings:
    """Return how providers are asked: where and with which key by the environment, how by the document."""
    fallbacks = tuple(name for name in settings.llm_fallback_models.split(",") if name)
    return ProviderSettings(
        models=(settings.llm_model, *(name for name in fallbacks if name != settings.llm_model)),
        api_base=settings.llm_api_base,
        api_key=settings.llm_api_key,
        connect_seconds=settings.llm_connect_seconds,
        first_token_seconds=settings.llm_first_token_seconds,
        total_seconds=settings.llm_timeout_seconds,
        temperature=document.temperature,
        seed=document.seed,
        attempts=document.attempts,
        first_wait_seconds=document.first_wait_seconds,
        longest_wait_seconds=document.longest_wait_seconds,
        circuit_failures=document.circuit_failures,
        circuit_rest_seconds=document.circuit_rest_seconds,
        prices=document.prices,
        assumed_input_usd=document.assumed_input_usd,
        assumed_output_usd=document.assumed_output_usd,
    )


def longest_call_seconds(settings: Settings, document: LlmDocument) -> float:
    """Return after how long a call to one model is certainly over, with all its attempts."""
    one = settings.llm_timeout_seconds + settings.llm_connect_seconds + document.longest_wait_seconds
    return document.attempts * one + _MARGIN_SECONDS
