"""An outline to begin a memo with: a rubric's criteria as headings, and under each what is to be written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from memo_coach.coaching.rubric.model import Rubric, localised

_OF_THE_WHOLE_MEMO: Final = frozenset({"clarity", "evidence"})
"""Criteria that no part of a memo is about, so that none is headed by them."""


class _Words(NamedTuple):
    head: str
    blank: str
    """A blank that counts as one, and that the built-in coach finds, until it is filled in."""


_WORDS: Final[Mapping[str, _Words]] = {
    "en": _Words("To: [Name]\nFrom: [Name]\nDate: [Date]\nSubject: [Title]", "[To be completed: {what}]"),
    "es": _Words("Para: [Nombre]\nDe: [Nombre]\nFecha: [Fecha]\nAsunto: [Título]", "[Por completar: {what}]"),
}
_BRACKETS: Final = str.maketrans("[]", "()")
"""Within a blank, brackets would end it."""
_BLANK: Final = re.compile(
    "^(?:"
    + "|".join(re.escape(words.blank.partition("{what}")[0]) for words in _WORDS.values())
    + r")[^\[\]\n]*\]",
    re.MULTILINE,
)


def outline_of(rubric: Rubric, language: str) -> str:
    """Return the outline in a language; in English where there is none in it."""
    words = _WORDS.get(language, _WORDS["en"])
    parts = [words.head]
    for criterion in rubric.criteria:
        if criterion.id in _OF_THE_WHOLE_MEMO:
            continue
        name, what = localised(criterion.name, language), localised(criterion.description, language)
        parts += [f"## {name}", words.blank.format(what=_on_a_line(what))]
    return "\n\n".join(parts) + "\n"


def outline_blanks(text: str) -> tuple[tuple[int, int], ...]:
    """Return where lines of an outline still stand as they were given: as starts and ends.

    They are words of the rubric, which its coach must not take for the author's.
    """
    return tuple(found.span() for found in _BLANK.finditer(text))


def _on_a_line(what: str) -> str:
    return " ".join(what.translate(_BRACKETS).split()).rstrip(".")
