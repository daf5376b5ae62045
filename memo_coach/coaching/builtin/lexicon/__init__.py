"""Word lists of a language, read from the YAML files in the folder of that language.

A file maps a name to text with one entry a line (``#`` begins a comment), or to a mapping of ``entry: better``
pairs. Adding a language is adding a folder; each name must be there in every language, which a test checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from memo_coach.coaching.memo import Word

FOLDER = Path(__file__).parent
_WORD = re.compile(r"\w+(?:['’.\-]\w+)*|%", re.UNICODE)


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A phrase found in a run of words: ``words[first:last]``."""

    phrase: str
    first: int
    last: int


class PhraseList:
    """Phrases that are looked up word by word, in time linear in the text however many phrases there are."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self.phrases = tuple(phrases)
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for phrase in phrases:
            words = tuple(_WORD.findall(phrase.lower()))
            if words:
                self._by_first.setdefault(words[0], []).append((words, phrase))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def __contains__(self, phrase: str) -> bool:
        words = tuple(_WORD.findall(phrase.lower()))
        return bool(words) and any(entry == words for entry, _ in self._by_first.get(words[0], ()))

    def find(self, words: Sequence[Word], first: int = 0, last: int | None = None) -> Iterator[PhraseMatch]:
        """Yield the longest phrase at each place in ``words[first:last]``, left to right, without overlaps."""
        stop = len(words) if last is None else last
        position = first
        while position < stop:
            for entry, phrase in self._by_first.get(words[position].lower, ()):
                end = position + len(entry)
                if end <= stop and all(words[position + i].lower == part for i, part in enumerate(entry)):
                    yield PhraseMatch(phrase, position, end)
                    position = end - 1
                    break
            position += 1


@dataclass
class Lexicon:
    """All word lists of one language."""

    language: str
    _raw: dict[str, str | dict[str, str]]
    _phrases: dict[str, PhraseList] = field(default_factory=dict)
    _patterns: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def names(self) -> frozenset[str]:
        """Name every list."""
        return frozenset(self._raw)

    def entries(self, name: str) -> tuple[str, ...]:
        """Give the entries of a list in the file's order; for a mapping, its keys."""
        raw = self._raw[name]
        if isinstance(raw, dict):
            return tuple(str(key) for key in raw)
        lines = (line.split("#", 1)[0].strip() for line in raw.splitlines())
        return tuple(line for line in lines if line)

    def replacements(self, name: str) -> dict[str, str]:
        """Give a mapping of entry to better wording."""
        raw = self._raw[name]
        if not isinstance(raw, dict):
            raise TypeError(f"the list {name!r} has no replacements")
        return {str(key): str(value) for key, value in raw.items()}

    def phrases(self, name: str) -> PhraseList:
        """Give a list as phrases to look up, made once."""
        found = self._phrases.get(name)
        if found is None:
            found = self._phrases[name] = PhraseList(self.entries(name))
        return found

    def pattern(self, name: str) -> re.Pattern[str]:
        """Give a list of regular expressions as one alternation, compiled once, case-insensitive."""
        found = self._patterns.get(name)
        if found is None:
            joined = "|".join(f"(?:{entry})" for entry in self.entries(name))
            found = self._patterns[name] = re.compile(joined, re.IGNORECASE | re.UNICODE)
        return found


def languages() -> tuple[str, ...]:
    """Give the codes of the languages that have a lexicon."""
    return tuple(sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and any(path.glob("*.yaml"))))


@cache
def lexicon_of(language: str) -> Lexicon:
    """Read the lexicon of a language, once."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    raw: dict[str, str | dict[str, str]] = {}
    for path in sorted((FOLDER / language).glob("*.yaml")):
        for name, value in (yaml.load(path.read_text("utf-8"), Loader=loader) or {}).items():
            if name in raw:
                raise ValueError(f"{path}: the list {name!r} is defined twice")
            raw[name] = value
    return Lexicon(language, raw)
