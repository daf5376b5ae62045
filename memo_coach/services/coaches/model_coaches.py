"""The coach that asks a model, for one request: from what was said before, from the model, or refused."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace

from memo_coach.coaching.builtin.elements.evidence import LONGEST_EVIDENCE
from memo_coach.coaching.chat import ChatLimits
from memo_coach.coaching.coach import Coach
from memo_coach.coaching.documents.llm import LlmDocument
from memo_coach.coaching.evaluation import (
    Attributed,
    CoachEvent,
    CoachKind,
    CommentMade,
    CriterionJudged,
    OverallJudged,
    Progressed,
    SecondOpinionGiven,
)
from memo_coach.coaching.llm.coach import AnswerLimits, LlmCoach
from memo_coach.coaching.llm.model import Model, ModelEvent, ModelFailure, ModelRequest
from memo_coach.coaching.llm.prompt.messages import Prompts
from memo_coach.coaching.llm.prompt.schema import answer_schema
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.providers.ledger import CallOutcome, CallPlan, Ledger
from memo_coach.providers.providers import Providers
from memo_coach.services.chat.answers import ChatModels
from memo_coach.services.coaches.builtin_executor import BuiltinExecutor
from memo_coach.services.coaches.model_permissions import ModelPermissions
from memo_coach.services.coaches.service import CoachRequest
from memo_coach.services.evaluations.mapping import evaluation_view
from memo_coach.services.usage.budget import ModelBudget
from memo_coach.services.views import CoachOffer, CostEstimate, EvaluationView, Usage
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.evaluations import EvaluationRepository

ANSWERS = "1"
"""Counts the ways in which an answer becomes an evaluation: a new way makes no use of older evaluations."""
_EVIDENCE = ("risks: weak 0.50 | " * LONGEST_EVIDENCE)[:LONGEST_EVIDENCE]
"""Takes as many tokens as what the built-in coach finds in a memo at most, or more."""


class RefusedModel:
    """Stands where a model may not be asked; each question fails with the reason."""

    def __init__(self, name: str, failure: ModelFailure) -> None:
        self.name = name
        self._failure = failure

    async def answer(self, _request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Fail.

        Raises:
            ModelFailure: always.
        """
        raise self._failure
        yield  # an asynchronous generator, as every model's answer is

    def count_tokens(self, _text: str) -> int:
        """Nothing is sent, so nothing is too long."""
        return 0


