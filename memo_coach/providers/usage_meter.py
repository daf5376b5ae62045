"""What one model's turn came to so far: text, tokens, money, time."""

from __future__ import annotations

from collections.abc import Callable

from memo_coach.coaching.llm.model import FailureReason
from memo_coach.providers.client import TokenUse
from memo_coach.providers.failures import Fault
from memo_coach.providers.ledger import CallOutcome, CallStatus
from memo_coach.providers.prices import Price
from memo_coach.providers.tokens import count_tokens


class UsageMeter:
    """Counts one turn, with all its attempts.

    An attempt that failed without text costs nothing, with two exceptions: one that was left because no text
    came in time counts with its prompt, which the provider has read; an answer without text counts with the
    tokens that the provider told. A call that is stopped counts with its prompt and the text so far.
    """

    def __init__(
        self,
        price: Price,
        prompt_tokens: int,
        most_tokens: int,
        attempts: int,
        now: Callable[[], float],
    ) -> None:
        self._price = price
        self._prompt_tokens = prompt_tokens
        self._most_tokens = most_tokens
        self._now = now
        self._started = now()
        self._spent = TokenUse(0, 0)
        self._estimated = False
        self._first_token_seconds: float | None = None
        self.text: list[str] = []
        self.characters = 0
        self.retries = 0
        self.asking = False
        """Whether an attempt is under way, so that the model reads the prompt."""
        self.use: TokenUse | None = None
        """What the provider told of the attempt that is under way."""
        self.reserved = price.micro_usd(prompt_tokens * attempts, most_tokens)
        """The most that the turn may cost: each attempt's prompt, one answer."""

    def add(self, text: str) -> bool:
        """Add a piece of the answer; tell whether it is the first."""
        is_first = not self.text
        if is_first:
            self._first_token_seconds = self._now() - self._started
        self.text.append(text)
        self.characters += len(text)
        return is_first

    def carry_over(self, fault: Fault) -> None:
        """Close the count of an attempt that failed without text."""
        if self.use is not None:
            self._spent = _sum(self._spent, self.use)
        elif fault.billed:
            self._spent = _sum(self._spent, TokenUse(self._prompt_tokens, 0))
            self._estimated = True
        self.use = None
        self.asking = False

    @property
    def affords_another(self) -> bool:
        """Whether another attempt stays within what was set aside."""
        return (
            self._cost(_sum(self._spent, TokenUse(self._prompt_tokens, self._most_tokens))) <= self.reserved
        )

    def outcome(self, status: CallStatus, failure: FailureReason | None) -> CallOutcome:
        """Return what the accounts are told."""
        text = "".join(self.text)
        total, estimated = self._spent, self._estimated
        if self.use is not None:
            total = _sum(total, self.use)
        elif text or (status == "stopped" and self.asking):
            total = _sum(total, TokenUse(self._prompt_tokens, self._count(text)))
            estimated = True
        return CallOutcome(
            status=status,
            prompt_tokens=total.prompt_tokens,
            completion_tokens=total.completion_tokens,
            micro_usd=self._cost(total),
            seconds=self._now() - self._started,
            first_token_seconds=self._first_token_seconds,
            retries=self.retries,
            response=text,
            failure=failure,
            estimated=estimated,
        )

    def _count(self, text: str) -> int:
        """Count the answer's tokens ourselves; more than were allowed are not charged."""
        return min(count_tokens(text), self._most_tokens)

    def _cost(self, use: TokenUse) -> int:
        return self._price.micro_usd(use.prompt_tokens, use.completion_tokens, use.cached_tokens)


def _sum(one: TokenUse, other: TokenUse) -> TokenUse:
    return TokenUse(
        one.prompt_tokens + other.prompt_tokens,
        one.completion_tokens + other.completion_tokens,
        one.cached_tokens + other.cached_tokens,
    )
