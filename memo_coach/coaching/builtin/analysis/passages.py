"""Find the part of a memo that is about something (risks, options, the plan) and take it apart into items."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from memo_coach.coaching.builtin.analysis.prose import Cell, MemoFacts, facts_of, table_rows
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Block, Memo, Section, Sentence, Span, Word
from memo_coach.coaching.memo.words import words_between

# "Risks and mitigation" is a heading; a title of a dozen words that holds "plan" is about something else.
_LONGEST_TOPIC = 8
_FIRST_WORDS = 4
_LONGEST_LEAD = 5
_LONGEST_PLACE = 240

BY_US = 0.3
"""What "we" is worth as an owner: somebody among us, but nobody whom the reader can ask."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The blocks about one thing. ``place`` is the heading.

    Or the words before the colon that stand for one.
    """

    place: Span
    blocks: tuple[Block, ...]
    """With the headings of lower rank among them."""


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One risk, option or step, the same as itself alone.

    A list item with those nested in it, a table row, a subsection or a sentence.
    """

    span: Span
    sentences: tuple[Sentence, ...]
    heading: str = ""
    heading_span: Span | None = None
    actor_carried: bool = False
    """Whether the actor is that of the sentence before: "He brings the contract"."""
    cells: tuple[tuple[str, Cell], ...] = ()
    """For a table row: the lower-cased column heading and the cell, column by column."""

    def cell(self, lexicon: Lexicon, name: str) -> Cell | None:
        """Return the first cell whose column heading holds a phrase of the list ``name``."""
        return next((cell for title, cell in self.cells if mentions(title, lexicon, name)), None)

    @property
    def place(self) -> Span:
        """The passage to point at: a long item is pointed at by its heading or its first sentence."""
        if len(self.span) <= _LONGEST_PLACE or not self.sentences:
            return self.span
        return self.heading_span or self.sentences[0].span

    @property
    def is_row(self) -> bool:
        """Whether the item is a table row."""
        return bool(self.cells)


def mentions(text: str, lexicon: Lexicon, name: str) -> bool:
    """Whether a short text, such as a heading, holds a phrase of the list ``name``."""
    return _holds(words_between(text, 0, len(text)), lexicon, name)


def _holds(words: Sequence[Word], lexicon: Lexicon, name: str) -> bool:
    return next(lexicon.phrases(name).find(words), None) is not None


def holding(memo: Memo, lexicon: Lexicon, name: str) -> frozenset[int]:
    """Return the starts of the sentences that hold a phrase of the list ``name``; found once a memo."""
    key = f"{lexicon.language} holding {name}"
    held: frozenset[int] | None = memo.remembered.get(key)
    if held is None:
        held = memo.remembered[key] = _holding(memo, lexicon, name)
    return held


def holds(memo: Memo, lexicon: Lexicon, sentence: Sentence, name: str) -> bool:
    """Whether the sentence holds a phrase of the list ``name``."""
    return sentence.span.start in holding(memo, lexicon, name)


def _holding(memo: Memo, lexicon: Lexicon, name: str) -> frozenset[int]:
    found: set[int] = set()
    for match in lexicon.phrases(name).find(memo.words):
        sentence = memo.sentence_at(memo.words[match.first].span.start)
        # A phrase ends where its sentence ends.
        if sentence is not None and match.last <= sentence.last_word:
            found.add(sentence.span.start)
    return frozenset(found)


def place_among(siblings: Sequence[Sentence], sentence: Sentence) -> int:
    """Return the index of a sentence among the sentences of its block, in logarithmic time."""
    return bisect_left(siblings, sentence.span.start, key=lambda other: other.span.start)


def passages_about(memo: Memo, lexicon: Lexicon, name: str) -> tuple[Passage, ...]:
    """Find the sections whose heading holds a phrase of the list ``name``.

    And paragraphs that open "Risks: …". Found once a memo.
    """
    return facts_of(memo, lexicon).once(
        f"passages about {name}", lambda: _passages_about(memo, lexicon, name)
    )


def _passages_about(memo: Memo, lexicon: Lexicon, name: str) -> tuple[Passage, ...]:
    found: list[Passage] = []
    leads = facts_of(memo, lexicon).once("leads", lambda: _leads(memo))
    titles = facts_of(memo, lexicon).once("titles", lambda: _titles(memo))
    taken = -1
    for section in memo.sections:
        if section.index <= taken:
            continue
        if section.heading is not None and _is_topic(titles[section.index], lexicon, name):
            blocks, taken = _with_subsections(memo, section)
            if blocks:
                found.append(Passage(section.heading.span, blocks))
            continue
        for lead in leads.get(section.index, ()):
            if _holds(lead.words, lexicon, name):
                blocks = _with_list(section, lead.position)
                found.append(Passage(lead.span, blocks))
    return tuple(found)