class _MeteredLedger:
    """A ledger that also adds up what the calls took."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.usage = Usage()

    async def reserve(self, plan: CallPlan) -> str:
        return await self._ledger.reserve(plan)

    async def settle(self, call_id: str, outcome: CallOutcome) -> None:
        before = self.usage
        self.usage = Usage(
            before.prompt_tokens + outcome.prompt_tokens,
            before.completion_tokens + outcome.completion_tokens,
            before.cost_usd + outcome.micro_usd / 1_000_000,
        )
        await self._ledger.settle(call_id, outcome)


class ModelCoaches:
    """Makes coaches that ask the configured models."""

    def __init__(
        self,
        database: Database,
        *,
        providers: Providers | None,
        budget: ModelBudget,
        prompts: Prompts,
        document: LlmDocument,
        key: bytes,
        permissions: ModelPermissions | None = None,
    ) -> None:
        """``providers`` is ``None`` where no model is configured; ``key`` is a secret of the installation.

        Without ``permissions`` everybody may use all models.
        """
        self._permissions = permissions
        self._database = database
        self._providers = providers
        self._budget = budget
        self._prompts = prompts
        self._document = document
        self._key = key
        self._executor = BuiltinExecutor()
        self._warming: asyncio.Task[None] | None = None
        self._operators = _MeteredLedger(budget.ledger(owner=None, evaluation=None))

    @property
    def offer(self) -> CoachOffer | None:
        """What a writer may choose."""
        return None if self._providers is None else self.offer_of(self._providers.names)

    def offer_of(self, models: tuple[str, ...]) -> CoachOffer | None:
        """Return what somebody may choose who may use some of the configured models."""
        if self._providers is None or not models:
            return None
        return CoachOffer("llm", models[0], self._providers.destination_of(models[0]), is_default=True)

    async def models_of(self, owner: str | None) -> tuple[str, ...]:
        """Return the configured models that an owner may use, in the order in which they are asked."""
        if self._providers is None:
            return ()
        if self._permissions is None:
            return self._providers.names
        return await self._permissions.of(owner, self._providers.names)

    @property
    def used(self) -> Usage:
        """What the operator's own calls took, which belong to no evaluation."""
        return self._operators.usage

    @property
    def prompts(self) -> Prompts:
        """The prompts as they are configured."""
        return self._prompts

    def take_prompts(self, prompts: Prompts) -> None:
        """Tell models this from now on."""
        self._prompts = prompts

    def take_document(self, document: LlmDocument, providers: Providers | None) -> None:
        """Ask models so from now on."""
        self._document, self._providers, self._warming = document, providers, None

    @property
    def executor(self) -> BuiltinExecutor:
        """What reads memos without keeping the event loop waiting."""
        return self._executor

    def close(self) -> None:
        """End what computes beside."""
        self._executor.close()

    def boundary(self, text: str) -> str:
        """Return the mark around a memo in a prompt: nobody can foresee it, the same memo has the same."""
        return hmac.digest(self._key, b"boundary\0" + text.encode(), "sha256").hex()[:24]

    def coach_for(self, request: CoachRequest) -> Coach:
        """Return the coach for a request."""
        return _RequestedCoach(self, request)

    def cache_key(self, request: CoachRequest) -> str:
        """Return what the answer to a request is made from, hashed."""
        document, providers = self._document, self._providers
        first = "" if providers is None else (request.models or providers.names)[0]
        parts = (
            ANSWERS,
            first,
            "" if providers is None else providers.destination_of(first),
            self._prompts.version,
            request.rubric.id,
            request.rubric.version,
            request.language,
            repr((document.temperature, document.seed, document.answer_tokens)),
            request.text,
        )
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    async def load(self) -> None:
        """Load the providers' library with its prices, so that estimates are there. Nobody is asked.

        Raises:
            ModelFailure: the library cannot be loaded.
        """
        if self._providers is not None:
            await self._loading(self._providers)

    def _loading(self, providers: Providers) -> asyncio.Task[None]:
        if self._warming is None:
            self._warming = asyncio.create_task(providers.warm_up(), name="loading of models")
        return self._warming

    async def estimate(self, request: CoachRequest) -> CostEstimate | None:
        """Return the most that one answer would cost; a repair comes on top, at most as much again.

        It is also what has the providers' library loaded, with its prices, before it is really needed: the
        first time there is no answer yet. The memo is not read for it: what the model would be told of the
        built-in reading counts as long as it may be.
        """
        if self._providers is None:
            return None
        if not self._loading(self._providers).done():
            return None
        messages = self._prompts.evaluation(
            request.text,
            request.language,
            request.rubric,
            self.boundary(request.text),
            evidence=_EVIDENCE,
        )
        model_request = ModelRequest(
            messages,
            "evaluation",
            self._document.answer_tokens,
            answer_schema(request.rubric),
            "evaluation",
        )
        estimate = self._providers.estimate(model_request, request.models[0] if request.models else None)
        return CostEstimate(estimate.prompt_tokens, estimate.micro_usd / 1_000_000)

    async def open_model(self, owner: str | None, evaluation_id: str | None) -> Model:
        """Return the model for somebody, with the accounts that its calls are written to.

        It asks those of the configured models that they may use, and no others.
        """
        if self._providers is None:
            return RefusedModel("", ModelFailure("not-configured"))
        models = await self.models_of(owner)
        if not models:
            return RefusedModel(self._providers.names[0], ModelFailure("not-allowed"))
        ledger = (
            self._operators if owner is None else self._budget.ledger(owner=owner, evaluation=evaluation_id)
        )
        return self._providers.model_for(ledger, models)

    @property
    def chat_models(self) -> ChatModels:
        """How conversations have their models."""
        return ChatModels(
            open_model=self._open_for_chat,
            admit=self._admit_question,
            prompts=lambda: self._prompts,
            boundary=self.boundary,
            limits=lambda: ChatLimits(self._document.chat_tokens, self._document.chat_budget_tokens),
        )

    async def _open_for_chat(self, owner: str, evaluation_id: str) -> Model | None:
        return await self.open_model(owner, evaluation_id) if await self.models_of(owner) else None

    async def _admit_question(self, owner: str, address: str | None) -> None:
        mark = self._budget.address_mark(address) if address else None
        await self._budget.admit(owner, mark, "chat")

    async def admitted_model(self, request: CoachRequest) -> Model:
        """Return the model for a request, or one that refuses where a limit is reached."""
        model = await self.open_model(request.owner, request.evaluation_id)
        if isinstance(model, RefusedModel):
            return model
        if request.owner is not None and self._providers is not None:
            try:
                await self._budget.admit(request.owner, request.address, "evaluation")
            except ModelFailure as refusal:
                return RefusedModel(model.name, refusal)
        return model

    async def earlier(self, request: CoachRequest) -> EvaluationView | None:
        """Return the owner's newest evaluation that was made from the same, or ``None``.

        Only the owner's own: whether somebody else has had the same text judged is nobody's business, and
        what somebody deletes is gone.
        """
        if request.owner is None or self._providers is None:
            return None
        async with self._database.read() as session:
            evaluations = EvaluationRepository(session)
            found = await evaluations.with_cache_key(request.owner, self.cache_key(request))
            stored = None if found is None else await evaluations.whole(request.owner, found)
        return None if stored is None else evaluation_view(stored, Usage())

    def llm_coach(self, model: Model, request: CoachRequest) -> LlmCoach:
        """Return the coach that asks a model."""
        document = self._document
        limits = AnswerLimits(document.answer_tokens, document.repair_tokens, document.memo_tokens)
        return LlmCoach(
            model,
            self._prompts,
            boundary=self.boundary(request.text),
            limits=limits,
            first_reader=self._executor.read,
        )


class _RequestedCoach:
    """The coach for one request."""

    kind: CoachKind = "llm"

    def __init__(self, coaches: ModelCoaches, request: CoachRequest) -> None:
        self._coaches = coaches
        self._request = request

    async def evaluate(self, memo: Memo, rubric: Rubric) -> AsyncIterator[CoachEvent]:
        earlier = await self._coaches.earlier(self._request)
        if earlier is not None and earlier.overall is not None:
            for event in _again(earlier):
                yield event
            return
        model = await self._coaches.admitted_model(self._request)
        stream = self._coaches.llm_coach(model, self._request).evaluate(memo, rubric)
        del memo  # the coach holds it no longer than it needs it
        try:
            async for event in stream:
                yield event
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()


def _again(view: EvaluationView) -> list[CoachEvent]:
    """Return the events of an evaluation that is done, as an answer from the cache."""
    assert view.overall is not None, "only a finished evaluation is given again"  # noqa: S101
    events: list[CoachEvent] = []
    if view.second_opinion is not None:
        events.append(SecondOpinionGiven(view.second_opinion))
    if view.provenance is not None:
        events.append(Attributed(replace(view.provenance, cached=True)))
    events += map(CriterionJudged, view.criteria)
    events += map(CommentMade, view.comments)
    return [*events, Progressed(1, 1), OverallJudged(view.overall)]
