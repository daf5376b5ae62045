"""What the services of accounts refuse, each with a sentence for the person."""

from __future__ import annotations

from memo_coach.services.errors import ServiceError
from memo_coach.translations import number, text


class SignInRefused(ServiceError):
    """Nobody is signed in by this. Why is not told: whether there is such an account is nobody's business."""

    def __init__(self) -> None:
        super().__init__(text("accounts.sign_in_refused"))


class TooManyAttempts(ServiceError):
    """Signing in failed too often, under this address of an account or from this network."""

    def __init__(self, retry_after: int) -> None:
        minutes = -(-retry_after // 60)
        super().__init__(text("accounts.too_many_attempts", count=minutes))
        self.retry_after = retry_after
        """Seconds until it may be tried again."""


class LinkRefused(ServiceError):
    """A one-time link was used, has expired, or never was one: the three cannot be told apart."""

    def __init__(self) -> None:
        super().__init__(text("accounts.link_refused"))


class PasswordRefused(ServiceError):
    """A new password cannot be taken; the sentence says why."""


class NoPasswordsHere(ServiceError):
    """A password is to be chosen where one signs in through a provider alone."""

    def __init__(self, provider: str) -> None:
        super().__init__(text("single_sign_on.local_off", name=provider))


class WrongPassword(ServiceError):
    """Who is signed in has not given the password that they have."""

    def __init__(self) -> None:
        super().__init__(text("accounts.wrong_password"))


class AccountUnfit(ServiceError):
    """An account cannot be made or changed like this; the sentence says why."""


class EmailTaken(AccountUnfit):
    """There is an account with this address already."""

    def __init__(self) -> None:
        super().__init__(text("accounts.email_taken"))


class LastAdministrator(ServiceError):
    """Without this account nobody could administer the installation."""

    def __init__(self) -> None:
        super().__init__(text("accounts.last_administrator"))


class MailNotSent(ServiceError):
    """The mail server did not take a message."""

    def __init__(self) -> None:
        super().__init__(text("accounts.mail_not_sent"))


def too_long(what: str, most: int) -> AccountUnfit:
    """Return the refusal of a text that is longer than is kept; ``what`` is the key of its sentence."""
    return AccountUnfit(text(what, most=number(most)))
