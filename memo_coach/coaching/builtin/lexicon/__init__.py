"""Word lists of a language, read from the YAML files in the folder of that language.

A file maps a name to text with one entry a line (``#`` begins a comment), or to a mapping of
``entry: better`` pairs. Adding a language is adding a folder; each name must be there in every
language, which a test checks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from memo_coach.coaching.memo import Word, Words
from memo_coach.coaching.words import word_forms

FOLDER = Path(__file__).parent


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
        self._single: dict[str, str] = {}
        # By first word, then by second: few phrases share both, so hardly any comparison is in vain.
        self._longer: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]] = {}
        for phrase in phrases:
            words = word_forms(phrase)
            if len(words) == 1:
                self._single.setdefault(words[0], phrase)
            elif words:
                followers = self._longer.setdefault(words[0], {})
                followers.setdefault(words[1], []).append((words, phrase))
        for followers in self._longer.values():
            for entries in followers.values():
                entries.sort(key=lambda entry: -len(entry[0]))
        self._firsts = self._single.keys() | self._longer.keys()

    def __contains__(self, phrase: str) -> bool:
        words = word_forms(phrase)
        if len(words) == 1:
            return words[0] in self._single
        entries = self._longer.get(words[0], {}).get(words[1], ()) if words else ()
        return any(entry == words for entry, _ in entries)

    def find(self, words: Sequence[Word], first: int = 0, last: int | None = None) -> Iterator[PhraseMatch]:
        """Yield the longest phrase at each place of ``words[first:last]``, left to right, no overlaps."""
        stop = len(words) if last is None else min(last, len(words))
        reached = first
        for position in self._candidates(words, first, stop):
            if position < reached:
                continue
            match = self._match_at(words, position, stop)
            if match is not None:
                yield match
                reached = match.last

    def _candidates(self, words: Sequence[Word], first: int, stop: int) -> Sequence[int]:
        """Give the places where a phrase may begin: for the words of a memo, from its vocabulary."""
        if not isinstance(words, Words):
            return range(first, stop)
        places = words.looked_up.get(self)
        if places is None:
            known = words.places
            places = sorted(place for word in known.keys() & self._firsts for place in known[word])
            words.looked_up[self] = places
        return places[bisect_left(places, first) : bisect_left(places, stop)]

    def _match_at(self, words: Sequence[Word], position: int, stop: int) -> PhraseMatch | None:
        lower = words[position].lower
        followers = self._longer.get(lower)
        if followers is not None and position + 1 < stop:
            for entry, phrase in followers.get(words[position + 1].lower, ()):
                end = position + len(entry)
                if end <= stop and _equal(words, position, entry):
                    return PhraseMatch(phrase, position, end)
        single = self._single.get(lower)
        return None if single is None else PhraseMatch(single, position, position + 1)


def _equal(words: Sequence[Word], position: int, entry: tuple[str, ...]) -> bool:
    """Compare from the third word on; the first two led to the entry."""
    for offset in range(2, len(entry)):  # noqa: SIM110 - all() is three times as slow in this innermost loop
        if words[position + offset].lower != entry[offset]:
            return False
    return True


@dataclass
class Lexicon:
    """All word lists of one language."""

    language: str
    _raw: dict[str, str | dict[str, str]]
    _phrases: dict[str, PhraseList] = field(default_factory=dict)
    _patterns: dict[str, re.Pattern[str]] = field(default_factory=dict)
    _words: dict[str, frozenset[str]] = field(default_factory=dict)
    _entries: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def names(self) -> frozenset[str]:
        """Name every list."""
        return frozenset(self._raw)

    def entries(self, name: str) -> tuple[str, ...]:
        """Give the entries of a list in the file's order, read once; for a mapping, its keys."""
        found = self._entries.get(name)
        if found is None:
            raw = self._raw[name]
            lines = raw if isinstance(raw, dict) else (line.split("#", 1)[0] for line in raw.splitlines())
            entries = (str(line).strip() for line in lines)
            found = self._entries[name] = tuple(entry for entry in entries if entry)
        return found

    def replacements(self, name: str) -> dict[str, str]:
        """Give a mapping of entry to better wording."""
        raw = self._raw[name]
        if not isinstance(raw, dict):
            raise TypeError(f"the list {name!r} has no replacements")
        return {str(key): str(value) for key, value in raw.items()}

    def words(self, name: str) -> frozenset[str]:
        """Give a list of single words as a set, lower-cased and made once: for asking word by word."""
        found = self._words.get(name)
        if found is None:
            found = self._words[name] = frozenset(entry.lower() for entry in self.entries(name))
        return found

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
    import yaml  # noqa: PLC0415 - its import is slow, and only the first evaluation needs it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    raw: dict[str, str | dict[str, str]] = {}
    for path in sorted((FOLDER / language).glob("*.yaml")):
        for name, value in (yaml.load(path.read_text("utf-8"), Loader=loader) or {}).items():  # noqa: S506 - a safe loader
            if name in raw:
                raise ValueError(f"{path}: the list {name!r} is defined twice")
            raw[name] = value
    return Lexicon(language, raw)
