"""What the configuration documents have in common: how they are read, refused and given a version."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from memo_coach.coaching.documents.document_reader import DocumentReader
from memo_coach.coaching.documents.faults import Fault, in_order, lines_of
from memo_coach.coaching.documents.yaml_documents import Node, UnreadableDocument, read_yaml
from memo_coach.coaching.errors import CoachingError

FOLDER = Path(__file__).parent
LANGUAGE = re.compile(r"[a-z]{2,3}")

Read = TypeVar("Read")


class BrokenDocument(CoachingError):
    """A configuration document cannot be used.

    The message has one line for each fault, ``source:line: reason``, and ``faults`` holds those lines, which
    know how they are said in other languages; ``found`` has the faults themselves.
    """

    def __init__(self, source: str, found: Iterable[Fault]) -> None:
        self.found = in_order(found)
        self.faults = lines_of(source, self.found)
        super().__init__("\n".join(self.faults))


def read_document(text: str, *, source: str, read: Callable[[Node, DocumentReader], Read]) -> Read:
    """Read a document with ``read``, which notes every fault with the reader that it is given.

    Args:
        text: the YAML.
        source: what to call the document in messages, such as its file name.
        read: makes the value from the document's root; what it returns counts only where no fault was noted.

    Raises:
        BrokenDocument: the document has faults; all of them at once.
    """
    try:
        root, faults = read_yaml(text)
    except UnreadableDocument as error:
        raise BrokenDocument(source, [error.fault]) from error
    value = read(root, DocumentReader(faults))
    if faults:
        raise BrokenDocument(source, faults)
    return value


def version_of(text: str) -> str:
    """Return what changes whenever a document does: the first twelve hexadecimal digits of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def shipped_text(name: str) -> str:
    """Return the text of a document that comes with the product, such as ``prompt.yaml``."""
    return (FOLDER / name).read_text("utf-8")
