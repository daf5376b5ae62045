"""What the tests of providers share: accounts that remember, settings for a server, one question."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from memo_coach.coaching.llm.model import (
    AnswerEnded,
    Message,
    ModelChosen,
    ModelFailure,
    ModelRequest,
    TextArrived,
)
from memo_coach.providers.ledger import CallOutcome, CallPlan
from memo_coach.providers.providers import Providers, ProviderSettings

KEY = "test-key"
MEMO = "We ask for 40,000 dollars to replace the crane. It failed three times in March."
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["criteria"],
    "properties": {
        "criteria": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id"],
                "properties": {"id": {"type": "string", "enum": ["ask", "evidence"]}},
            },
        }
    },
}


class Ledger:
    """A ledger in memory; it refuses the models that it is told to, and reserves when they may."""

    def __init__(self, refuses: tuple[str, ...] = ()) -> None:
        self.plans: list[CallPlan] = []
        self.settled: list[tuple[str, CallOutcome]] = []
        self._refuses = refuses
        self.asked = asyncio.Event()
        """Whether something was to be reserved."""
        self.may_reserve = asyncio.Event()
        self.may_reserve.set()

    async def reserve(self, plan: CallPlan) -> str:
        self.asked.set()
        await self.may_reserve.wait()
        if plan.model in self._refuses:
            raise ModelFailure("budget")
        self.plans.append(plan)
        return f"call-{len(self.plans)}"

    async def settle(self, call_id: str, outcome: CallOutcome) -> None:
        await asyncio.sleep(0.01)
        self.settled.append((call_id, outcome))

    @property
    def outcomes(self) -> list[CallOutcome]:
        return [outcome for _, outcome in self.settled]

    def check(self) -> None:
        """Check that what was reserved was settled once, at no more than was set aside."""
        counted = Counter(call_id for call_id, _ in self.settled)
        assert counted == Counter(f"call-{number + 1}" for number in range(len(self.plans)))
        for call_id, outcome in self.settled:
            assert outcome.micro_usd <= self.plans[int(call_id.removeprefix("call-")) - 1].micro_usd


@dataclass
class Heard:
    """What came of one question."""

    chosen: list[ModelChosen] = field(default_factory=list)
    text: str = ""
    pieces: int = 0
    ended: list[AnswerEnded] = field(default_factory=list)
    failure: ModelFailure | None = None

    @property
    def reason(self) -> str | None:
        return None if self.failure is None else self.failure.reason


def settings(url: str, *models: str, **others: Any) -> ProviderSettings:
    """Return settings with short waits, for models of a server of one's own."""
    given: dict[str, Any] = {
        "models": tuple(model if "/" in model else f"openai/{model}" for model in models),
        "api_base": url,
        "api_key": KEY,
        "connect_seconds": 2.0,
        "first_token_seconds": 5.0,
        "total_seconds": 30.0,
        "temperature": 0.0,
        "seed": 7,
        "attempts": 3,
        "first_wait_seconds": 0.01,
        "longest_wait_seconds": 2.0,
        "circuit_failures": 50,
        "circuit_rest_seconds": 60.0,
        "prices": (),
        "assumed_input_usd": 5.0,
        "assumed_output_usd": 25.0,
    }
    return ProviderSettings(**(given | others))


def question(*, shaped: bool = True, memo: str = MEMO, most_tokens: int = 6000) -> ModelRequest:
    """Return a request for an evaluation, or for running text."""
    messages = (Message("system", "Judge the memo."), Message("user", memo))
    if not shaped:
        return ModelRequest(messages, "chat", most_tokens)
    return ModelRequest(messages, "evaluation", most_tokens, SCHEMA, "evaluation")


async def ask(providers: Providers, ledger: Ledger, request: ModelRequest | None = None) -> Heard:
    """Ask, and hear all that comes."""
    heard = Heard()
    try:
        async for event in providers.model_for(ledger).answer(request or question()):
            if isinstance(event, TextArrived):
                heard.text += event.text
                heard.pieces += 1
            elif isinstance(event, ModelChosen):
                heard.chosen.append(event)
            else:
                heard.ended.append(event)
    except ModelFailure as failure:
        heard.failure = failure
    return heard
