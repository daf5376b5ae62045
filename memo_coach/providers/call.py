"""One model's turn at a request: money set aside, attempts, text, accounts settled whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog

from memo_coach.coaching.llm.model import (
    AnswerEnded,
    FailureReason,
    Finish,
    ModelFailure,
    ModelRequest,
)
from memo_coach.providers.circuit import CircuitBreaker
from memo_coach.providers.client import Client, ProviderRequest, RequestForm, StreamEnded
from memo_coach.providers.failures import Fault, ProviderFault
from memo_coach.providers.ledger import CallPlan, CallStatus, Ledger
from memo_coach.providers.prices import Price
from memo_coach.providers.request_forms import RequestForms
from memo_coach.providers.tokens import count_prompt_tokens, count_tokens
from memo_coach.providers.usage_meter import UsageMeter

CHARACTERS_PER_TOKEN = 10
"""An answer with more characters than this for each token allowed is left: its server knows no limit. A token
has about four."""
LONGEST_ANSWER = 300_000
"""Characters after which an answer is left, however many tokens were allowed."""
ATTEMPTS_AT_AN_EMPTY_ANSWER = 2
CLEARLY_TOO_LONG = 1.4
"""Our count is an upper one; a prompt is only kept back where it passes the model's limit by this factor."""

_log = structlog.get_logger(__name__)


