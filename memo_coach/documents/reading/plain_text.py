"""Text files: UTF-8, UTF-16 and UTF-32, with or without their mark, or else Windows-1252."""

from __future__ import annotations

import codecs
import re

from memo_coach.coaching.memo.text import normalise_text
from memo_coach.documents.reading.limits import MOST_CHARACTERS
from memo_coach.documents.reading.marks import checked
from memo_coach.documents.reading.model import DocumentRefused, ReadDocument, Refusal

# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_SAMPLE = 4_096
_BINARY = re.compile(r"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
"""What no program writes into a text. The rest of the controls end pages and lines, ring and colour."""


def read_plain_text(content: bytes) -> ReadDocument:
    """Read a text file.

    Raises:
        DocumentRefused: it is none, it is not what its mark says, it is empty or too long.
    """
    text = _decoded(content)
    if _BINARY.search(text):
        raise DocumentRefused(Refusal.UNKNOWN_KIND, "control characters")
    if len(text) > 2 * MOST_CHARACTERS:
        raise DocumentRefused(Refusal.TOO_LONG)
    return ReadDocument(checked(normalise_text(text)))


def _decoded(content: bytes) -> str:
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
    if encoding is None and b"\0" in content[:_SAMPLE]:
        encoding = _utf_16_without_mark(content[:_SAMPLE])
    if encoding is not None:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            raise DocumentRefused(Refusal.CORRUPT, f"no {encoding}") from error
    for guess in ("utf-8", "windows-1252"):
        try:
            return content.decode(guess)
        except UnicodeDecodeError:
            continue
    raise DocumentRefused(Refusal.UNKNOWN_KIND, "no encoding")


def _utf_16_without_mark(sample: bytes) -> str:
    """Return the order of bytes of a text whose letters have one empty byte each, as those of Europe do."""
    high, low = sample[0::2].count(0), sample[1::2].count(0)
    most = len(sample) // 2
    if low > 0.7 * most and high < 0.05 * most:
        return "utf-16-le"
    if high > 0.7 * most and low < 0.05 * most:
        return "utf-16-be"
    raise DocumentRefused(Refusal.UNKNOWN_KIND, "NUL bytes")
