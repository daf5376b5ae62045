"""How much a file may be, and how much its reading may take."""

from __future__ import annotations

from typing import Final

from memo_coach.coaching.memo.text import LONGEST_MEMO

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_CHARACTERS: Final = LONGEST_MEMO
"""Of the text that comes out, in code points."""
MOST_PAGES: Final = 100
LONGEST_SECONDS: Final = 10.0
"""From the start of the process to its answer."""
MOST_MEMORY: Final = 300 * 1024 * 1024
"""Bytes of address space of the reading process, its programs included."""
MOST_UNPACKED_BYTES: Final = 100 * 1024 * 1024
"""Of all that a Word file holds, as its directory says. Packing hardly shrinks pictures, and text tenfold."""
MOST_XML_BYTES: Final = 40 * 1024 * 1024
"""Of the parts of a Word file that are XML. A memo of the longest length takes a fifth of it."""
MOST_PARTS: Final = 2_000
"""Files within a Word file."""
DEEPEST_NESTING: Final = 200
"""Elements within each other. A table in a table in a text box is some thirty deep."""
