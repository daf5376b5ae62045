"""What is refused about links to read, and about what their holders remark."""

from __future__ import annotations

from memo_coach.services.errors import ServiceError


class NotShareable(ServiceError):
    """The evaluation is not done, so there is nothing to read yet."""


class RemarkRefused(ServiceError):
    """A reader's remark is empty, too long, or on a passage that the memo does not have."""
