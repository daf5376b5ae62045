"""The word lists of a language: what stands under ``words`` in the YAML files of the built-in coach.

A name maps to text with one entry a line (``#`` begins a comment), or to a mapping of ``entry: better``
pairs. Names are unique among all folders, and each is there in every language, which a test checks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from memo_coach.coaching.builtin.analysis.phrases import PhraseList
from memo_coach.coaching.builtin.language_files import content_of, merged


class Lexicon:
    """The word lists of one language; each form of a list is made when it is first asked for."""

    def __init__(self, language: str, raw: Mapping[str, str | dict[str, str]]) -> None:
        self.language = language
        self._raw = raw
        self._phrases: dict[str, PhraseList] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._entries: dict[str, tuple[str, ...]] = {}
        self._replacements: dict[str, Mapping[str, str]] = {}

    def names(self) -> frozenset[str]:
        """Return the name of every list."""
        return frozenset(self._raw)

    def is_plain(self, name: str) -> bool:
        """Whether a list has entries alone, without better wordings."""
        return isinstance(self._raw[name], str)

    def entries(self, name: str) -> tuple[str, ...]:
        """Return the entries of a list in the file's order, or the keys of a mapping."""
        found = self._entries.get(name)
        if found is None:
            raw = self._raw[name]
            lines = raw if isinstance(raw, dict) else (line.split("#", 1)[0] for line in raw.splitlines())
            entries = (str(line).strip() for line in lines)
            found = self._entries[name] = tuple(entry for entry in entries if entry)
        return found

    def replacements(self, name: str) -> Mapping[str, str]:
        """Return a mapping of entry to better wording."""
        found = self._replacements.get(name)
        if found is None:
            raw = self._raw[name]
            if not isinstance(raw, dict):
                raise TypeError(f"the list {name!r} has no replacements")
            found = self._replacements[name] = {str(key): str(value) for key, value in raw.items()}
        return found

    def words(self, name: str) -> frozenset[str]:
        """Return a list of single words as a set, in lower case: for asking word by word."""
        found = self._words.get(name)
        if found is None:
            found = self._words[name] = frozenset(entry.lower() for entry in self.entries(name))
        return found

    def phrases(self, name: str) -> PhraseList:
        """Return a list as phrases to look up."""
        found = self._phrases.get(name)
        if found is None:
            found = self._phrases[name] = PhraseList(self.entries(name))
        return found

    def pattern(self, name: str) -> re.Pattern[str]:
        """Return a list of regular expressions as one alternation, case-insensitive."""
        found = self._patterns.get(name)
        if found is None:
            joined = "|".join(f"(?:{entry})" for entry in self.entries(name))
            found = self._patterns[name] = re.compile(joined, re.IGNORECASE | re.UNICODE)
        return found


@cache
def lexicon_of(language: str) -> Lexicon:
    """Return all word lists of a language."""
    return Lexicon(language, merged(language, "words"))


def words_of_folder(folder: Path, language: str) -> Lexicon:
    """Return the lists of one folder alone, for who reads them in all languages and needs no others."""
    return Lexicon(language, content_of(folder / f"{language}.yaml").get("words", {}))
