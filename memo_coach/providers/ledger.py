"""What is told of each call to a model, to whoever keeps the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from memo_coach.coaching.llm.model import FailureReason, Message, Purpose

CallStatus = Literal["done", "failed", "broken", "stopped"]
"""``broken``: text came, but not to the end. ``stopped``: the person went away or cancelled."""


@dataclass(frozen=True, slots=True)
class CallPlan:
    """A call that is about to be made, and the most that it can cost."""

    model: str
    purpose: Purpose
    messages: tuple[Message, ...]
    prompt_tokens: int
    most_completion_tokens: int
    micro_usd: int
    """Millionths of a US dollar: an upper bound."""


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """How a call went, all its attempts together."""

    status: CallStatus
    prompt_tokens: int
    completion_tokens: int
    micro_usd: int
    seconds: float
    first_token_seconds: float | None
    retries: int
    response: str
    """What came, as it came."""
    failure: FailureReason | None = None
    estimated: bool = False
    """True where the provider told no usage, so tokens and cost are our own count."""


class Ledger(Protocol):
    """Keeps account of one person's calls."""

    async def reserve(self, plan: CallPlan) -> str:
        """Set the cost aside before the call; give the call's id.

        Raises:
            ModelFailure: ``budget`` where it would pass what is left of the day's.
        """
        ...

    async def settle(self, call_id: str, outcome: CallOutcome) -> None:
        """Note how the call went, and free what was set aside beyond its cost."""
        ...
