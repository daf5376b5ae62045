"""What goes into a Word document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class WordMemo:
    """One version of a memo."""

    title: str
    text: str
    """Markdown."""
    language: str
    created: datetime
