"""What the administration of the documents refuses."""

from __future__ import annotations

from memo_coach.coaching.documents.faults import Fault
from memo_coach.coaching.memo.difference import Run
from memo_coach.services.errors import ServiceError
from memo_coach.translations.sentences import sentence


class DocumentRefused(ServiceError):
    """A text is no document that can be saved; ``faults`` say what is wrong in which line."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(sentence("documents.refused", count=len(faults)))
        self.faults = faults


class DocumentConflict(ServiceError):
    """Somebody else has saved the document meanwhile; ``runs`` are what they changed."""

    def __init__(self, *, author: str, version: int, runs: tuple[Run, ...] = ()) -> None:
        super().__init__(sentence("documents.conflict", author=author, version=version))
        self.version = version
        self.runs = runs


class UnknownDocument(ServiceError):
    """There is no document of that name, or no such version of it."""


class RubricNotMade(ServiceError):
    """A rubric cannot be made, or not be retired; the sentence says why."""
