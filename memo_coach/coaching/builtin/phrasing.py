"""The coach's sentences: what it says of each kind of finding, and what ties an evaluation together.

The texts for a kind of finding and the clauses for an indicator stand in the folder of their detector; the
sentences of the coach as a whole stand in ``en.yaml`` and the like, beside this module.

A comment, a suggestion and each of the questions may be one text or a list of variants: the same memo always
gets the same words, and two memos that lack the same thing get different ones.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import Any

from memo_coach.coaching.builtin.language_files import merged

LONGEST_VALUE = 90
"""Characters of a memo's own words within a sentence of ours; a longer value is cut at a word."""

_SLOT = re.compile(r"\{([a-z][a-z0-9_-]{0,40})\}")


@dataclass(frozen=True)
class Phrase:
    """The texts for one kind of finding, each with its variants, with their slots unfilled."""

    comment: tuple[str, ...]
    questions: tuple[tuple[str, ...], ...]
    suggestion: tuple[str, ...] = ()
    """Empty where nothing is suggested."""
    strength: str | None = None
    """A short clause for lists of strengths."""
    opportunity: str | None = None
    """A short imperative for lists of opportunities."""

    @cached_property
    def slots(self) -> frozenset[str]:
        """The slots that the texts of a comment have."""
        texts = chain(self.comment, self.suggestion, *self.questions)
        return frozenset().union(*map(slots_in, texts))


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
    """Return all texts for findings in a language.

    Raises:
        ValueError: a list of variants has none that can be said of every memo.
    """
    return {
        kind: Phrase(
            comment=_variants(kind, entry["comment"]),
            questions=tuple(_variants(kind, question) for question in entry["questions"]),
            suggestion=_variants(kind, entry["suggestion"]) if "suggestion" in entry else (),
            strength=entry.get("strength"),
            opportunity=entry.get("opportunity"),
        )
        for kind, entry in merged(language, "findings").items()
    }


def _variants(kind: str, written: str | Sequence[str]) -> tuple[str, ...]:
    if isinstance(written, str):
        return (written.strip(),)
    if all(map(slots_in, written)):
        raise ValueError(f"the variants of {kind!r} all have slots: {list(written)}")
    return tuple(variant.strip() for variant in written)


@lru_cache(maxsize=4096)
def slots_in(text: str) -> frozenset[str]:
    """Return the names of the slots of a text."""
    return frozenset(_SLOT.findall(text)) if "{" in text else frozenset()


def chosen(variants: Sequence[str], values: Mapping[str, str], key: str) -> str:
    """Choose one of the variants and fill its slots.

    Of those whose slots all have a value it is one with the most slots, because it says most about this memo;
    among several of these the passage decides, ``key``, so that the same memo gets the same words.

    Raises:
        MissingPhrase: no variant has a value for each of its slots.
    """
    if len(variants) == 1:
        return fill(variants[0], values)
    filled = {slot for slot, value in values.items() if value}
    for alike in _by_slots(tuple(variants)):
        sayable = [text for text, slots in alike if slots <= filled]
        if sayable:
            return fill(sayable[zlib.crc32(key.encode("utf-8", "replace")) % len(sayable)], values)
    return fill(variants[0], values)


@lru_cache(maxsize=4096)
def _by_slots(variants: tuple[str, ...]) -> tuple[tuple[tuple[str, frozenset[str]], ...], ...]:
    """Return the variants with their slots, those of as many slots together and the fullest first."""
    alike: dict[int, list[tuple[str, frozenset[str]]]] = {}
    for text in variants:
        slots = slots_in(text)
        alike.setdefault(len(slots), []).append((text, slots))
    return tuple(tuple(alike[count]) for count in sorted(alike, reverse=True))


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
