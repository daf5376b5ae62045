"""What comes out of reading a file, and why a file may be refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a file holds."""

    TEXT = "text"
    DOCX = "docx"
    PDF = "pdf"


class Refusal(StrEnum):
    """Why a file is not read. Each has its sentence in ``sentences/``."""

    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"
    TOO_DEEP = "too_deep"
    BOMB = "bomb"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    SCANNED = "scanned"
    GARBLED = "garbled"
    CORRUPT = "corrupt"
    ENTITIES = "entities"
    MACROS = "macros"
    WEB_PAGE = "web_page"
    OTHER_DOCUMENT = "other_document"
    UNKNOWN_KIND = "unknown_kind"


class Omission(StrEnum):
    """What a file may hold that its text does not. Each has its sentence in ``sentences/``."""

    PICTURES = "pictures"
    FOOTNOTES = "footnotes"
    COMMENTS = "comments"
    CONTENTS = "contents"
    TRACKED_CHANGES = "tracked_changes"
    EQUATIONS = "equations"
    PAGE_HEADS = "page_heads"
    LINKED_CONTENT = "linked_content"
    PAGES_WITHOUT_TEXT = "pages_without_text"
    TURNED_TEXT = "turned_text"


class DocumentRefused(Exception):
    """A file cannot be read. The message is for the log, and holds nothing of the file."""

    def __init__(self, reason: Refusal, cause: str = "") -> None:
        super().__init__(f"{reason.value}: {cause}" if cause else reason.value)
        self.reason = reason
        self.cause = cause


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the text does not hold: how much of it, and where it stood as far as that is known.

    ``places`` are positions in the text, in code points, in order; there may be fewer than ``count``.
    """

    what: Omission
    count: int
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A file's text as Markdown, in the form that is stored, and what was left out of it."""

    markdown: str
    left_out: tuple[LeftOut, ...] = ()
