"""What the services of second factors refuse, each with a sentence for the person."""

from __future__ import annotations

from memo_coach.services.errors import ServiceError
from memo_coach.translations import number, text


class CodeRefused(ServiceError):
    """A code is wrong, or was taken before."""

    def __init__(self) -> None:
        super().__init__(text("second_factors.code_refused"))


class PasskeyRefused(ServiceError):
    """A passkey's answer cannot be taken: why is in the log."""

    def __init__(self) -> None:
        super().__init__(text("second_factors.passkey_refused"))


class PasskeysImpossible(ServiceError):
    """The installation's address is none that passkeys can be for."""

    def __init__(self) -> None:
        super().__init__(text("second_factors.passkeys_impossible"))


class ConfirmationNeeded(ServiceError):
    """Who is signed in has to show once more who they are."""

    def __init__(self) -> None:
        super().__init__(text("second_factors.confirm_first"))


class FactorsExhausted(ServiceError):
    """An account has as many factors as it may."""

    def __init__(self, most: int) -> None:
        super().__init__(text("second_factors.too_many", most=number(most)))


class LastFactor(ServiceError):
    """A second factor is asked of the account, and this is its only one."""

    def __init__(self) -> None:
        super().__init__(text("second_factors.last"))
