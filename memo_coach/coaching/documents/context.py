"""``context.yaml``: who reads memos in this organisation, what it is, and what is usual there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from memo_coach.coaching.documents.document import read_document, shipped_text, version_of
from memo_coach.coaching.documents.document_reader import DocumentReader
from memo_coach.coaching.documents.faults import Place
from memo_coach.coaching.documents.yaml_documents import Node
from memo_coach.coaching.rubric.model import LocalisedText

_WHERE = Place("context")
_KEYS = ("reader", "organisation", "conventions")


@dataclass(frozen=True, slots=True)
class ContextDocument:
    """A complete and checked context document. Each text stands in every prompt as it is."""

    version: str
    reader: LocalisedText
    """Who decides on memos here, what they know already and what they have no patience for."""
    organisation: LocalisedText
    """What the organisation does, how large it is, what it wants to achieve."""
    conventions: LocalisedText
    """What is usual in a memo here: its length, its parts, currencies, limits of approval."""


def load_context(text: str, *, source: str) -> ContextDocument:
    """Read a context document.

    Args:
        text: the YAML.
        source: what to call the document in messages, such as its file name.

    Raises:
        BrokenDocument: the document has faults.
    """

    def read(root: Node, reader: DocumentReader) -> ContextDocument:
        entries = reader.mapping(root, _WHERE, _KEYS)
        texts = {key: reader.localised(entries, key, root, _WHERE) for key in _KEYS}
        return ContextDocument(version=version_of(text), **texts)

    return read_document(text, source=source, read=read)


@cache
def shipped_context() -> ContextDocument:
    """Return the context that comes with the product; read once."""
    return load_context(shipped_text("context.yaml"), source="context.yaml")
