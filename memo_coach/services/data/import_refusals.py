"""Why a file is not imported."""

from __future__ import annotations

from memo_coach.services.errors import ServiceError
from memo_coach.translations.sentences import Sentence, sentence


class NotAnExport(ServiceError):
    """The file is none that was exported here; nothing of it was taken."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(sentence("import.refused", reason=reason))


class PiecesDoNotFit(ServiceError):
    """A piece of a file does not follow those that came before; the file is to be sent from its beginning."""

    def __init__(self) -> None:
        super().__init__(sentence("import.begin_again"))


def damaged_at(*steps: int | str) -> NotAnExport:
    """Return the refusal of a document that is no export's from some place on."""
    place = " › ".join(str(step) for step in steps)[:200]
    return NotAnExport(
        sentence("import.damaged_at", place=place) if place else sentence("import.damaged_at_beginning")
    )
