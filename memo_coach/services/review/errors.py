"""What is refused about marks, muted kinds and glossary words."""

from __future__ import annotations

from memo_coach.services.errors import ServiceError


class ReasonTooLong(ServiceError):
    """The reason for declining a remark is longer than what is kept."""


class UnknownKind(ServiceError):
    """What is to be muted is no kind of remark."""


class WordNotKept(ServiceError):
    """A word for the glossary is empty or too long."""
