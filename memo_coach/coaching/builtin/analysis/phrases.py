"""Phrases of a word list, looked up word by word in a memo."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from memo_coach.coaching.memo.model import Word, Words
from memo_coach.coaching.memo.words import word_forms


@dataclass(slots=True, unsafe_hash=True)
class PhraseMatch:
    """A phrase found in a run of words: ``words[first:last]``. Not to be changed."""

    phrase: Final[str]
    first: Final[int]
    last: Final[int]


_Place = tuple[str, int, int]
"""What a :class:`PhraseMatch` is made of: of the many phrases that are found few are asked for one by one."""


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
        self._firsts = frozenset(self._single.keys() | self._longer.keys())

    def __contains__(self, phrase: str) -> bool:
        words = word_forms(phrase)
        if len(words) == 1:
            return words[0] in self._single
        entries = self._longer.get(words[0], {}).get(words[1], ()) if words else ()
        return any(entry == words for entry, _ in entries)

    def find(self, words: Sequence[Word], first: int = 0, last: int | None = None) -> Iterator[PhraseMatch]:
        """Yield the longest phrase at each place of ``words[first:last]``, left to right, no overlaps."""
        if not isinstance(words, Words):
            stop = len(words) if last is None else min(last, len(words))
            return self._find_word_by_word(words, first, stop)
        places, matches = words.looked_up.get(self) or self._look_up(words)
        low = bisect_left(places, first)
        if low == len(places) or (last is not None and places[low] >= last):
            return iter(())  # as for nearly every sentence and list
        stop = len(words) if last is None else min(last, len(words))
        return self._without_overlaps(words, matches[low : bisect_left(places, stop)], first, stop)

    def places(self, words: Words) -> Sequence[int]:
        """Return the indices where a phrase of the list begins, in order; phrases may overlap."""
        return (words.looked_up.get(self) or self._look_up(words))[0]

    def _find_word_by_word(self, words: Sequence[Word], first: int, stop: int) -> Iterator[PhraseMatch]:
        reached = first
        for position in range(first, stop):
            if position >= reached and words[position].lower in self._firsts:
                match = self._match_at(words, position, stop)
                if match is not None:
                    yield PhraseMatch(*match)
                    reached = match[2]

    def _look_up(self, words: Words) -> tuple[list[int], list[_Place]]:
        """Find the longest phrase at every place of a memo, from its vocabulary, once however many ask."""
        known, forms = words.places, words.forms
        stop = len(words)
        found: dict[int, _Place] = {}
        for word in words.vocabulary & self._firsts:
            # Most first words are common and their followers rare, so the second word is looked at first.
            followers = None if word in self._single else self._longer[word]
            if followers is None and word not in self._longer:
                phrase = self._single[word]
                for place in known[word]:
                    found[place] = phrase, place, place + 1
                continue
            for place in known[word]:
                if followers is None or (place + 1 < stop and forms[place + 1] in followers):
                    match = self._match_at(words, place, stop)
                    if match is not None:
                        found[place] = match
        places = sorted(found)
        listed = words.looked_up[self] = places, [found[place] for place in places]
        return listed

    def _without_overlaps(
        self, words: Sequence[Word], matches: Iterable[_Place], first: int, stop: int
    ) -> Iterator[PhraseMatch]:
        reached = first
        for longest in matches:
            _, begin, end = longest
            if begin < reached:
                continue
            match = longest if end <= stop else self._match_at(words, begin, stop)
            if match is not None:
                yield PhraseMatch(*match)
                reached = match[2]

    def _match_at(self, words: Sequence[Word], position: int, stop: int) -> _Place | None:
        lower = words[position].lower
        followers = self._longer.get(lower)
        if followers is not None and position + 1 < stop:
            for entry, phrase in followers.get(words[position + 1].lower, ()):
                end = position + len(entry)
                if end <= stop and _equal(words, position, entry):
                    return phrase, position, end
        single = self._single.get(lower)
        return None if single is None else (single, position, position + 1)


class PhraseIndex:
    """Says which of many lists have a phrase at a place, in one pass over a memo for all of them."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        names_of: dict[tuple[str, ...], set[str]] = {}
        for name, phrases in lists.items():
            for phrase in phrases:
                names_of.setdefault(word_forms(phrase), set()).add(name)
        self._single: dict[str, frozenset[str]] = {}
        self._longer: dict[str, dict[str, list[tuple[tuple[str, ...], frozenset[str]]]]] = {}
        for words, names in names_of.items():
            if len(words) == 1:
                self._single[words[0]] = frozenset(names)
            elif words:
                followers = self._longer.setdefault(words[0], {})
                followers.setdefault(words[1], []).append((words, frozenset(names)))
        self._firsts = frozenset(self._single.keys() | self._longer.keys())

    def lists_at(self, words: Words) -> dict[int, frozenset[str]]:
        """Return the names of the lists that have a phrase beginning there, for each place with one."""
        found: dict[int, frozenset[str]] = {}
        forms, stop = words.forms, len(words)
        for word in words.vocabulary & self._firsts:
            names = self._single.get(word)
            if names is not None:
                found.update(dict.fromkeys(words.places[word], names))
            followers = self._longer.get(word)
            if followers is None:
                continue
            for place in words.places[word]:
                for entry, more in followers.get(forms[place + 1], ()) if place + 1 < stop else ():
                    if place + len(entry) <= stop and _equal(words, place, entry):
                        found[place] = found.get(place, frozenset()) | more
        return found


def _equal(words: Sequence[Word], position: int, entry: tuple[str, ...]) -> bool:
    """Compare from the third word on; the first two led to the entry."""
    for offset in range(2, len(entry)):  # noqa: SIM110 - all() is three times as slow in this innermost loop
        if words[position + offset].lower != entry[offset]:
            return False
    return True
