"""Why nobody was signed in through the provider, each reason with a sentence."""

from __future__ import annotations

from enum import StrEnum

from memo_coach.services.errors import ServiceError
from memo_coach.translations import text


class Reason(StrEnum):
    """Why; its value is the key of the sentence, and what the sign-in page is told."""

    STALE = "stale"
    """It was not begun in this browser, is over, or took too long."""
    UNAVAILABLE = "unavailable"
    """The provider does not answer, or not with what it should."""
    DECLINED = "declined"
    """The provider has not signed the person in."""
    INVALID = "invalid"
    """What came back is not what the provider says to us about this very sign-in."""
    NOT_VERIFIED = "not_verified"
    """The provider does not vouch for the person's address."""
    NOT_ALLOWED = "not_allowed"
    """Nobody has invited the person, and their address is of no domain that may come by itself."""
    TAKEN = "taken"
    """There is an account with the address, and it is not to be joined."""
    DISABLED = "disabled"
    """The account is disabled."""


class SingleSignOnRefused(ServiceError):
    """Nobody is signed in. What exactly was wrong with the provider's answer is in the log alone."""

    def __init__(self, reason: Reason, next_address: str = "/") -> None:
        super().__init__(text(f"single_sign_on.{reason.value}"))
        self.reason = reason
        self.next_address = next_address
        """Where the person wanted to go."""
