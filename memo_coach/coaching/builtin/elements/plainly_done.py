"""What a memo does on the face of it, so that no question on it is left: options told off, parts that add up.

A model of single sentences overlooks what several say together, and a careful reader does not: a table of
bidders that the text weighs, a list of steps with a day each. What is told
elsewhere (“the budget is sent separately”) is not done, but nobody has to be told that it is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

from memo_coach.coaching.builtin.analysis.option_list import options_in, weighed
from memo_coach.coaching.builtin.analysis.passages import holding, mentions, passages_about, rows_of
from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.detectors.ask.detector import REAL_ASK, asks_in
from memo_coach.coaching.builtin.detectors.plan.detector import is_future
from memo_coach.coaching.builtin.elements.reading import ElementReading, MemoReading, Passage, stands_in
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Block, Memo, Sentence, Span

_SURE: Final = 1.0
_LEAST_OPTIONS = 2
_READ_OF_AN_OPTION = 4
_LEAST_DATES = 2
_LEAST_PARTS = 3
_LONGEST_LABEL = 12
"""Words of a line that is an amount with its label."""
_LEAST_NAME = 3
_OPENING = 0.35
"""The part of a text in which a summary is one for a reader who starts at the top."""
_LEAST_SUMMARY = 6
_HEAD, _LONGEST_FIELD = 3_000, 120
_LETTERED = re.compile(r"[\s*_#>\-]{0,6}(?:\w{1,12} )?(?:[A-H]|[1-8])[.):][*_ ]")
"""“B. Move everything” under a heading that speaks of options."""


class _Text(NamedTuple):
    """One memo, with what the finders read of it."""

    memo: Memo
    lexicon: Lexicon
    facts: MemoFacts
    sentences: tuple[Sentence, ...]
    """Those that are the author's own."""


def with_what_is_done(memo: Memo, lexicon: Lexicon, read: MemoReading) -> MemoReading:
    """Return a reading that knows what is done, or told elsewhere, on the face of it."""
    asked = [one for one in read.elements if _may_be_asked(one)]
    if not asked:
        return read
    own = tuple(one for one in memo.sentences if not stands_in(one.span, read.others_words))
    text = _Text(memo, lexicon, facts_of(memo, lexicon), own)
    elements = (_settled(text, one) if one in asked else one for one in read.elements)
    return replace(read, elements=tuple(elements))


def _may_be_asked(reading: ElementReading) -> bool:
    """Whether the coach would say something of it that its finders know of."""
    return reading.is_mentioned and reading.element.name in _DONE.keys() | _ELSEWHERE.keys()


def _settled(text: _Text, reading: ElementReading) -> ElementReading:
    name = reading.element.name
    finder, topic = _DONE.get(name), _ELSEWHERE.get(name)
    done = finder(text) if finder is not None else None
    if isinstance(done, Span):
        return replace(
            reading, settled="done", is_plain=True, passages=(Passage(done, _SURE, _SURE), *reading.passages)
        )
    if done:
        return replace(reading, settled="done")
    if topic is not None and _is_told_elsewhere(text, topic):
        return replace(reading, settled="elsewhere")
    return reading


def _says(text: _Text, name: str) -> bool:
    """Whether a sentence of the author's says what a pattern has."""
    pattern = text.lexicon.pattern(name)
    return any(pattern.search(sentence.text) for sentence in text.sentences)


def _chooses_among(text: _Text) -> bool:
    """Whether two ways at least are told off and weighed: listed, lettered, in a table, or in words."""
    memo, lexicon, facts = text.memo, text.lexicon, text.facts
    passages = passages_about(memo, lexicon, "option_headings")
    told = options_in(memo, lexicon, passages)
    weighing = weighed(memo, lexicon, facts)
    comparing = holding(memo, lexicon, "comparison_words")
    reasoned = [
        option
        for option in told
        if any(
            facts.amounts_in(one.span) or facts.percentages_in(one.span) or one.span.start in comparing
            for one in option.sentences[:_READ_OF_AN_OPTION]
        )
    ]
    if len(reasoned) >= _LEAST_OPTIONS or (len(told) >= _LEAST_OPTIONS and weighing):
        return True
    lettered = {
        block.index
        for passage in passages
        for block in passage.blocks
        if _LETTERED.match(memo.text, block.span.start)
    }
    return len(lettered) >= _LEAST_OPTIONS or _weighs_rows(text)