def _titles(memo: Memo) -> tuple[Sequence[Word], ...]:
    """Return the words of each section's heading."""
    return tuple(words_between(section.title, 0, len(section.title)) for section in memo.sections)


def _is_topic(words: Sequence[Word], lexicon: Lexicon, name: str) -> bool:
    """Whether a heading is about the list's subject.

    Short, or with the subject among its first words.
    """
    found = next(lexicon.phrases(name).find(words), None)
    return found is not None and (len(words) <= _LONGEST_TOPIC or found.first < _FIRST_WORDS)


def _with_subsections(memo: Memo, section: Section) -> tuple[tuple[Block, ...], int]:
    """Return the section's blocks and those of the sections below it.

    And the index of the last section taken.
    """
    blocks = list(section.blocks)
    last = section.index
    level = section.heading.level if section.heading else 0
    for following in memo.sections[section.index + 1 :]:
        if following.heading is None or following.heading.level <= level:
            break
        blocks.append(following.heading)
        blocks.extend(following.blocks)
        last = following.index
    return tuple(blocks), last


class _Lead(NamedTuple):
    """The label that a paragraph opens with ("Risks. The supplier …")."""

    span: Span
    words: Sequence[Word]
    position: int
    """Of the paragraph among the blocks of its section."""


def _leads(memo: Memo) -> dict[int, list[_Lead]]:
    """Find the labels that paragraphs open with, by the index of their section."""
    leads: dict[int, list[_Lead]] = {}
    for section in memo.sections:
        for position, block in enumerate(section.blocks):
            if block.kind != "paragraph" or not memo.sentences_of(block):
                continue
            label = _lead(block.text[:60].lstrip("*_ "))
            if label:
                start = memo.text.index(label, block.span.start)
                span = Span(start, start + len(label))
                lead = _Lead(span, words_between(label, 0, len(label)), position)
                leads.setdefault(section.index, []).append(lead)
    return leads


def _with_list(section: Section, position: int) -> tuple[Block, ...]:
    """Return a block of a section with the list or table that follows it."""
    end = position + 1
    while end < len(section.blocks) and section.blocks[end].kind in {"list_item", "table"}:
        end += 1
    return section.blocks[position:end]


def _lead(opening: str) -> str:
    """Return the label that a paragraph opens with.

    Five words before a colon, two before a full stop ("Risks.").
    """
    for mark, longest in ((":", _LONGEST_LEAD), (".", 2)):
        label, found, _ = opening.partition(mark)
        if found and len(label.split()) <= longest:
            return label.strip("*_ ")
    return ""


def items_of(passage: Passage, memo: Memo, lexicon: Lexicon, facts: MemoFacts) -> tuple[Item, ...]:
    """Take a passage apart into its items, leaving out whatever is a bare keyword or said before."""
    items: list[Item] = []
    for part in _parts(passage.blocks):
        heading = part[0] if part[0].kind == "heading" else None
        body = part[1:] if heading else part
        if heading is not None and body and _is_one_item(body, memo, lexicon):
            sentences = tuple(sentence for block in body for sentence in memo.sentences_of(block))
            if any(facts.is_evidence(sentence) for sentence in sentences):
                span = Span(heading.span.start, body[-1].span.end)
                items.append(Item(span, sentences, heading.text, heading.span))
            continue
        items.extend(_items_of_blocks(body, memo, facts))
    return tuple(items)


