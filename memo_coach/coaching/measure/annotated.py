"""A document as a careful reader read it: what is there, what is not, and what they would tell the author."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Status = Literal["present", "partial", "absent"]
STATUSES: tuple[Status, ...] = ("present", "partial", "absent")


@dataclass(frozen=True, slots=True)
class ElementFound:
    """What the reader found of an element."""

    expected: bool
    """Whether a demanding reader of this document would really miss it."""
    status: Status
    quotes: tuple[str, ...]
    """The best evidence; none where it is absent."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One of the five things that the reader would tell the author first."""

    element: str
    """An element, ``style:…`` or ``other``."""
    quote: str | None
    remark: str


@dataclass(frozen=True, slots=True)
class GradedMemo:
    """A text and the scores that a reader gave it."""

    name: str
    text: str
    rubric: str
    criteria: Mapping[str, float | None]
    overall: float


@dataclass(frozen=True, slots=True)
class AnnotatedDocument:
    """A text and its reading."""

    name: str
    """What to call it, such as ``status/03``."""
    text: str
    kind: str
    """What sort of document it is, such as ``proposal``."""
    rubric: str
    language: str
    collection: str
    """The set that it belongs to, such as one to develop with and one to compare on."""
    elements: Mapping[str, ElementFound]
    criteria: Mapping[str, float | None]
    """The reader's scores; ``None`` where a criterion has no place in the document."""
    overall: float
    remarks: tuple[Remark, ...]
    not_prose: tuple[str, ...]
    """Passages that the author did not say: labels of a form, instructions, quoted mail, code."""