class CallFailed(Exception):
    """The model gave no (whole) answer."""

    def __init__(self, failure: ModelFailure, *, text_came: bool) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.text_came = text_came


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait, in seconds, and how often to try."""

    first_token_seconds: float
    """Before the first text, and between two pieces."""
    total_seconds: float
    """For a whole answer, with all attempts of all models."""
    attempts: int
    first_wait_seconds: float
    longest_wait_seconds: float


@dataclass(frozen=True, slots=True)
class CallContext:
    """What all turns of one model share."""

    client: Client
    forms: RequestForms
    circuit: CircuitBreaker
    price: Price
    patience: RetryPolicy
    keep: Callable[[Awaitable[Any]], asyncio.Future[Any]]
    """Lets a piece of work go on to its end when whoever waits for it goes away."""
    chance: Callable[[], float] = random.random


class Call:
    """One model's turn; :meth:`events` may be run once."""

    def __init__(
        self, model: str, request: ModelRequest, ledger: Ledger, context: CallContext, deadline: float
    ) -> None:
        self._model = model
        self._request = request
        self._ledger = ledger
        self._around = context
        self._deadline = deadline
        self._now = asyncio.get_running_loop().time
        self._most_tokens = min(request.most_tokens, context.price.most_output_tokens or request.most_tokens)
        self._prompt_tokens = prompt_tokens_of(request)
        self._tally = UsageMeter(
            context.price, self._prompt_tokens, self._most_tokens, context.patience.attempts, self._now
        )

    async def events(self) -> AsyncGenerator[str | AnswerEnded, None]:
        """Ask, as often as that makes sense; text as it comes, then the end.

        Raises:
            CallFailed: this model gave no answer, or none to its end.
        """
        self._check_length()
        if not self._around.circuit.may_admit:
            raise self._failed(Fault("circuit-open", retryable=False))
        call_id = await self._reserve()
        status: CallStatus = "stopped"
        fault: Fault | None = None
        finish: Finish = "other"
        try:
            async with contextlib.aclosing(self._attempts()) as pieces:
                async for piece in pieces:
                    if isinstance(piece, str):
                        yield piece
                    else:
                        finish = piece.finish
            status = "done"
        except ProviderFault as error:
            fault = error.fault
            status = "broken" if self._tally.text else "failed"
        finally:
            outcome = self._tally.outcome(status, fault.reason if fault else None)
            await asyncio.shield(self._around.keep(self._ledger.settle(call_id, outcome)))
        if fault is not None:
            raise self._failed(fault)
        yield AnswerEnded(finish)

    def _check_length(self) -> None:
        limit = self._around.price.context_tokens
        if limit is not None and self._prompt_tokens > limit * CLEARLY_TOO_LONG:
            raise self._failed(Fault("too-long", retryable=False, detail="by our own count"))

    def _failed(self, fault: Fault) -> CallFailed:
        return CallFailed(ModelFailure(fault.reason, fault.detail), text_came=bool(self._tally.text))

    async def _reserve(self) -> str:
        plan = CallPlan(
            model=self._model,
            purpose=self._request.purpose,
            messages=self._request.messages,
            prompt_tokens=self._prompt_tokens,
            most_completion_tokens=self._most_tokens,
            micro_usd=self._tally.reserved,
        )
        reserving = self._around.keep(self._ledger.reserve(plan))
        try:
            return str(await asyncio.shield(reserving))
        except asyncio.CancelledError:
            # What was set aside, perhaps a moment after this, must not stay so.
            self._around.keep(self._release(reserving))
            raise
        except ModelFailure as failure:
            raise CallFailed(failure, text_came=False) from None

    async def _release(self, reserving: asyncio.Future[Any]) -> None:
        try:
            call_id = await reserving
        except ModelFailure:
            return
        await self._ledger.settle(call_id, self._tally.outcome("stopped", None))

    async def _attempts(self) -> AsyncGenerator[str | StreamEnded, None]:
        """Ask until an answer comes or trying again makes no sense."""
        form = self._around.forms.of(self._model)
        tried = 0
        while True:
            if not self._around.circuit.admits():
                raise ProviderFault(Fault("circuit-open", retryable=False))
            try:
                async with contextlib.aclosing(self._watched(form)) as pieces:
                    async for piece in pieces:
                        yield piece
            except ProviderFault as error:
                fault = error.fault
            else:
                return
            if self._tally.text:
                raise ProviderFault(fault)
            self._tally.carry_over(fault)
            adapted = self._adapted(form, fault)
            if adapted is not None:
                form = adapted
                continue
            tried += 1
            wait = self._wait_before_another(fault, tried)
            _log.warning(
                "model failed", model=self._model, reason=fault.reason, detail=fault.detail,
                attempt=tried, again=wait is not None,
            )  # fmt: skip
            if wait is None:
                raise ProviderFault(fault)
            self._tally.retries += 1
            await asyncio.sleep(wait)

    def _adapted(self, form: RequestForm, fault: Fault) -> RequestForm | None:
        if not fault.complaints:
            return None
        shaped = self._request.schema is not None
        return self._around.forms.adapt(self._model, form, fault.complaints, shaped=shaped)

    def _wait_before_another(self, fault: Fault, tried: int) -> float | None:
        """Return the seconds to wait before the next attempt; ``None`` where there is to be none."""
        patience, context = self._around.patience, self._around
        most = (
            min(patience.attempts, ATTEMPTS_AT_AN_EMPTY_ANSWER)
            if fault.reason == "empty"
            else patience.attempts
        )
        if not fault.retryable or tried >= most or not self._tally.affords_another:
            return None
        if not context.circuit.may_admit:
            return None
        grown = min(patience.first_wait_seconds * 2 ** (tried - 1), patience.longest_wait_seconds)
        # Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        wait = grown * context.chance()
        if fault.retry_after is not None:
            if fault.retry_after > patience.longest_wait_seconds:
                return None
            wait += fault.retry_after
        return wait if self._now() + wait < self._deadline else None

    async def _watched(self, form: RequestForm) -> AsyncGenerator[str | StreamEnded, None]:
        """Make one attempt, and tell the circuit what came of it."""
        circuit, tally = self._around.circuit, self._tally
        longest = min(LONGEST_ANSWER, self._most_tokens * CHARACTERS_PER_TOKEN)
        verdict = circuit.abandoned
        try:
            async with contextlib.aclosing(self._attempt(form)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, StreamEnded):
                        tally.use = piece.use
                    elif tally.add(piece):
                        circuit.answered()
                    yield piece
                    if tally.characters > longest:
                        yield StreamEnded("length")
                        break
            verdict = circuit.succeeded
        except ProviderFault as error:
            verdict = circuit.failed if error.fault.counts else circuit.succeeded
            raise
        finally:
            verdict()

    async def _attempt(self, form: RequestForm) -> AsyncGenerator[str | StreamEnded, None]:
        request = self._request
        self._tally.asking = True
        attempt = ProviderRequest(
            self._model, request.messages, self._most_tokens, form,
            request.schema, request.schema_name, request.purpose,
        )  # fmt: skip
        async with contextlib.aclosing(self._around.client.stream(attempt)) as stream:
            while True:
                piece = await self._next(stream)
                if isinstance(piece, StreamEnded) and not self._tally.text:
                    self._tally.use = piece.use
                    # Asked again, a model whose thinking took all the tokens would only do so again.
                    retryable = piece.finish in {"stop", "other"}
                    raise ProviderFault(Fault("empty", retryable=retryable, detail=f"finish {piece.finish}"))
                yield piece
                if isinstance(piece, StreamEnded):
                    return

    async def _next(self, stream: AsyncIterator[str | StreamEnded]) -> str | StreamEnded:
        """Wait for the next piece, as long as that is worth while."""
        left = self._deadline - self._now()
        patience = self._around.patience.first_token_seconds
        try:
            async with asyncio.timeout(max(min(patience, left), 0.0)):
                return await anext(stream)
        except TimeoutError:
            pass
        except ProviderFault as error:
            if self._tally.text and error.fault.reason in {"unreachable", "slow", "server-error"}:
                raise ProviderFault(replace(error.fault, reason="broken")) from None
            raise
        stands_still = bool(self._tally.text) and patience <= left
        reason: FailureReason = "broken" if stands_still else "slow"
        detail = (
            "stands still" if stands_still else "no text in time" if patience <= left else "takes too long"
        )
        raise ProviderFault(Fault(reason, retryable=patience <= left, detail=detail, billed=True))


def prompt_tokens_of(request: ModelRequest) -> int:
    """Estimate the tokens of a request's prompt, its schema included."""
    schema = count_tokens(repr(request.schema)) if request.schema is not None else 0
    return count_prompt_tokens(request.messages) + schema