def _parts(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Split blocks at headings."""
    part: list[Block] = []
    for block in blocks:
        if block.kind == "heading" and part:
            yield part
            part = []
        part.append(block)
    if part:
        yield part


def _is_one_item(body: Sequence[Block], memo: Memo, lexicon: Lexicon) -> bool:
    """Whether a subsection is about one thing and does not list several."""
    if any(block.kind == "table" for block in body):
        return False
    listed = [block for block in body if block.kind == "list_item"]
    if len(listed) < 2:
        return True
    labels = 0
    for block in listed:
        sentences = memo.sentences_of(block)
        opening = sentences[0].text[:40].partition(":") if sentences else ("", "", "")
        if opening[1] and any(
            mentions(opening[0], lexicon, name)
            for name in ("mitigation_columns", "owner_columns", "date_columns", "plan_label_words")
        ):
            labels += 1
    return labels * 2 >= len(listed)


def _items_of_blocks(blocks: Sequence[Block], memo: Memo, facts: MemoFacts) -> tuple[Item, ...]:
    """Take blocks that follow one another apart; once a memo, as plan, risks and options all read lists."""
    if not blocks:
        return ()
    name = f"items of blocks {blocks[0].index} to {blocks[-1].index}"
    return facts.once(name, lambda: tuple(_taken_apart(blocks, memo, facts)))


def _taken_apart(blocks: Sequence[Block], memo: Memo, facts: MemoFacts) -> Iterator[Item]:
    for group in _with_nested(blocks):
        first = group[0]
        sentences = tuple(sentence for block in group for sentence in memo.sentences_of(block))
        if first.kind == "table":
            yield from rows_of(first, memo, facts)
        elif first.kind == "list_item" and sentences:
            if any(facts.is_evidence(sentence) for sentence in sentences):
                yield Item(Span(sentences[0].span.start, group[-1].span.end), sentences)
        elif first.kind in {"paragraph", "quote"}:
            for before, sentence in zip((None, *sentences), sentences, strict=False):
                if facts.is_evidence(sentence):
                    carried = before is not None and facts.carries_on(before, sentence)
                    yield Item(sentence.span, (sentence,), actor_carried=carried)


def _with_nested(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Return each block alone, but a list item with those nested in it."""
    group: list[Block] = []
    for block in blocks:
        nested = block.kind == "list_item" and block.level > 0 and group and group[0].kind == "list_item"
        if group and not nested:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def rows_of(block: Block, memo: Memo, facts: MemoFacts) -> Iterator[Item]:
    """Yield the body rows of a table as items with their cells."""
    rows = table_rows(memo, block)
    if not rows:
        return
    titles = [cell.text.strip("*_ ").lower() for cell in rows[0]]
    cells_at = {row[0].span.start: row for row in rows[1:] if row}
    for sentence in memo.sentences_of(block):
        row = cells_at.get(sentence.span.start, ())
        cells = tuple(zip(titles, row, strict=False))
        if facts.is_evidence(sentence):
            yield Item(sentence.span, (sentence,), cells=cells or (("", Cell(sentence.text, sentence.span)),))


def owned(item: Item, lexicon: Lexicon, facts: MemoFacts) -> float:
    """Return who answers for an item: 1 for a name, role or team, :data:`BY_US` for "we" or "I", else 0."""
    known = facts.once("owned", dict[Item, float])
    if item not in known:
        known[item] = _owned(item, lexicon, facts)
    return known[item]


def _owned(item: Item, lexicon: Lexicon, facts: MemoFacts) -> float:
    cell = item.cell(lexicon, "owner_columns")
    if cell is not None:
        words = words_between(cell.text, 0, len(cell.text))
        placeholders = lexicon.words("placeholders")
        return 1.0 if words and words[0].lower not in placeholders else 0.0
    if item.actor_carried or any(actors_in(sentence, facts, lexicon) for sentence in item.sentences):
        return 1.0
    return BY_US if any(facts.is_first_person(sentence) for sentence in item.sentences) else 0.0


def actors_in(sentence: Sentence, facts: MemoFacts, lexicon: Lexicon) -> tuple[Span, ...]:
    """Return the owners in a sentence, but not the board of "if the board agrees, …"."""
    owners = facts.owners_in(sentence)
    opening = sentence.text.lstrip("*_ ").partition(" ")[0].lower()
    if not owners or opening not in lexicon.words("conditions"):
        return owners
    comma = sentence.text.find(",")
    return tuple(span for span in owners if span.start > sentence.span.start + comma)


def dated(item: Item, lexicon: Lexicon, facts: MemoFacts) -> float:
    """Return whether an item says when: 1 for a date or something in its column, 0.5 for a duration, or 0."""
    known = facts.once("dated", dict[Item, float])
    if item not in known:
        known[item] = _dated(item, lexicon, facts)
    return known[item]


def _dated(item: Item, lexicon: Lexicon, facts: MemoFacts) -> float:
    if any(date.kind != "year" for date in facts.dates_in(item.span)):
        return 1.0
    cell = item.cell(lexicon, "date_columns")
    if cell is not None:
        words = words_between(cell.text, 0, len(cell.text))
        return 1.0 if words and words[0].lower not in lexicon.words("placeholders") else 0.0
    units = lexicon.words("time_units")
    lasts = any(figure.unit in units for figure in facts.figures_in(item.span))
    return 0.5 if lasts or facts.dates_in(item.span) else 0.0


def runs_of_items(memo: Memo, facts: MemoFacts, covered: frozenset[int]) -> Iterator[tuple[Item, ...]]:
    """Yield each list and each table outside the blocks in ``covered``, taken apart into items."""
    run: list[Block] = []
    for block in memo.blocks:
        if block.kind == "list_item" and block.index not in covered:
            run.append(block)
            continue
        if run:
            yield _items_of_blocks(run, memo, facts)
            run = []
        if block.kind == "table" and block.index not in covered:
            yield tuple(rows_of(block, memo, facts))
    if run:
        yield _items_of_blocks(run, memo, facts)


def has_column(items: Sequence[Item], lexicon: Lexicon, name: str) -> bool:
    """Whether the items are rows of a table with a column that a phrase of the list ``name`` heads."""
    return bool(items) and any(mentions(title, lexicon, name) for title, _ in items[0].cells)
