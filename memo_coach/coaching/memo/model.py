"""A memo as the coach sees it: text, language, header lines, sections, paragraphs, sentences and words.

Every position counts Unicode code points of :attr:`Memo.text`, so ``text[span.start:span.end]`` is
always the exact passage. The types here hold no logic beyond looking things up; the parser that
fills them is :mod:`memo_coach.coaching.memo.parser`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

BlockKind = Literal["heading", "paragraph", "list_item", "table", "code", "quote"]
HeaderName = Literal["to", "from", "cc", "via", "date", "subject", "reference"]


# Spans, words and sentences are made by the thousand, and a frozen dataclass takes three times as long to
# make: what makes these unchangeable is the type checker.
@dataclass(slots=True, order=True, unsafe_hash=True)
class Span:
    """A half-open range of code points, ``start`` inclusive and ``end`` exclusive. Not to be changed."""

    start: Final[int]
    end: Final[int]

    def __len__(self) -> int:
        return self.end - self.start

    def contains(self, other: Span) -> bool:
        """Whether ``other`` lies wholly within this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two spans share at least one code point."""
        return self.start < other.end and other.start < self.end


@dataclass(slots=True, unsafe_hash=True)
class Word:
    """One word of running text with its lower-cased form, which look-ups compare. Not to be changed."""

    span: Final[Span]
    lower: Final[str]


class Words(tuple[Word, ...]):
    """The words of a memo, with the places of each form, by which phrases are looked up."""

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Return the indices of each lower-cased word, in order."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for index, form in enumerate(self.forms):
            places[form].append(index)
        return dict(places)

    @cached_property
    def forms(self) -> list[str]:
        """Return the lower-cased words alone, in order."""
        return [word.lower for word in self]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Return the lower-cased words, each once; two sets meet faster than a set and a mapping's keys."""
        return frozenset(self.places)

    @cached_property
    def looked_up(self) -> dict[object, Any]:
        """Keep what was found for each list of phrases or words, as long as the memo is held."""
        return {}

    def places_of(self, forms: frozenset[str], first: int, last: int) -> Sequence[int]:
        """Return the indices within ``first`` to ``last`` of the words with one of these forms, in order.

        The vocabulary is gone through once for each set of forms; asking sentence by sentence costs little.
        """
        found: list[int] | None = self.looked_up.get(forms)
        if found is None:
            places = self.places
            found = self.looked_up[forms] = sorted(
                [index for form in self.vocabulary & forms for index in places[form]]
            )
        low = bisect_left(found, first)
        if low == len(found) or found[low] >= last:
            return ()
        return found[low : bisect_left(found, last, low)]


@dataclass(slots=True, unsafe_hash=True)
class Sentence:
    """One sentence of a block; list items and table rows without a full stop count as one.

    Not to be changed.
    """

    span: Final[Span]
    text: Final[str]
    block: Final[int]
    """Index into :attr:`Memo.blocks`."""
    first_word: Final[int]
    """Index into :attr:`Memo.words` of the first word; ``last_word`` is exclusive."""
    last_word: Final[int]

    @property
    def word_count(self) -> int:
        """How many words the sentence has."""
        return self.last_word - self.first_word


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, table, quotation or code block."""

    kind: BlockKind
    span: Span
    text: str
    index: int
    level: int = 0
    """Depth of a heading (1 to 6) or nesting of a list item (0 for the outermost)."""
    section: int = 0
    """Index into :attr:`Memo.sections`."""


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """One of the lines ``To: …``, ``From: …``, ``Date: …``, ``Subject: …`` at the top of a memo."""

    name: HeaderName
    span: Span
    value: str
    value_span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what follows it up to the next heading; the first may have no heading."""

    index: int
    heading: Block | None
    blocks: tuple[Block, ...]
    """The body: every block of the section but its heading."""
    span: Span

    @property
    def title(self) -> str:
        """The heading's words without markup, or an empty string."""
        return "" if self.heading is None else self.heading.text


@dataclass(frozen=True)
class Memo:
    """A parsed memo. Made by :func:`memo_coach.coaching.memo.parser.parse_memo` only."""

    text: str
    language: str
    """``en`` or ``es``: the language of the lexicon that reads it."""
    header: tuple[HeaderLine, ...]
    blocks: tuple[Block, ...]
    """All blocks in order. Header lines and code blocks carry no sentences."""
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]
    words: Words
    """The words of all sentences and headings, in order of position."""
    _sentences_of_block: dict[int, tuple[Sentence, ...]] = field(default_factory=dict, repr=False)

    def header_value(self, name: HeaderName) -> str:
        """Return the value of a header line, or an empty string where the memo has none."""
        return next((line.value for line in self.header if line.name == name), "")

    def quote(self, span: Span) -> str:
        """Return the exact text of a span."""
        return self.text[span.start : span.end]

    def sentences_of(self, block: Block) -> tuple[Sentence, ...]:
        """Return the sentences of a block, in order."""
        return self._sentences_of_block.get(block.index, ())

    def words_of(self, sentence: Sentence) -> Sequence[Word]:
        """Return the words of a sentence, in order."""
        return self.words[sentence.first_word : sentence.last_word]

    @cached_property
    def body_word_count(self) -> int:
        """How many words the sentences have, headings and header lines aside."""
        return sum(sentence.word_count for sentence in self.sentences)

    @cached_property
    def remembered(self) -> dict[str, Any]:
        """Keep what several detectors derive from the memo, by name, as long as the memo is held."""
        return {}

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [sentence.span.start for sentence in self.sentences]

    def sentence_at(self, position: int) -> Sentence | None:
        """Return the sentence that covers a position, or ``None`` between sentences."""
        index = bisect_right(self._sentence_starts, position) - 1
        if index < 0:
            return None
        sentence = self.sentences[index]
        return sentence if sentence.span.start <= position < sentence.span.end else None

    @cached_property
    def _block_starts(self) -> list[int]:
        return [block.span.start for block in self.blocks]

    def block_at(self, position: int) -> Block | None:
        """Return the block that covers a position, or ``None`` between blocks."""
        index = bisect_right(self._block_starts, position) - 1
        if index < 0:
            return None
        block = self.blocks[index]
        return block if block.span.start <= position < block.span.end else None