def _weighs_rows(text: _Text) -> bool:
    """Whether the text compares by name what stands in the rows of a table that gives each a figure."""
    comparing = holding(text.memo, text.lexicon, "comparison_words")
    for block in text.memo.blocks:
        if block.kind != "table":
            continue
        names = {name for name in _row_names(text, block) if len(name) >= _LEAST_NAME}
        if len(names) < _LEAST_OPTIONS or any(mentions(name, text.lexicon, "total_labels") for name in names):
            continue  # what makes up a total is no choice
        if any(
            sentence.span.start in comparing
            and text.memo.blocks[sentence.block].kind in {"paragraph", "list_item"}
            and sum(name in sentence.text for name in names) >= _LEAST_OPTIONS
            for sentence in text.sentences
        ):
            return True
    return False


def _row_names(text: _Text, block: Block) -> Iterator[str]:
    """Yield what the rows of a table that have a figure are about; words in small letters name nothing."""
    for row in rows_of(block, text.memo, text.facts):
        first = row.cells[0][1].text.strip("*_ ").partition(" (")[0] if row.cells else ""
        if first[:1].isupper() and text.facts.figures_in(row.span):
            yield first


def _about_options(text: _Text) -> frozenset[int]:
    """Return the indices of the blocks on options: what each of them costs makes up nothing."""
    passages = passages_about(text.memo, text.lexicon, "option_headings")
    return frozenset(block.index for passage in passages for block in passage.blocks)


def _adds_up(text: _Text) -> bool:
    """Whether three amounts at least stand with a label each."""
    other = _about_options(text)
    found = (text.memo.block_at(figure.span.start) for figure in text.facts.amounts)
    blocks = {block.index: block for block in found if block is not None and block.index not in other}
    return sum(map(_is_labelled_line, blocks.values())) >= _LEAST_PARTS


def _is_labelled_line(block: Block) -> bool:
    """Whether a block is no more than a line or a list item."""
    words = block.text.split(maxsplit=_LONGEST_LABEL)
    return block.kind in {"paragraph", "list_item"} and len(words) <= _LONGEST_LABEL


def _goes_on(text: _Text) -> bool:
    """Whether what comes next stands under a heading of its own, with a day or somebody for it."""
    listed = _to_do(text)
    return any(
        sentence.block in listed and (text.facts.dates_in(sentence.span) or text.facts.owners_in(sentence))
        for sentence in text.sentences
    )


def _dates_its_work(text: _Text) -> bool:
    """Whether what will be done has days: in sentences on the future, or in a list of what is to do."""
    memo, lexicon, facts = text.memo, text.lexicon, text.facts
    asks = {one.sentence.span.start for one in asks_in(memo, lexicon) if one.strength >= REAL_ASK}
    listed = _to_do(text)
    days = 0
    for sentence in text.sentences:
        dates = [one for one in facts.dates_in(sentence.span) if one.kind not in {"year", "relative"}]
        if not dates or sentence.span.start in asks:
            continue
        if sentence.block in listed or is_future(memo, lexicon, facts, sentence):
            days += len({one.span.start for one in dates})
    return days >= _LEAST_DATES


def _names_who_works(text: _Text) -> bool:
    """Whether somebody is named for the work: “Hanna would run it”, “Test in staging: Raj, 15 March”."""
    memo, facts = text.memo, text.facts
    takes, small = text.lexicon.pattern("takes_work_on"), text.lexicon.words("function_words")
    is_done_to = text.lexicon.pattern("is_done_to")
    listed = _to_do(text)
    for sentence in text.sentences:
        found = takes.search(sentence.text)
        if found is not None and (found["name"] or found["name2"]).lower() not in small:
            return True
        listed_here = sentence.block in listed and memo.blocks[sentence.block].kind == "list_item"
        if listed_here and not is_done_to.search(sentence.text):
            named = _NAMED_BEHIND.search(sentence.text)
            if facts.owners_in(sentence) or (named is not None and named[1].lower() not in small):
                return True
    return False


