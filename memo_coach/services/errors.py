"""What a service refuses, each with a sentence that a page, the API or the command line shows as it is."""

from __future__ import annotations

from memo_coach.translations import text
from memo_coach.translations.sentences import spoken


class ServiceError(Exception):
    """Something that was asked for cannot be done."""

    def __init__(self, message: str) -> None:
        super().__init__(message)

    @property
    def message(self) -> str:
        """The sentence for the person; one that was made elsewhere is told in the language spoken here."""
        return spoken(self)


class NotFound(ServiceError):
    """There is no such thing, or it belongs to somebody else: the two cannot be told apart."""

    def __init__(self) -> None:
        super().__init__(text("problem.not_found"))


class MemoEmpty(ServiceError):
    """The memo has no words."""


class MemoTooLong(ServiceError):
    """The memo passes the longest length that the coach reads."""


class TooMany(ServiceError):
    """The owner has reached a limit; the sentence says which, and what to do."""


class Unavailable(ServiceError):
    """The database or the disk cannot be used at the moment; the person may try again later."""


class UnknownRubric(ServiceError):
    """No rubric has the id."""


class UnknownLanguage(ServiceError):
    """The coach does not read the language."""


class LanguageNotRead(ServiceError):
    """The memo is in a language that the built-in coach does not read, and no other was chosen for it."""


class UnknownCoach(ServiceError):
    """No such coach is available in this installation."""


class NotRepeatable(ServiceError):
    """The evaluation succeeded, so there is nothing to try again."""


class ServicesClosed(RuntimeError):
    """The services are not open: a fault of the program, not of the person."""
