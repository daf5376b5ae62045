"""The proper names of the labelled texts: who somebody is says nothing of what a memo says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from memo_coach.coaching.builtin.elements.features import LONGER_THAN_A_STEM, STEM
from memo_coach.coaching.builtin.lexicon import lexicon_of

_BREAK = re.compile(r"(?<=[.!?:])\s+|\n")
_WORD = re.compile(r"\b[^\W\d_]{2,}\b")
_OFTEN = 2
_CAPITALISED = 10
"""A name stands with a capital within sentences so many times as often as without."""
LANGUAGES = ("en", "es")


def proper_names(texts: Iterable[str]) -> frozenset[str]:
    """Return the words that are names wherever they stand, in lower case; those of word lists are none."""
    capitalised: Counter[str] = Counter()
    plain: Counter[str] = Counter()
    for text in texts:
        for sentence in _BREAK.split(text):
            # The first word has a capital whatever it is.
            for word in _WORD.findall(sentence)[1:]:
                if word.istitle():
                    capitalised[word.lower()] += 1
                elif word.islower():
                    plain[word] += 1
    known = _listed()
    return frozenset(
        word
        for word, times in capitalised.items()
        if times >= _OFTEN and times >= _CAPITALISED * plain[word] and word not in known
    )


def only_of_names(words: Iterable[str], names: Collection[str]) -> frozenset[str]:
    """Return the names, and the stems that no other of the words has."""
    others = {word[:STEM] for word in words if len(word) > LONGER_THAN_A_STEM and word not in names}
    stems = {name[:STEM] for name in names if len(name) > LONGER_THAN_A_STEM}
    return frozenset(names) | (stems - others)


def _listed() -> frozenset[str]:
    """Return every word that stands in a plain word list of the coach, months and titles among them."""
    found: set[str] = set()
    for language in LANGUAGES:
        lexicon = lexicon_of(language)
        for name in lexicon.names():
            if lexicon.is_plain(name):
                for entry in lexicon.entries(name):
                    found.update(_WORD.findall(entry.lower()))
    return frozenset(found)
