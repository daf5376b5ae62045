"""Mend broken JSON: single quotes, quotation marks within a string, missing commas, a cut end."""

from __future__ import annotations

import json
import re

from memo_coach.coaching.llm.json_scalars import Value

CUT_MARK = "\ue0c7\ue0c8"
"""Stands in the value that the end of the text falls into."""

LONGEST_MENDED = 60_000
"""Characters that are mended: the library's time may grow faster than the text."""
_DEEPEST = 24
_MOST_BRACKETS = 4_000
_BRACKET = re.compile(r"[\[\]{}]")


def mended(text: str) -> Value:
    """Give the value that a broken JSON text was meant to be, or ``None`` where it is beyond mending.

    Where the text ends within a value that value holds :data:`CUT_MARK`.
    """
    from json_repair import repair_json  # noqa: PLC0415 - needed only for a broken answer

    text = text[:LONGEST_MENDED].replace(CUT_MARK, "")
    if not _is_tame(text):
        return None
    try:
        value: Value = repair_json(text + CUT_MARK, return_objects=True, skip_json_loads=True)
    except Exception:  # noqa: BLE001 - whatever a hostile text does to the library, the coach goes on without
        return None
    return value


def _is_tame(text: str) -> bool:
    """Tell whether the nesting is that of an answer: the library recurses, and is slow where it is deep."""
    depth = 0
    for number, bracket in enumerate(_BRACKET.finditer(text)):
        depth = depth + 1 if bracket[0] in "[{" else max(depth - 1, 0)
        if depth > _DEEPEST or number > _MOST_BRACKETS:
            return False
    return True


def is_cut(value: Value) -> bool:
    """Tell whether the end of a mended text fell into a value."""
    return CUT_MARK in json.dumps(value, ensure_ascii=False)
