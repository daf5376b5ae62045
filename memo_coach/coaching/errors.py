"""Errors of the coaching domain, each with a sentence for the person."""

from __future__ import annotations


class CoachingError(Exception):
    """Something in the input stops the coach. ``str(error)`` is a sentence for the person."""


class EmptyMemo(CoachingError):
    """The memo holds no words."""


class MemoTooLong(CoachingError):
    """The memo passes :data:`memo_coach.coaching.text.LONGEST_MEMO` characters."""


class BrokenRubric(CoachingError):
    """A rubric document cannot be used. The message names file, line and reason, one line for each fault."""

    def __init__(self, message: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults or (message,)


class UnknownRubric(CoachingError):
    """No rubric has the id that was asked for."""