_WORK_HEADINGS: Final = ("plan_headings", "next_step_headings", "to_do_headings")
_NAMED_BEHIND = re.compile(r"[:(–—-] ?([A-Z][a-záéíóúñ]{1,20})(?: [A-Z][\w'’-]{1,20})?(?:[,);]|$)")


def _to_do(text: _Text) -> Collection[int]:
    """Return the indices of the blocks on the plan, next steps and what is still to do."""
    return text.facts.once("blocks to do", lambda: frozenset(_blocks_to_do(text)))


def _blocks_to_do(text: _Text) -> Iterator[int]:
    for name in _WORK_HEADINGS:
        for passage in passages_about(text.memo, text.lexicon, name):
            yield from (block.index for block in passage.blocks)


def _sums_itself_up(text: _Text) -> bool:
    """Whether a heading near the top says that the main point follows, and a sentence does."""
    memo, facts = text.memo, text.facts
    opening = _OPENING * len(memo.text)
    blocks = {
        block.index
        for passage in passages_about(memo, text.lexicon, "summary_headings")
        if passage.place.start <= opening
        for block in passage.blocks
    }
    return any(
        sentence.block in blocks and sentence.word_count >= _LEAST_SUMMARY and facts.is_prose(sentence)
        for sentence in text.sentences
    )


def _pays_back(text: _Text) -> Span | None:
    """Return the sentence that says when the money is back."""
    pattern = text.lexicon.pattern("pays_back")
    counts, units = text.lexicon.words("number_words"), text.lexicon.words("time_units")
    for sentence in text.sentences:
        if pattern.search(sentence.text) and (
            _has_a_day(text, sentence) or _has_a_period(text, sentence, counts, units)
        ):
            return sentence.span
    return None


def _has_a_day(text: _Text, sentence: Sentence) -> bool:
    """Whether a sentence has a date; “soon” is none."""
    return any(one.kind != "relative" for one in text.facts.dates_in(sentence.span))


def _has_a_period(text: _Text, sentence: Sentence, counts: frozenset[str], units: frozenset[str]) -> bool:
    """Whether a sentence counts months or years; “saves money every year” does not."""
    words, first, last = text.memo.words, sentence.first_word, sentence.last_word
    counted = text.facts.figures_in(sentence.span) or words.places_of(counts, first, last)
    return bool(counted) and bool(words.places_of(units, first, last))


def _says_where_to_ask(text: _Text) -> bool:
    """Whether a field at the head of the text says where it is discussed, or whom to ask."""
    fields = text.lexicon.pattern("contact_fields")
    lines = text.memo.text[:_HEAD].splitlines()
    return any(fields.match(line[:_LONGEST_FIELD]) for line in lines)


def _is_told_elsewhere(text: _Text, topic: str) -> bool:
    """Whether a sentence on a topic, or under a heading on it, sends the reader somewhere else for it."""
    elsewhere = text.lexicon.pattern("told_elsewhere")
    about = text.lexicon.pattern(topic)
    for sentence in text.memo.sentences:  # a form may have the very words
        if elsewhere.search(sentence.text) and (
            about.search(sentence.text)
            or about.search(text.memo.sections[text.memo.blocks[sentence.block].section].title)
        ):
            return True
    return False


_Finder = Callable[[_Text], Span | bool | None]
"""Whether it is done; or the passage that does it, where one more question may be asked about that."""
_NOTHING_ASKED: Final[_Finder] = partial(_says, name="nothing_is_asked")
_DONE: Final[Mapping[str, _Finder]] = {
    "options": _chooses_among,
    "cost-parts": _adds_up,
    "plan-dates": _dates_its_work,
    "plan-owners": _names_who_works,
    "bottom-line": _sums_itself_up,
    "return": _pays_back,
    "contact": _says_where_to_ask,
    "risks": partial(_says, name="names_a_risk"),
    "mitigations": partial(_says, name="answers_a_risk"),
    "ask": _NOTHING_ASKED,
    "ask-amount": _NOTHING_ASKED,
    "next-step": _goes_on,
    "ask-deadline": _NOTHING_ASKED,
    "ask-decider": _NOTHING_ASKED,
}
_ELSEWHERE: Final[Mapping[str, str]] = {
    "ask-amount": "about_money",
    "costs": "about_money",
    "cost-parts": "about_money",
    "plan-steps": "about_the_plan",
    "plan-dates": "about_the_plan",
}
