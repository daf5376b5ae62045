"""Mend broken JSON: single quotes, quotation marks within a string, missing commas, a cut end."""

from __future__ import annotations

import json
import re
from itertools import islice

from memo_coach.coaching.llm.answer.json_scalars import Value

CUT_MARK = "\ue0c7\ue0c8"
"""Stands in the value that the end of the text falls into."""

LONGEST_MENDED = 60_000
"""Characters that are mended."""
_DEEPEST = 24
_MOST_BRACKETS = 1_000
_MOST_QUOTATION_MARKS = 1_600
"""An answer about eight criteria has 700. The library's time grows with their square: 0.6 s for so many."""
_IN_NUMBER = "+-.,0123456789eE"
_LONGEST_ENDING = 200
_ENDING = re.compile(r"""(?P<value_awaited>[:\[]\s*+\Z)|(?<![:\[{,\s])\s*+["']\s*+\Z""")
"""Behind a colon or a bracket, or behind a string that is closed: it may be a key."""
_BRACKET = re.compile(r"[\[\]{}()]")
_QUOTATION_MARK = re.compile("[\"'“”‘’]")


def repaired(text: str) -> Value:
    """Return the value that a broken JSON text was meant to be, or ``None`` where it is beyond mending.

    Where the text ends within a value that value holds :data:`CUT_MARK`.
    """
    from json_repair import repair_json  # noqa: PLC0415 - needed only for a broken answer

    text = _bounded(text.replace(CUT_MARK, ""))
    if not _is_tame(text):
        return None
    try:
        value: Value = repair_json(_marked(text), return_objects=True, skip_json_loads=True)
    except Exception:  # noqa: BLE001 - whatever a hostile text does to the library, the coach goes on without
        return None
    return value


def _marked(text: str) -> str:
    """Return the text with the mark as, or within, the value that its end falls into.

    A number at the end may have been cut, so it is none; and the library drops what follows a string or a
    colon, unless it is a value.
    """
    text = text.rstrip(_IN_NUMBER)
    ending = _ENDING.search(text[-_LONGEST_ENDING:])
    if ending is None:
        return text + CUT_MARK
    return f'{text}"{CUT_MARK}"' if ending["value_awaited"] else f'{text}: "{CUT_MARK}"'


def _bounded(text: str) -> str:
    marks = islice(_QUOTATION_MARK.finditer(text), _MOST_QUOTATION_MARKS, None)
    first_too_many = next(marks, None)
    return text[: min(LONGEST_MENDED, len(text) if first_too_many is None else first_too_many.start())]


def _is_tame(text: str) -> bool:
    """Whether the nesting is that of an answer: the library recurses, and is slow where it is deep."""
    depth = 0
    for number, bracket in enumerate(_BRACKET.finditer(text)):
        depth = depth + 1 if bracket[0] in "[{(" else max(depth - 1, 0)
        if depth > _DEEPEST or number > _MOST_BRACKETS:
            return False
    return True


def is_cut(value: Value) -> bool:
    """Whether the end of a mended text fell into a value."""
    return CUT_MARK in json.dumps(value, ensure_ascii=False)
