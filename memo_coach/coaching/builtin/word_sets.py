"""Word lists of a lexicon as sets and as endings, made once a language."""

from __future__ import annotations

from memo_coach.coaching.builtin.lexicon import Lexicon

_SETS: dict[tuple[str, str], frozenset[str]] = {}
_ENDINGS: dict[tuple[str, str], tuple[str, ...]] = {}


def word_set(lexicon: Lexicon, name: str) -> frozenset[str]:
    """Give a list of single words, or the keys of a mapping, for look-ups in constant time."""
    found = _SETS.get((lexicon.language, name))
    if found is None:
        found = _SETS[lexicon.language, name] = frozenset(lexicon.entries(name))
    return found


def endings_of(lexicon: Lexicon, name: str) -> tuple[str, ...]:
    """Give a list of word endings in the form that ``str.endswith`` takes."""
    found = _ENDINGS.get((lexicon.language, name))
    if found is None:
        found = _ENDINGS[lexicon.language, name] = lexicon.entries(name)
    return found
