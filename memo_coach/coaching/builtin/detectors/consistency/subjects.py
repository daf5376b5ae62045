"""Whether two statements of one measure are about the same thing: each of two options has its own payback."""

from __future__ import annotations

from itertools import pairwise, takewhile

from memo_coach.coaching.builtin.analysis.passages import mentions
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Section, Sentence, Span
from memo_coach.coaching.memo.words import words_between

_LEAST_LETTERS = 3
_OF_OPTIONS = ("option_nouns", "option_headings")
_TOLD_OFF = ("option_nouns", "option_ordinals")
_FURTHEST_ABOVE = 40
"""Headings that are looked back over for the one above."""


def are_of_different_things(memo: Memo, lexicon: Lexicon, first: Span, second: Span) -> bool:
    """Whether the sentences at two places speak of two options, or plainly of two subjects."""
    one, other = memo.sentence_at(first.start), memo.sentence_at(second.start)
    if one is None or other is None:
        return False
    if memo.blocks[one.block].kind == memo.blocks[other.block].kind == "list_item":
        return one.block != other.block
    if _is_of_an_option(memo, lexicon, one) or _is_of_an_option(memo, lexicon, other):
        return True
    subject, others = _subject(memo, lexicon, one), _subject(memo, lexicon, other)
    return bool(subject) and bool(others) and subject.isdisjoint(others)


def labels_in(text: str, lexicon: Lexicon) -> list[str]:
    """Return the labels of options in a text, in order: “b” of “Option B”."""
    words = words_between(text, 0, len(text))
    nouns, labels = lexicon.words("option_nouns"), lexicon.words("option_labels")
    return [two.lower for one, two in pairwise(words) if one.lower in nouns and two.lower in labels]


def _is_of_an_option(memo: Memo, lexicon: Lexicon, sentence: Sentence) -> bool:
    if any(mentions(sentence.text, lexicon, name) for name in _TOLD_OFF):
        return True
    section = memo.sections[memo.blocks[sentence.block].section]
    return any(mentions(title, lexicon, name) for title in _titles(memo, section) for name in _OF_OPTIONS)


def _titles(memo: Memo, section: Section) -> list[str]:
    """Return the heading of a section and those above it, but not the title of the memo."""
    titles: list[str] = []
    level = 99
    for place in range(section.index, max(0, section.index - _FURTHEST_ABOVE), -1):
        heading = memo.sections[place].heading
        if heading is not None and heading.level < level and (heading.level > 1 or place > 1):
            titles.append(heading.text)
            level = heading.level
    return titles


def _subject(memo: Memo, lexicon: Lexicon, sentence: Sentence) -> frozenset[str]:
    """Return the words before the first verb or figure that say whose measure it is."""
    verbs, common = lexicon.words("finite_verbs"), lexicon.words("function_words")
    usual = lexicon.words("consistency_usual_subjects")
    words = memo.words.forms[sentence.first_word : sentence.last_word]
    before = list(takewhile(lambda word: word not in verbs and not word[:1].isdigit(), words))
    if len(before) == len(words):
        return frozenset()
    return frozenset(
        word for word in before if len(word) >= _LEAST_LETTERS and word not in common and word not in usual
    )
