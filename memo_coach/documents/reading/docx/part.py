"""One XML part of a Word file, read for what mammoth does not ask: is it harmless, and what is in it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from xml.parsers import expat

from memo_coach.documents.reading.limits import DEEPEST_NESTING, MOST_CHARACTERS
from memo_coach.documents.reading.model import DocumentRefused, Omission, Refusal

_CHANGES = frozenset({"ins", "del", "moveTo", "moveFrom"})
_PROPERTIES = frozenset({"rPr", "pPr", "trPr", "tcPr", "numPr", "sectPr"})
"""In these a change is one of a form, or of the end of a paragraph."""
_GRAPHICS = ("/chart", "/diagram")
_OWN_TEMPLATE = re.compile(r"file:///?[A-Za-z]:|[^:/\\]+\Z")
"""Where Word finds the template on its writer's own machine, which it notes in each file."""


@dataclass(slots=True)
class PartReading:
    """What is in a part."""

    counts: Counter[Omission] = field(default_factory=Counter)
    has_text: bool = False
    linked: int = 0
    """Things elsewhere that are part of the document, hyperlinks not among them."""


def read_part(content: bytes) -> PartReading:
    """Read a part.

    Raises:
        DocumentRefused: it declares a document type or entities, is nested too deep, or is broken.
    """
    handler = _Handler()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise DocumentRefused(Refusal.CORRUPT, f"expat {error.code}") from error
    return handler.reading


def _refuse_document_type(*_: object) -> None:
    # No program writes one into a Word file, and entities cannot be declared anywhere else.
    raise DocumentRefused(Refusal.ENTITIES)


class _Handler:
    def __init__(self) -> None:
        self.reading = PartReading()
        self._open: list[str] = []
        self._characters = 0

    def start(self, qualified: str, attributes: dict[str, str]) -> None:
        name = qualified.rpartition(" ")[2]
        parent = self._open[-1] if self._open else ""
        self._open.append(name)
        if len(self._open) > DEEPEST_NESTING:
            raise DocumentRefused(Refusal.TOO_DEEP)
        if name in _CHANGES and parent not in _PROPERTIES:
            self.reading.counts[Omission.TRACKED_CHANGES] += 1
        elif name == "oMath":
            self.reading.counts[Omission.EQUATIONS] += 1
        elif name == "graphicData" and attributes.get("uri", "").endswith(_GRAPHICS):
            self.reading.counts[Omission.PICTURES] += 1
        elif name == "Relationship":
            self.reading.linked += _is_linked(attributes)

    def end(self, _: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        if self._open[-1] == "t":
            self.reading.has_text = self.reading.has_text or bool(text.strip())
            self._characters += len(text)
            if self._characters > 2 * MOST_CHARACTERS:
                raise DocumentRefused(Refusal.TOO_LONG)


def _is_linked(relationship: dict[str, str]) -> bool:
    kind = relationship.get("Type", "").rpartition("/")[2]
    if relationship.get("TargetMode") != "External" or kind == "hyperlink":
        return False
    return not (kind == "attachedTemplate" and _OWN_TEMPLATE.match(relationship.get("Target", "")))
