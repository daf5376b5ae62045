"""Read the risks of a memo: from tables, lists, subsections and prose, each with its answer and its owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from memo_coach.coaching.builtin.analysis.passages import (
    BY_US,
    Item,
    Passage,
    has_column,
    holding,
    items_of,
    owned,
    runs_of_items,
)
from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span
from memo_coach.coaching.memo.words import words_between

_LEAST_NAMING = 2
"""Words of content that a risk needs beyond "risk" itself: what happens to what."""
_LEAST_MITIGATION = 3
"""Words of content that a mitigation needs beyond "mitigate", "appropriate", "measures"."""
_LEAST_IN_CELL = 2
_LONGEST_ANSWER = 4
"""Sentences: the risk, what is done, what else, and who watches it."""

_EMPTY: dict[str, frozenset[str]] = {}


class Risk(NamedTuple):
    """One risk: its place, whether something is done about it, and whether somebody owns it (0 to 1)."""

    span: Span
    mitigated: bool
    owned: float


class RiskReader:
    """Reads the risks of one memo."""

    def __init__(self, memo: Memo, lexicon: Lexicon) -> None:
        self._memo = memo
        self._lexicon = lexicon
        self._facts: MemoFacts = facts_of(memo, lexicon)
        self._spoken = self._sentences_on_risk()
        self._possible = self._sentences_with("possibility_words")
        self._threats = self._sentences_with("threat_words")
        self._measures = holding(memo, lexicon, "mitigation_words")
        self._empty = _empty_words(lexicon)

    def risks(self, passages: Sequence[Passage]) -> list[Risk]:
        """Return the risks of the passages about risk, of untitled tables and lists, and of prose."""
        found: list[Risk] = []
        for passage in passages:
            found.extend(self._of_passage(passage))
        taken = {block.index for passage in passages for block in passage.blocks}
        for items in runs_of_items(self._memo, self._facts, frozenset(taken)):
            for register in self._registers(items):
                found.extend(self._of_items(register))
                taken.update(sentence.block for item in register for sentence in item.sentences)
        found.extend(self._of_prose(taken))
        return found

    def _sentences_with(self, name: str) -> frozenset[int]:
        """Return the starts of the sentences with a word of a list in small letters: "may", not "May"."""
        memo = self._memo
        places = (memo.words[match.first].span for match in self._lexicon.phrases(name).find(memo.words))
        small = (memo.sentence_at(place.start) for place in places if memo.text[place.start].islower())
        return frozenset(sentence.span.start for sentence in small if sentence is not None)

    def _sentences_on_risk(self) -> frozenset[int]:
        """Return the starts of the sentences that name a risk; "risk-free" and "risk committee" do not."""
        memo, lexicon = self._memo, self._lexicon
        nouns, links = lexicon.words("risk_nouns"), lexicon.words("risk_links")
        near_misses = {
            index
            for match in lexicon.phrases("risk_near_misses").find(memo.words)
            for index in range(match.first, match.last)
        }
        found: set[int] = set()
        for match in lexicon.phrases("risk_words").find(memo.words):
            sentence = memo.sentence_at(memo.words[match.first].span.start)
            if sentence is None or match.first in near_misses:
                continue
            following = memo.words[match.last].lower if match.last < sentence.last_word else ""
            # "The risk is …" names one; "judged by cost, time and risk" only uses the word.
            if match.phrase not in nouns or following in links:
                found.add(sentence.span.start)
        return frozenset(found)

    def _of_passage(self, passage: Passage) -> Iterator[Risk]:
        items = items_of(passage, self._memo, self._lexicon, self._facts)
        listed = [item for item in items if item.is_row or item.heading or self._is_listed(item)]
        if listed:
            yield from self._of_items(listed)
            return
        sentences = (item.sentences[0] for item in items)
        for _, group in groupby(sentences, key=lambda sentence: sentence.block):
            yield from self._paired(list(group), headed=True)

    def _is_listed(self, item: Item) -> bool:
        return bool(item.sentences) and self._memo.blocks[item.sentences[0].block].kind == "list_item"

    def _of_items(self, items: Iterable[Item]) -> Iterator[Risk]:
        for item in items:
            if sum(self._content(sentence) for sentence in item.sentences) >= _LEAST_NAMING:
                yield Risk(item.place, self._item_is_answered(item), owned(item, self._lexicon, self._facts))

    def _registers(self, items: tuple[Item, ...]) -> Iterator[list[Item]]:
        """Yield untitled lists of risks: tables with a column, neighbours that each hold an answer."""
        if has_column(items, self._lexicon, "risk_headings"):
            yield list(items)
            return
        for alike, group in groupby(items, key=self._looks_like_a_risk):
            register = list(group)
            if alike and len(register) > 1:
                yield register

    def _looks_like_a_risk(self, item: Item) -> bool:
        if item.is_row or len(item.sentences) < 2 or self._facts.dates_in(item.sentences[0].span):
            return False
        markers = holding(self._memo, self._lexicon, "owner_markers") | self._spoken | self._possible
        marked = any(sentence.span.start in markers for sentence in item.sentences)
        return marked and self._item_is_answered(item)

    def _of_prose(self, taken: set[int]) -> Iterator[Risk]:
        """Read risks outside their own section, block by block."""
        for block in self._memo.blocks:
            if block.index in taken or block.kind not in {"paragraph", "list_item"}:
                continue
            sentences = [s for s in self._memo.sentences_of(block) if self._facts.is_evidence(s)]
            if any(sentence.span.start in self._spoken for sentence in sentences):
                yield from self._paired(sentences, headed=False)
            elif len(sentences) > 1 and sentences[0].span.start in self._threats:
                # "The ammonia could leak. We will fit detectors …" needs no word "risk".
                yield from (risk for risk in self._paired(sentences, headed=True) if risk.mitigated)

    def _paired(self, sentences: list[Sentence], *, headed: bool) -> Iterator[Risk]:
        """Pair sentences that name a risk with a mitigation in the same sentence or in those after it."""
        starts = [
            at for at, sentence in enumerate(sentences) if self._opens(sentence, first=at == 0, headed=headed)
        ]
        for start, stop in pairwise([*starts, len(sentences)]):
            sentence, group = sentences[start], sentences[start : min(stop, start + _LONGEST_ANSWER)]
            after = any(self._answers(other) for other in group[1:])
            owner = max(self._owner(other) for other in group)
            yield Risk(sentence.span, after or self._answers_itself(sentence), owner)

    def _opens(self, sentence: Sentence, *, first: bool, headed: bool) -> bool:
        """Whether a sentence names a new risk rather than the answer to the last one."""
        if not self._facts.is_prose(sentence) or self._content(sentence) < _LEAST_NAMING:
            return False
        start = sentence.span.start
        if start in self._spoken or not headed:
            return start in self._spoken
        possible = start in self._possible and (first or not self._facts.is_first_person(sentence))
        return possible or (first and not self._answers(sentence))

    def _owner(self, sentence: Sentence) -> float:
        if self._facts.owners_in(sentence):
            return 1.0
        return BY_US if self._facts.is_first_person(sentence) else 0.0

    def _content(self, sentence: Sentence) -> int:
        """Count the distinct words that carry content: no function words, no talk of risks and measures."""
        return len({word.lower for word in self._memo.words_of(sentence)} - self._empty)

    def _answers(self, sentence: Sentence) -> bool:
        """Whether a sentence says what is done: a measure or somebody who acts, and how.

        What "could" happen is the risk itself, not the answer to it.
        """
        if self._content(sentence) < _LEAST_MITIGATION:
            return False
        start = sentence.span.start
        if start in self._measures:
            return True
        if start in self._possible or not self._facts.has_finite_verb(sentence):
            return False
        return self._facts.is_first_person(sentence)

    def _answers_itself(self, sentence: Sentence) -> bool:
        """Whether one sentence holds risk and answer: content on either side of a word of mitigation."""
        if self._facts.is_first_person(sentence) and self._content(sentence) >= 2 * _LEAST_MITIGATION:
            return True
        words = self._memo.words
        first, last = sentence.first_word, sentence.last_word
        for match in self._lexicon.phrases("mitigation_words").find(words, first, last):
            before = {word.lower for word in words[first : match.first]} - self._empty
            after = {word.lower for word in words[match.first + 1 : last]} - self._empty
            if match.first - first >= _LEAST_MITIGATION and before and len(after) >= _LEAST_MITIGATION:
                return True
        return False

    def _item_is_answered(self, item: Item) -> bool:
        if item.is_row:
            cell = item.cell(self._lexicon, "mitigation_columns")
            text = cell.text if cell is not None else ""
            return (
                len({word.lower for word in words_between(text, 0, len(text))} - self._empty)
                >= _LEAST_IN_CELL
            )
        if any(self._answers(sentence) for sentence in item.sentences[0 if item.heading else 1 :]):
            return True
        return not item.heading and bool(item.sentences) and self._answers_itself(item.sentences[0])


def _empty_words(lexicon: Lexicon) -> frozenset[str]:
    """Return the words that are no content, made once a language."""
    found = _EMPTY.get(lexicon.language)
    if found is None:
        names = ("function_words", "mitigation_empty", "stock_keywords")
        found = _EMPTY[lexicon.language] = frozenset[str]().union(*(lexicon.words(name) for name in names))
    return found
