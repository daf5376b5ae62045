"""Puts together whatever asks language models, for the services and for the command line alike."""

from __future__ import annotations

import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from memo_coach.coaching.documents.llm import LlmDocument
from memo_coach.coaching.llm.prompt.messages import Prompts
from memo_coach.operations import metrics
from memo_coach.providers.providers import Providers, ProviderSettings
from memo_coach.services.administration.documents_in_force import DocumentsInForce, Snapshot, as_shipped
from memo_coach.services.coaches.model_coaches import ModelCoaches
from memo_coach.services.coaches.model_permissions import ModelPermissions
from memo_coach.services.processes.messages import Messages
from memo_coach.services.usage.budget import ModelBudget
from memo_coach.services.usage.rate_limits import UseLimits
from memo_coach.settings import Settings
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.visitors import VisitorRepository

_SECRET = "prompt-boundaries"  # noqa: S105 - the name of the secret
_MARGIN_SECONDS = 60.0


@dataclass(slots=True)
class Models:
    """The models of an installation, with what they are asked and what they may cost."""

    coaches: ModelCoaches
    budget: ModelBudget
    settings: Settings = field(repr=False)
    snapshot: Snapshot = field(repr=False)
    """The documents by which they are asked."""
    providers: Providers | None = field(repr=False)
    """``None`` where no model is configured."""
    messages: Messages = field(default_factory=Messages, repr=False)
    """By which other processes are told of the circuits."""
    replaced: list[Providers] = field(default_factory=list, repr=False)
    """Those that were asked by earlier documents: what asks them still may go on to its end."""

    @property
    def document(self) -> LlmDocument:
        """How they are asked."""
        return self.snapshot.llm

    def follow(self, snapshot: Snapshot) -> None:
        """Ask by other documents from now on; what is under way goes on as it began."""
        before, self.snapshot = self.snapshot, snapshot
        prompts = (before.prompt, before.frameworks, before.context)
        if prompts != (snapshot.prompt, snapshot.frameworks, snapshot.context):
            self.coaches.take_prompts(prompts_of(snapshot))
        if before.llm == snapshot.llm:
            return
        self.budget.take_limits(use_limits(snapshot.llm), longest_call_seconds(self.settings, snapshot.llm))
        if self.providers is not None:
            self.replaced.append(self.providers)
            self.providers = _providers(self.settings, snapshot.llm, self.messages)
        self.coaches.take_document(snapshot.llm, self.providers)

    def follow_circuit(self, model: str, opened: float) -> None:
        """Leave a model alone, or ask it again, as another process told."""
        if self.providers is not None:
            self.providers.follow_circuit(model, opened > 0)

    async def close(self) -> None:
        """Close the connections to the providers, and end what computes beside."""
        self.coaches.close()
        for each in (*self.replaced, self.providers):
            if each is not None:
                await each.close()


async def open_models(
    settings: Settings,
    database: Database,
    in_force: DocumentsInForce | None = None,
    messages: Messages | None = None,
) -> Models:
    """Read the installation's secrets; ask by the documents in force. Nothing is loaded, nobody asked yet."""
    async with AsyncExitStack() as opened:
        snapshot = as_shipped() if in_force is None else in_force.snapshot
        permissions = None if in_force is None else ModelPermissions(database, lambda: in_force.snapshot.auth)
        models = await _opened(
            settings, database, snapshot, opened, permissions=permissions, messages=messages or Messages()
        )
        opened.pop_all()
    models.messages.listen("circuit", models.follow_circuit)
    if in_force is not None:
        in_force.followers.append(models.follow)
    return models


async def _opened(
    settings: Settings,
    database: Database,
    snapshot: Snapshot,
    opened: AsyncExitStack,
    *,
    permissions: ModelPermissions | None,
    messages: Messages,
) -> Models:
    document = snapshot.llm
    providers = _providers(settings, document, messages)
    if providers is not None:
        opened.push_async_callback(providers.close)
    budget = await ModelBudget.open(
        database,
        daily_budget_micro_usd=int(settings.llm_daily_budget_usd * 1_000_000),
        limits=use_limits(document),
        keeps_texts=settings.debug_mode,
        longest_call_seconds=longest_call_seconds(settings, document),
    )
    async with database.write() as session:
        key = await VisitorRepository(session).installation_secret(_SECRET, secrets.token_hex(32))
    coaches = ModelCoaches(
        database,
        providers=providers,
        budget=budget,
        prompts=prompts_of(snapshot),
        document=document,
        key=bytes.fromhex(key),
        permissions=permissions,
    )
    return Models(coaches, budget, settings, snapshot, providers, messages)


def prompts_of(snapshot: Snapshot) -> Prompts:
    """Return what a model is told."""
    return Prompts(snapshot.prompt, snapshot.frameworks, snapshot.context)


def use_limits(document: LlmDocument) -> UseLimits:
    """Return how often one may ask."""
    return UseLimits(
        evaluations_per_hour=document.evaluations_per_hour,
        evaluations_per_day=document.evaluations_per_day,
        messages_per_hour=document.messages_per_hour,
        messages_per_day=document.messages_per_day,
        per_address_factor=document.per_address_factor,
    )


def _providers(settings: Settings, document: LlmDocument, messages: Messages) -> Providers | None:
    if not settings.llm_model:
        return None
    return Providers(
        provider_settings(settings, document),
        fell_back=metrics.count_fallback,
        circuit_changed=lambda model, is_open: messages.tell("circuit", model, 1.0 if is_open else -1.0),
    )


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
