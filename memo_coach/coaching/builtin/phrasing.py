"""The coach's sentences: what it says of each kind of finding, and what ties an evaluation together.

The texts for a kind of finding and the clauses for an indicator stand in the folder of their detector; the
sentences of the coach as a whole stand in ``en.yaml`` and the like, beside this module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from memo_coach.coaching.builtin.language_files import merged

LONGEST_VALUE = 90
"""Characters of a memo's own words within a sentence of ours; a longer value is cut at a word."""

_SLOT = re.compile(r"\{([a-z][a-z0-9_-]{0,40})\}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """The texts for one kind of finding, with their slots unfilled."""

    comment: str
    questions: tuple[str, ...]
    suggestion: str | None = None
    strength: str | None = None
    """A short clause for lists of strengths."""
    opportunity: str | None = None
    """A short imperative for lists of opportunities."""


class MissingPhrase(KeyError):
    """A kind of finding, a sentence or a slot has no text: a fault of the program, which tests rule out."""


def phrase(language: str, kind: str) -> Phrase:
    """Return the texts for a kind of finding.

    Raises:
        MissingPhrase: the language has none for it.
    """
    found = phrases(language).get(kind)
    if found is None:
        raise MissingPhrase(f"no phrasing for {kind!r} in {language!r}")
    return found


@cache
def phrases(language: str) -> Mapping[str, Phrase]:
    """Return all texts for findings in a language."""
    return {
        kind: Phrase(
            comment=entry["comment"].strip(),
            questions=tuple(entry["questions"]),
            suggestion=entry.get("suggestion"),
            strength=entry.get("strength"),
            opportunity=entry.get("opportunity"),
        )
        for kind, entry in merged(language, "findings").items()
    }


@cache
def sentences(language: str) -> Mapping[str, Any]:
    """Return what ties an evaluation together: ``sentences``, ``patterns`` and clauses for ``indicators``."""
    return {part: merged(language, part) for part in ("sentences", "patterns", "indicators")}


def sentence(language: str, name: str, values: Mapping[str, str] | None = None) -> str:
    """Return one of those sentences with its slots filled.

    Raises:
        MissingPhrase: the language has no such sentence, or a slot has no value.
    """
    text = sentences(language)["sentences"].get(name)
    if text is None:
        raise MissingPhrase(f"no sentence {name!r} in {language!r}")
    return fill(text, values or {})


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill the slots of a text, ``{amount}`` and the like; words of the memo are cut to a readable length.

    Raises:
        MissingPhrase: a slot has no value.
    """

    def value_of(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise MissingPhrase(f"no value for the slot {match[0]} in {text!r}")
        return shortened(values[match[1]])

    return _SLOT.sub(value_of, text) if "{" in text else text


def shortened(value: str, longest: int = LONGEST_VALUE) -> str:
    """Put a passage on one line and cut it at a word, with an ellipsis, where it is too long."""
    flat = " ".join(value[: longest * 4].split())
    if len(flat) <= longest:
        return flat
    return flat[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–—-") + "…"
