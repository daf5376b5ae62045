"""What the substance detectors read again and again: real sentences, figures, dates, owners and table cells.

A memo is read once; every detector then asks the same :class:`MemoFacts`::

    facts = facts_of(memo, lexicon)
    for sentence in memo.sentences:
        if not facts.is_evidence(sentence):      # keyword lists and repeated sentences earn nothing
            continue
        money = facts.amounts_in(sentence.span)  # Figure("money", 1_200_000.0, "EUR", …)
        dates = facts.dates_in(sentence.span)    # DateMention("day", …, deadline=True)
        owners = facts.owners_in(sentence)       # (Span,) of "the CFO", "Ana Ruiz", "Finanzas"
        verb = facts.has_finite_verb(sentence)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar, cast

from memo_coach.coaching.builtin.analysis.dates import DateMention, dates_in
from memo_coach.coaching.builtin.analysis.figures import Figure, numbers_in
from memo_coach.coaching.builtin.analysis.people import OwnerReader
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Block, Memo, Sentence, Span, Word

__all__ = ["Cell", "DateMention", "Figure", "MemoFacts", "facts_of", "table_rows"]

_Spanned = TypeVar("_Spanned", Figure, DateMention)
_Made = TypeVar("_Made")

# Nearly half of the words of English news and academic prose are function words (lexical density in Biber et
# al., Longman Student Grammar); a list of keywords has almost none. The limit, our own judgement for both
# languages, lies far below the one and above the other.
_LEAST_FUNCTION_WORDS = 0.15
_SHORT_SENTENCE = 8
_KEYWORD_LIST = 0.4
_MOSTLY_KEYWORDS = 0.5
_LEAST_ITEM_WORDS = 4


class MemoFacts:
    """Everything that the substance detectors share about one memo; positions are those of its text."""

    def __init__(self, memo: Memo, lexicon: Lexicon) -> None:
        self.language = lexicon.language
        self.figures: tuple[Figure, ...] = tuple(numbers_in(memo.text, lexicon))
        """Every figure: money, percentages, quantities and plain numbers; years and ordinals aside."""
        self.dates: tuple[DateMention, ...] = tuple(dates_in(memo.text, memo.words, lexicon))
        dates = _Positions(self.dates)
        self.figures = tuple(figure for figure in self.figures if not dates.within(figure.span))
        self.amounts = tuple(figure for figure in self.figures if figure.kind == "money")
        self.percentages = tuple(figure for figure in self.figures if figure.kind == "percent")
        self._figures = _Positions(self.figures)
        self._amounts = _Positions(self.amounts)
        self._percentages = _Positions(self.percentages)
        self._dates = dates
        self._verbs = _VerbReader.of(lexicon)
        self._owners = OwnerReader(memo.text, memo.words, lexicon)
        self._owners_of: dict[int, tuple[Span, ...]] = {}
        self._finite: dict[int, bool] = {}
        self._prose: set[int] = set()
        self._evidence: set[int] = set()
        self._keyword_lists: set[int] = set()
        self._kept: dict[str, object] = {}
        self._first_person: set[int] = set()
        self._read_sentences(memo, lexicon)

    def _read_sentences(self, memo: Memo, lexicon: Lexicon) -> None:
        seen: set[tuple[str, ...]] = set()
        stock_words = lexicon.words("stock_keywords") - lexicon.words("function_words")
        small = _small_function_words(memo, lexicon)
        ours = _first_person_among(memo.words.places, lexicon)
        for sentence in memo.sentences:
            words = memo.words[sentence.first_word : sentence.last_word]
            start = sentence.span.start
            self._finite[start] = finite = self._verbs.is_finite(memo.text, words)
            first, last = sentence.first_word, sentence.last_word
            # A capital makes "May" and "Will" names, and the first word of a sentence has one anyway.
            functional = (bisect_left(small, last) - bisect_left(small, first + 1)) / max(1, len(words))
            stock = len(memo.words.places_of(stock_words, first, last)) / max(1, len(words))
            running = functional >= _LEAST_FUNCTION_WORDS or len(words) < _SHORT_SENTENCE
            if finite and running and stock < _MOSTLY_KEYWORDS:
                self._prose.add(start)
                real = True
            else:
                listed = memo.blocks[sentence.block].kind in {"list_item", "table"}
                real = listed and len(words) >= _LEAST_ITEM_WORDS and stock < _KEYWORD_LIST
            if not real and stock >= _KEYWORD_LIST and len(words) >= _LEAST_ITEM_WORDS:
                self._keyword_lists.add(start)
            key = tuple(memo.words.forms[first:last])
            if real and key not in seen:
                self._evidence.add(start)
            seen.add(key)
            if memo.words.places_of(ours, first, last):
                self._first_person.add(start)

    def has_finite_verb(self, sentence: Sentence) -> bool:
        """Whether the sentence has a verb that asserts, asks or orders something."""
        return self._finite.get(sentence.span.start, False)

    def is_prose(self, sentence: Sentence) -> bool:
        """Whether it is a sentence with a finite verb and function words, and no line of keywords."""
        return sentence.span.start in self._prose

    def is_evidence(self, sentence: Sentence) -> bool:
        """Whether the sentence may earn anything.

        Prose, or a list item or row with content, said the first time.
        """
        return sentence.span.start in self._evidence

    def is_keyword_list(self, sentence: Sentence) -> bool:
        """Whether the sentence strings keywords together without a verb."""
        return sentence.span.start in self._keyword_lists

    def is_first_person(self, sentence: Sentence) -> bool:
        """Whether the writer speaks of what "I" or "we" do."""
        return sentence.span.start in self._first_person

    def once(self, name: str, make: Callable[[], _Made]) -> _Made:
        """Return what ``make`` returns, made once a memo; for readings that two detectors share."""
        if name not in self._kept:
            self._kept[name] = make()
        return cast("_Made", self._kept[name])

    def figures_in(self, span: Span) -> Sequence[Figure]:
        """Return the figures within a span."""
        return self._figures.inside(span, self.figures)

    def amounts_in(self, span: Span) -> Sequence[Figure]:
        """Return the amounts of money within a span."""
        return self._amounts.inside(span, self.amounts)

    def percentages_in(self, span: Span) -> Sequence[Figure]:
        """Return the percentages within a span."""
        return self._percentages.inside(span, self.percentages)

    def dates_in(self, span: Span) -> Sequence[DateMention]:
        """Return the dates within a span, bare years among them."""
        return self._dates.inside(span, self.dates)

    def owners_in(self, sentence: Sentence) -> tuple[Span, ...]:
        """Return the persons, roles and teams who do, decide or own something in the sentence.

        A team that something is done for ("training for the finance team") is no owner; neither is "TBD".
        """
        start = sentence.span.start
        found = self._owners_of.get(start)
        if found is None:
            found = self._owners_of[start] = self._owners.owners_in(sentence.first_word, sentence.last_word)
        return found

    def carries_on(self, before: Sentence, sentence: Sentence) -> bool:
        """Whether the owner in ``before`` is the unnamed subject of the sentence after it."""
        return bool(self.owners_in(before)) and self._owners.continues(
            sentence.first_word, sentence.last_word
        )


def _small_function_words(memo: Memo, lexicon: Lexicon) -> list[int]:
    """Return the indices of the function words that are written with a small letter, in order."""
    text, words = memo.text, memo.words
    places = words.places_of(lexicon.words("function_words"), 0, len(words))
    return [place for place in places if text[words[place].span.start].islower()]


def _first_person_among(words: Iterable[str], lexicon: Lexicon) -> frozenset[str]:
    ours, endings = lexicon.words("self_words"), lexicon.entries("self_endings")
    return frozenset(word for word in words if word in ours or word.endswith(endings))


class _Positions:
    """Looks up what lies within a span, in logarithmic time."""

    def __init__(self, items: Sequence[Figure] | Sequence[DateMention]) -> None:
        self._starts = [item.span.start for item in items]
        self._ends = [item.span.end for item in items]

    def inside(self, span: Span, items: Sequence[_Spanned]) -> Sequence[_Spanned]:
        starts = self._starts
        low = bisect_left(starts, span.start)
        high = bisect_left(starts, span.end, low)
        return items[low:high] if low < high else ()

    def within(self, span: Span) -> bool:
        """Whether the span starts within one of the items."""
        index = bisect_left(self._starts, span.start + 1) - 1
        return index >= 0 and span.start < self._ends[index]


class _VerbReader:
    """Finds a finite verb by listed forms, endings.

    And commands or first-person verbs where they may stand.
    """

    _made: dict[str, _VerbReader] = {}  # noqa: RUF012  one a language, filled on first use

    def __init__(self, lexicon: Lexicon) -> None:
        self._forms = lexicon.words("finite_verbs") | lexicon.words("business_verbs")
        self._bases = lexicon.words("command_verbs")
        self._subjects = lexicon.words("subject_pronouns")
        self._endings = lexicon.entries("finite_endings")
        self._initial = lexicon.entries("initial_endings")
        self._contractions = lexicon.entries("verb_contractions")
        self._not_verbs = lexicon.words("finite_ending_exceptions")
        self._determiners = lexicon.words("determiners")
        self._heralds = lexicon.words("verb_heralds")
        self._function_words = lexicon.words("function_words")

    @classmethod
    def of(cls, lexicon: Lexicon) -> _VerbReader:
        """Return the reader of a language, made once."""
        found = cls._made.get(lexicon.language)
        if found is None:
            found = cls._made[lexicon.language] = cls(lexicon)
        return found

    def is_finite(self, text: str, words: Sequence[Word]) -> bool:
        """Whether a run of words has a finite verb."""
        # A capital within the sentence makes "May" a month and "Will" a man.
        if any(
            word.lower in self._forms and (not at or text[word.span.start].islower())
            for at, word in enumerate(words)
        ):
            return True
        before = ""
        for word in words:
            lower = word.lower
            if lower in self._bases:
                # A noun could look the same ("plan", "cost"), so a subject or the start of a clause
                # must precede.
                if not before or before in self._subjects:
                    return True
                start = word.span.start
                if text[max(0, start - 2) : start].strip() in {":", ";", "*", ","}:
                    return True
            elif len(lower) > 4 and lower.endswith(self._endings) and lower not in self._not_verbs:
                small = text[word.span.start].islower()
                if (before and small and before not in self._determiners) or (
                    not before and lower.endswith(self._initial)
                ):
                    return True
            elif self._is_contracted(lower) or (before in self._heralds and self._may_be_verb(text, word)):
                return True
            before = lower
        return False

    def _is_contracted(self, lower: str) -> bool:
        return "'" in lower and lower.endswith(self._contractions)

    def _may_be_verb(self, text: str, word: Word) -> bool:
        """Return what may follow "it" or "se" as their verb from particles, names and figures."""
        lower = word.lower
        if not text[word.span.start].islower() or len(lower) < 3:
            return False
        return lower not in self._function_words and lower not in self._not_verbs


class Cell:
    """One cell of a table, with its text stripped and its place."""

    __slots__ = ("span", "text")

    def __init__(self, text: str, span: Span) -> None:
        self.text = text
        self.span = span


def table_rows(memo: Memo, block: Block) -> tuple[tuple[Cell, ...], ...]:
    """Split a table written with bars into rows of cells; the line under the heading row is left out.

    A table is split once, however many detectors ask.
    """
    held: dict[Span, tuple[tuple[Cell, ...], ...]] = memo.remembered.setdefault("table_rows", {})
    if block.span not in held:
        held[block.span] = tuple(_rows_of(memo, block))
    return held[block.span]


def _rows_of(memo: Memo, block: Block) -> Iterator[tuple[Cell, ...]]:
    position = block.span.start
    for line in memo.quote(block.span).splitlines(keepends=True):
        cells: list[Cell] = []
        offset = position
        for part in line.split("|"):
            text = part.strip()
            start = offset + len(part) - len(part.lstrip())
            cells.append(Cell(text, Span(start, start + len(text))))
            offset += len(part) + 1
        if cells and not cells[0].text:
            cells = cells[1:]
        if cells and not cells[-1].text:
            cells = cells[:-1]
        if any(cell.text.strip(":-= ") for cell in cells):
            yield tuple(cells)
        position += len(line)


def facts_of(memo: Memo, lexicon: Lexicon) -> MemoFacts:
    """Return the facts of a memo, read once however many detectors ask."""
    held: MemoFacts | None = memo.remembered.get("facts")
    if held is None or held.language != lexicon.language:
        held = memo.remembered["facts"] = MemoFacts(memo, lexicon)
    return held
