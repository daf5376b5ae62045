"""What can go wrong around a request, each with a sentence for the person."""

from __future__ import annotations

from memo_coach.translations import text
from memo_coach.translations.sentences import Sentence


class WebError(Exception):
    """The root of this layer's errors; ``str(error)`` is a sentence for the person."""


class BuildFailed(WebError):
    """The pages could not be built."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)


class SiteMissing(WebError):
    """There are no built pages to serve."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)


class Refused(WebError):
    """The request comes without the right to what it asks for."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or text("problem.lost_session"))


class WorkerFailed(WebError):
    """A worker of the server cannot work, and has said why on standard error already."""
