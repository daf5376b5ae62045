"""What is wrong in a document: the line, the place and the reason, told in the language of whoever reads it.

A place is named where it is read, and becomes words only where there is a fault: reading a document without
one looks no sentence up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from memo_coach.translations.sentences import Sentence, sentence

_ITEM: Final = "item"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and in which line of the document (1 is the first)."""

    line: int
    reason: Sentence


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a document: ``the rubric``, or ``criterion 'ask'``, or a key within one of them."""

    kind: str = ""
    """The end of its key among the sentences; empty where the document's own word is the name."""
    name: str = ""
    language: str = ""
    within: Place | None = None

    def part(self, name: str) -> Place:
        """Return the place of a part of this one that is called by the document's own word."""
        return Place(name=name, within=self)

    def holding(self, kind: str, *, language: str = "") -> Place:
        """Return the place of a part of this one that has words of its own."""
        return Place(kind, language=language, within=self)

    def item(self, number: int) -> Place:
        """Return the place of an item of this list; 1 is the first."""
        return Place(_ITEM, str(number), within=self)

    def said(self) -> Sentence | str:
        """Return how it is called."""
        own: Sentence | str = self.name
        if self.kind == _ITEM and self.within is not None:
            return sentence("document_faults.place_item", where=self.within.said(), name=self.name)
        if self.kind:
            own = sentence(f"document_faults.place_{self.kind}", name=self.name, language=self.language)
        return own if self.within is None else at(self.within, own)


def at(place: Place, reason: Sentence | str) -> Sentence:
    """Return a reason with its place before it."""
    return sentence("document_faults.placed", where=place.said(), what=reason)


RUBRIC: Final = Place("rubric")
DOCUMENT: Final = Place("document")


def lines_of(source: str, faults: Iterable[Fault]) -> tuple[Sentence, ...]:
    """Return a line for each fault, ``source:line: reason``, in the order of the document's lines."""
    return tuple(
        sentence("document_faults.line", source=source, line=str(fault.line), reason=fault.reason)
        for fault in in_order(faults)
    )


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return faults in the order of the document's lines."""
    return tuple(sorted(faults, key=lambda fault: fault.line))
