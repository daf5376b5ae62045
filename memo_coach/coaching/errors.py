"""Errors of the coaching domain, each with a sentence for the person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from memo_coach.coaching.documents.faults import Fault, in_order, lines_of


class CoachingError(Exception):
    """Something in the input stops the coach. ``str(error)`` is a sentence for the person."""


class EmptyMemo(CoachingError):
    """The memo holds no words."""


class MemoTooLong(CoachingError):
    """The memo passes :data:`memo_coach.coaching.memo.text.LONGEST_MEMO` characters."""


class LanguageNotRead(CoachingError):
    """The memo is in a language that the built-in coach does not read.

    ``str(error)`` says so in every language that it does read, for the writer may know only one of them.
    """

    def __init__(self, language: str, messages: Mapping[str, str]) -> None:
        """``language`` is a code, empty where unknown; ``messages`` has one for each language read."""
        super().__init__(" / ".join(messages.values()))
        self.language = language
        self.messages = messages


class BrokenRubric(CoachingError):
    """A rubric document cannot be used. The message names file, line and reason, one line for each fault.

    ``faults`` holds those lines, which know how they are said in other languages; ``found`` has the faults
    themselves.
    """

    def __init__(self, source: str, found: Iterable[Fault]) -> None:
        self.found = in_order(found)
        self.faults = lines_of(source, self.found)
        super().__init__("\n".join(self.faults))


class UnknownRubric(CoachingError):
    """No rubric has the id that was asked for."""
