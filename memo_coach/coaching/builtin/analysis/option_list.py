"""Read the alternatives of a memo: listed, labelled, told off in order, or weighed in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from memo_coach.coaching.builtin.analysis.passages import (
    Item,
    Passage,
    has_column,
    holding,
    holds,
    items_of,
    mentions,
    runs_of_items,
)
from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span, Word
from memo_coach.coaching.memo.words import words_between

_REACH = 2
"""Blocks between the announcement of the alternatives, or one of them, and the next."""
_LEAST_CONTENT = 4
"""Words that an alternative needs beyond its name: what it is, not only that it exists."""


@dataclass(slots=True)
class Option:
    """One alternative: where it is named, and the sentences about it."""

    span: Span
    nothing: bool = False
    sentences: list[Sentence] = field(default_factory=list)


def options_in(memo: Memo, lexicon: Lexicon, passages: tuple[Passage, ...]) -> list[Option]:
    """Return the alternatives, read in the first way that gives two: listed, labelled, told off in order."""
    facts = facts_of(memo, lexicon)
    options = _listed(memo, lexicon, facts, passages)
    for read_more in (_labelled, _counted):
        if len(options) < 2:
            options = max(options, read_more(memo, lexicon, facts), key=len)
    return options


def _listed(memo: Memo, lexicon: Lexicon, facts: MemoFacts, passages: tuple[Passage, ...]) -> list[Option]:
    """Take the list items, rows and subsections under an options heading.

    Sentences only where they carry a label.
    """
    options: list[Option] = []
    covered = frozenset(block.index for passage in passages for block in passage.blocks)
    runs = [items_of(passage, memo, lexicon, facts) for passage in passages]
    untitled = runs_of_items(memo, facts, covered)
    runs += [items for items in untitled if has_column(items, lexicon, "option_headings")]
    for items in runs:
        for item in items:
            block = memo.blocks[item.sentences[0].block] if item.sentences else None
            if block is None or (block.kind == "paragraph" and not item.heading):
                continue
            if _content(item, memo, lexicon) < _LEAST_CONTENT and not facts.figures_in(item.span):
                continue
            title = item.heading or item.sentences[0].text
            nothing = mentions(title, lexicon, "do_nothing")
            options.append(Option(item.place, nothing, list(item.sentences)))
    return options


def _counted(memo: Memo, lexicon: Lexicon, facts: MemoFacts) -> list[Option]:
    """Read alternatives told off in prose: "We compared four options. The first is … The second is …"."""
    announcing = holding(memo, lexicon, "option_considered") | holding(memo, lexicon, "option_headings")
    ordinals = holding(memo, lexicon, "option_ordinals")
    options: list[Option] = []
    announced = -_REACH
    for sentence in memo.sentences:
        start = sentence.span.start
        if not facts.is_evidence(sentence):
            continue
        near = sentence.block - announced <= _REACH
        if near and start in ordinals and _opens_with_ordinal(memo, lexicon, sentence):
            options.append(Option(sentence.span, start in holding(memo, lexicon, "do_nothing"), [sentence]))
            announced = sentence.block
        elif options and sentence.block == announced:
            options[-1].sentences.append(sentence)
        elif start in announcing:
            announced = sentence.block
    return options


def _opens_with_ordinal(memo: Memo, lexicon: Lexicon, sentence: Sentence) -> bool:
    ordinals = lexicon.phrases("option_ordinals")
    return (
        next(
            ordinals.find(memo.words, sentence.first_word, min(sentence.first_word + 4, sentence.last_word)),
            None,
        )
        is not None
    )


def _content(item: Item, memo: Memo, lexicon: Lexicon) -> int:
    stock = lexicon.words("stock_keywords")
    return sum(word.lower not in stock for sentence in item.sentences for word in memo.words_of(sentence))


def _labelled(memo: Memo, lexicon: Lexicon, facts: MemoFacts) -> list[Option]:
    """Find "Option A", "Alternative 2" in prose and headings.

    What follows up to the next label is about it.
    """
    options: dict[str, Option] = {}
    current: Option | None = None
    section = -1
    headed = {block.index: block for block in memo.blocks if block.kind == "heading"}
    for block in memo.blocks:
        if block.index in headed:
            label = _label(words_between(block.text, 0, len(block.text)), 0, lexicon, frozenset())
            current = options.setdefault(label, Option(block.span)) if label else None
            section = block.section
            continue
        if block.section != section:
            current, section = None, block.section
        for sentence in memo.sentences_of(block):
            for option in _labels_of(memo, sentence, lexicon, options, facts):
                current = option
            if current is not None and facts.is_evidence(sentence):
                current.sentences.append(sentence)
    for option in options.values():
        option.nothing = any(
            holds(memo, lexicon, sentence, "do_nothing") for sentence in option.sentences[:1]
        )
    return [option for option in options.values() if option.sentences]


def _labels_of(
    memo: Memo,
    sentence: Sentence,
    lexicon: Lexicon,
    options: dict[str, Option],
    facts: MemoFacts,
) -> list[Option]:
    """Return the options that a sentence names; a later mention of one adds nothing new."""
    if not facts.is_evidence(sentence):
        return []
    near_misses = _near_misses(memo, lexicon)
    found: list[Option] = []
    nouns = lexicon.words("option_nouns")
    for place in memo.words.places_of(nouns, sentence.first_word, sentence.last_word - 1):
        label = _label(memo.words, place, lexicon, near_misses)
        if label:
            found.append(options.setdefault(label, Option(sentence.span)))
    return found


def _label(words: Sequence[Word], index: int, lexicon: Lexicon, near_misses: frozenset[int]) -> str:
    if index + 1 >= len(words) or words[index].span.start in near_misses:
        return ""
    if words[index].lower not in lexicon.words("option_nouns"):
        return ""
    label = words[index + 1].lower
    return label if label in lexicon.words("option_labels") else ""


def _near_misses(memo: Memo, lexicon: Lexicon) -> frozenset[int]:
    """Return the places of words such as "option" within "stock option"."""
    return facts_of(memo, lexicon).once("option-near-misses", lambda: _read_near_misses(memo, lexicon))


def _read_near_misses(memo: Memo, lexicon: Lexicon) -> frozenset[int]:
    return frozenset(
        memo.words[index].span.start
        for match in lexicon.phrases("option_near_misses").find(memo.words)
        for index in range(match.first, match.last)
    )


def weighed(memo: Memo, lexicon: Lexicon, facts: MemoFacts) -> list[Sentence]:
    """Return the sentences that weigh an alternative in words ("we rejected leasing because …")."""
    near_misses = _near_misses(memo, lexicon)
    found: list[Sentence] = []
    for match in lexicon.phrases("option_considered").find(memo.words):
        start = memo.words[match.first].span.start
        sentence = memo.sentence_at(start)
        if sentence is None or start in near_misses or not facts.is_prose(sentence):
            continue
        reasoned = holds(memo, lexicon, sentence, "comparison_words") or facts.figures_in(sentence.span)
        if reasoned and sentence.word_count >= 6 and (not found or found[-1] is not sentence):
            found.append(sentence)
    return found
