"""What is wrong in a document, in the language that is spoken.

The domain speaks of faults in English alone. Here each of its sentences is known by the words that are the
same every time; what differs (keys, numbers) is taken over. One that is not known stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from memo_coach.translations import ENGLISH, contents, current_language, speaking

PART: Final = "document_faults"
_SLOT: Final = re.compile(r"\\\{(\w+)\\\}")
_PLACE: Final = re.compile(r"(?P<where>.+?): (?P<reason>.+)", re.DOTALL)
_WITHIN: Final = ("kind",)
"""Slots whose words are sentences of the list themselves."""
_DEEPEST: Final = 6


def spoken_reason(reason: str) -> str:
    """Return the reason of a fault in the language that is spoken."""
    return reason if current_language() == ENGLISH else _spoken(reason, 0)


def _spoken(said: str, depth: int) -> str:
    for key, pattern in _patterns().items():
        if found := pattern.fullmatch(said):
            values = {
                slot: _spoken(value, depth + 1) if slot in _WITHIN and depth < _DEEPEST else value
                for slot, value in found.groupdict().items()
            }
            return str(contents(PART)[key]).format(**values)
    if depth < _DEEPEST and (placed := _PLACE.fullmatch(said)):
        return f"{_spoken(placed['where'], depth + 1)}: {_spoken(placed['reason'], depth + 1)}"
    return said


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    with speaking(ENGLISH):
        sentences = contents(PART)
    # A place before the fault ("the rubric: …") is taken off first: no slot reaches over a colon and a space,
    # but where the sentence itself ends in what somebody else said.
    return {key: _pattern(key, str(said)) for key, said in sentences.items()}


def _pattern(key: str, said: str) -> re.Pattern[str]:
    last = said.rpartition("{")[2]
    open_ended = key in ("no_yaml", "pattern_invalid") and last.endswith("}")
    slot = r"(?P<\1>(?:(?!: ).)+?)"
    pattern = _SLOT.sub(slot, re.escape(said))
    if open_ended:
        name = last.removesuffix("}")
        pattern = pattern.replace(rf"(?P<{name}>(?:(?!: ).)+?)", rf"(?P<{name}>.+)")
    return re.compile(pattern, re.DOTALL)
