"""Look up the words of several lexicon lists in one pass, and hand them out sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from memo_coach.coaching.builtin.analysis.figures import Figure
from memo_coach.coaching.builtin.analysis.phrases import PhraseList, PhraseMatch
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Block, Memo, Section, Sentence, Span, Word

_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")


_MOST_TERMS = 64
"""Phrases of one sentence that are kept: one with more is no sentence, and comparing all would take long."""


@dataclass(slots=True, unsafe_hash=True)
class Term:
    """A listed phrase in the text: ``memo.words[first:last]``, and the lists that it stands in.

    Not to be changed.
    """

    lists: Final[frozenset[str]]
    first: Final[int]
    last: Final[int]
    span: Final[Span]


class TermReader:
    """Looks for the phrases of some lists; made once for each language and set of lists."""

    _made: dict[tuple[str, tuple[str, ...]], TermReader] = {}  # noqa: RUF012  one a language and set, on first use

    def __init__(self, lexicon: Lexicon, names: tuple[str, ...]) -> None:
        lists_of: dict[str, set[str]] = {}
        for name in names:
            for phrase in lexicon.entries(name):
                lists_of.setdefault(phrase.lower(), set()).add(name)
        self._lists_of = {phrase: frozenset(lists) for phrase, lists in lists_of.items()}
        self._phrases = PhraseList(tuple(self._lists_of))

    @classmethod
    def of(cls, lexicon: Lexicon, names: tuple[str, ...]) -> TermReader:
        """Return the reader for some lists of a language."""
        found = cls._made.get((lexicon.language, names))
        if found is None:
            found = cls._made[lexicon.language, names] = cls(lexicon, names)
        return found

    def read(self, memo: Memo) -> Terms:
        """Find the phrases in all sentences and headings of a memo; the longest wins where two overlap."""
        return Terms(memo, (self._term(memo, match) for match in self._phrases.find(memo.words)))

    def lists_in(self, text: str) -> frozenset[str]:
        """Name the lists with a phrase in a text outside the sentences, such as a table's heading row."""
        words = [Word(Span(*match.span()), match[0].lower()) for match in _WORD.finditer(text)]
        return frozenset().union(*(self._lists_of[match.phrase] for match in self._phrases.find(words)))

    def _term(self, memo: Memo, match: PhraseMatch) -> Term:
        span = Span(memo.words[match.first].span.start, memo.words[match.last - 1].span.end)
        return Term(self._lists_of[match.phrase], match.first, match.last, span)


class Terms:
    """The listed phrases of one memo."""

    def __init__(self, memo: Memo, terms: Iterable[Term]) -> None:
        self._of_sentence: dict[int, list[Term]] = {}
        self._elsewhere: list[Term] = []
        self._headings: dict[int, set[str]] = {}
        sentences = iter(memo.sentences)
        sentence = next(sentences, None)
        for term in terms:
            while sentence is not None and sentence.last_word <= term.first:
                sentence = next(sentences, None)
            if sentence is not None and sentence.first_word <= term.first:
                found = self._of_sentence.setdefault(sentence.first_word, [])
                if term.last <= sentence.last_word and len(found) < _MOST_TERMS:
                    found.append(term)
            else:
                self._elsewhere.append(term)
                block = memo.block_at(term.span.start)
                if block is not None:
                    self._headings.setdefault(block.index, set()).update(term.lists)

    def of(self, sentence: Sentence) -> Sequence[Term]:
        """Return the phrases within a sentence, in order."""
        return self._of_sentence.get(sentence.first_word, ())

    def named(self, sentence: Sentence, *names: str) -> list[Term]:
        """Return the phrases of a sentence that stand in one of the lists named."""
        return [term for term in self.of(sentence) if not term.lists.isdisjoint(names)]

    def in_heading(self, block: Block | None, *names: str) -> bool:
        """Whether a heading holds a phrase of one of the lists."""
        return block is not None and not self._headings.get(block.index, set()).isdisjoint(names)

    def section_about(self, memo: Memo, *names: str) -> Section | None:
        """Return the first section below the title whose heading holds a phrase of one of the lists."""
        for term in self._elsewhere:
            if not term.lists.isdisjoint(names):
                block = memo.block_at(term.span.start)
                if block is not None and block.kind == "heading" and (block.level > 1 or block.section > 1):
                    return memo.sections[block.section]
        return None


def nearest_term(memo: Memo, figure: Figure, terms: Sequence[Term], furthest: int) -> Term | None:
    """Return the term that a figure belongs to: the nearest, at most ``furthest`` words off.

    A term after the figure counts one and a half words further off, so that in "an NPV of €2m and capital of
    €3m" each amount goes to its own name.
    """
    best: Term | None = None
    least = float(furthest) + 0.1
    for term in terms:
        if term.span.end <= figure.span.start:
            distance = float(_words_between(memo, term.last, figure.span.start))
        elif term.span.start >= figure.span.end:
            distance = _words_between_back(memo, term.first, figure.span.end) + 1.5
        else:
            distance = 0.0
        if distance < least:
            best, least = term, distance
    return best


def _words_between(memo: Memo, first: int, position: int) -> int:
    count = 0
    while first + count < len(memo.words) and memo.words[first + count].span.end <= position and count < 99:
        count += 1
    return count


def _words_between_back(memo: Memo, last: int, position: int) -> int:
    count = 0
    while last - count > 0 and memo.words[last - count - 1].span.start >= position and count < 99:
        count += 1
    return count
