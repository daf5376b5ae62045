"""The coach's words: what it says of each kind of finding, in each language, from YAML files.

``phrasing/<language>/coach.yaml`` holds the sentences that tie an evaluation together; every other file of
the folder maps kinds of findings to their texts. Adding a language is adding a folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
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


@cache
def languages() -> tuple[str, ...]:
    """Give the codes of the languages that the coach speaks."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/coach.yaml")))


def phrase(language: str, kind: str) -> Phrase:
    """Give the texts for a kind of finding.

    Raises:
        MissingPhrase: the language has none for it.
    """
    found = phrases(language).get(kind)
    if found is None:
        raise MissingPhrase(f"no phrasing for {kind!r} in {language!r}")
    return found


@cache
def phrases(language: str) -> Mapping[str, Phrase]:
    """Read all texts for findings in a language, once."""
    texts: dict[str, Phrase] = {}
    for path in sorted((FOLDER / language).glob("*.yaml")):
        if path.name == "coach.yaml":
            continue
        for kind, entry in _read(path).items():
            if kind in texts:
                raise ValueError(f"{path}: the phrasing of {kind!r} is defined twice")
            texts[kind] = Phrase(
                comment=entry["comment"].strip(),
                questions=tuple(entry["questions"]),
                suggestion=entry.get("suggestion"),
                strength=entry.get("strength"),
                opportunity=entry.get("opportunity"),
            )
    return texts


@cache
def sentences(language: str) -> Mapping[str, Any]:
    """Read the sentences that tie an evaluation together in a language, once."""
    return _read(FOLDER / language / "coach.yaml")


def sentence(language: str, name: str, values: Mapping[str, str] | None = None) -> str:
    """Give one of those sentences with its slots filled.

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


def _read(path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - its import is slow, and only the first evaluation needs it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506 - CSafeLoader is a safe loader
    return dict(content or {})
