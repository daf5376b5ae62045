"""Read the dates and deadlines of a memo: days, months, quarters, weekdays, years and spans of time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Span, Word, Words

DateKind = Literal["day", "weekday", "month", "quarter", "year", "relative"]

# The first character is fixed and every repeat bounded: linear on any text.
_NUMERIC = re.compile(
    r"[0-9](?:[0-9]{3}-[0-9]{1,2}-[0-9]{1,2}|[0-9]?[/.-][0-9]{1,2}[/.-](?:[0-9]{4}|[0-9]{2}))(?![0-9])"
)
_DAY = re.compile(r"(?:[12]?[0-9]|3[01])(?:st|nd|rd|th|º|°)?")
_YEAR = re.compile(r"(?:19[89][0-9]|20[0-6][0-9])")
_NUMBER = re.compile(r"[0-9]{1,3}(?:[-–][0-9]{1,3})?")
_QUARTER = re.compile(r"(?:[qht][1-4]|[1-4][qth])(?:[-/]?(?:20)?[0-9]{2})?")
_DEADLINE_REACH = 3
_DIGITS = frozenset("0123456789")
_QUARTERS = frozenset("1234")


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in the text. ``deadline`` is true where words such as "by" or "a más tardar" stand before it."""

    kind: DateKind
    span: Span
    deadline: bool


class _Calendar:
    """The date words of one language, in sets for one look-up a word."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.months = lexicon.words("months")
        self.weekdays = lexicon.words("weekdays")
        self.units = lexicon.words("time_units")
        self.quarters = lexicon.words("quarter_words")
        self.next = lexicon.words("next_words")
        self.within = lexicon.words("within_words")
        self.deadline = lexicon.words("deadline_words")
        self.numbers = lexicon.words("number_words")
        self.capital_months = lexicon.replacements("number_format").get("months") == "capital"
        self.phrases = lexicon.phrases("date_phrases")
        self.anchors = self.months | self.weekdays | self.units | self.quarters


_CALENDARS: dict[str, _Calendar] = {}


def dates_in(text: str, words: Words, lexicon: Lexicon) -> list[DateMention]:
    """Find every date, in order of position and without overlaps."""
    calendar = _CALENDARS.get(lexicon.language)
    if calendar is None:
        calendar = _CALENDARS[lexicon.language] = _Calendar(lexicon)
    found: list[tuple[Span, DateKind, int]] = []
    for index in words.places_of(_datelike(words.places, calendar), 0, len(words)):
        word = words[index]
        lower = word.lower
        if lower in calendar.anchors:
            mention = _at_anchor(text, words, index, calendar)
            if mention is not None:
                found.append(mention)
        elif _QUARTER.fullmatch(lower):
            found.append((_with_year(words, index, index), "quarter", index))
        elif _YEAR.fullmatch(lower) and not _counts_something(words, index, calendar):
            found.append((word.span, "year", index))
        elif (numeric := _NUMERIC.match(text, word.span.start)) is not None:
            found.append((Span(*numeric.span()), "day", index))
    for phrase in calendar.phrases.find(words):
        span = Span(words[phrase.first].span.start, words[phrase.last - 1].span.end)
        found.append((span, "relative", phrase.first))
    return _without_overlaps(found, words, calendar)


def _datelike(vocabulary: Iterable[str], calendar: _Calendar) -> frozenset[str]:
    """Return the words that may belong to a date: listed ones, and what begins like a number or a quarter."""
    return frozenset(
        word
        for word in vocabulary
        if word in calendar.anchors or word[0] in _DIGITS or (word[0] in "qht" and word[1:2] in _QUARTERS)
    )


def _at_anchor(
    text: str, words: Sequence[Word], index: int, calendar: _Calendar
) -> tuple[Span, DateKind, int] | None:
    word = words[index]
    if word.lower in calendar.months:
        return _month(text, words, index, calendar)
    if word.lower in calendar.weekdays:
        return (word.span, "weekday", index)
    if word.lower in calendar.quarters:
        first = index - 1 if index and words[index - 1].lower in calendar.next | calendar.numbers else index
        return (_with_year(words, first, index), "quarter", first) if first < index else None
    return _relative(words, index, calendar)


def _month(
    text: str, words: Sequence[Word], index: int, calendar: _Calendar
) -> tuple[Span, DateKind, int] | None:
    first = last = index
    day = False
    before = index - 1
    if before >= 0 and words[before].lower in {"de", "of"}:
        before -= 1
    if before >= 0 and _DAY.fullmatch(words[before].lower):
        first, day = before, True
    elif index + 1 < len(words) and _DAY.fullmatch(words[index + 1].lower) and _adjacent(words, index):
        last, day = index + 1, True
    span = _with_year(words, first, last)
    if calendar.capital_months and not (
        text[words[index].span.start].isupper()
        and (day or span.end > words[last].span.end or _follows_a_date_word(words, index, calendar))
    ):
        return None  # "may", "march" and names such as "May said"
    return (span, "day" if day else "month", first)


def _follows_a_date_word(words: Sequence[Word], index: int, calendar: _Calendar) -> bool:
    if words[index].lower not in {"may", "march", "august"}:
        return True
    return index > 0 and words[index - 1].lower in calendar.deadline | calendar.within | calendar.next


def _with_year(words: Sequence[Word], first: int, last: int) -> Span:
    """Extend a date over a year that follows directly, or after "de" or "del"."""
    position = last + 1
    if position < len(words) and words[position].lower in {"de", "del", "of"}:
        position += 1
    if position < len(words) and _YEAR.fullmatch(words[position].lower):
        last = position
    return Span(words[first].span.start, words[last].span.end)


def _relative(words: Sequence[Word], index: int, calendar: _Calendar) -> tuple[Span, DateKind, int] | None:
    """Read "week 3", "within 30 days", "next month"; a bare length such as "for three months" is no date."""
    after = words[index + 1].lower if index + 1 < len(words) and _adjacent(words, index) else ""
    if after and after != "%" and _NUMBER.fullmatch(after):
        return (Span(words[index].span.start, words[index + 1].span.end), "relative", index)
    if index and words[index - 1].lower in calendar.next:
        return (Span(words[index - 1].span.start, words[index].span.end), "relative", index - 1)
    numbered = index > 1 and (
        words[index - 1].lower in calendar.numbers or _NUMBER.fullmatch(words[index - 1].lower) is not None
    )
    if numbered and any(word.lower in calendar.within for word in words[max(0, index - 3) : index - 1]):
        return (Span(words[index - 1].span.start, words[index].span.end), "relative", index - 1)
    return None


def _adjacent(words: Sequence[Word], index: int) -> bool:
    return words[index + 1].span.start - words[index].span.end <= 2


def _counts_something(words: Sequence[Word], index: int, calendar: _Calendar) -> bool:
    """Whether it is "2000 hours" and not the year 2000: a unit of time follows."""
    return index + 1 < len(words) and words[index + 1].lower in calendar.units


def _without_overlaps(
    found: list[tuple[Span, DateKind, int]], words: Sequence[Word], calendar: _Calendar
) -> list[DateMention]:
    """Sort, keep the longer of two that overlap, and say which are deadlines."""
    found.sort(key=lambda item: (item[0].start, -item[0].end))
    dates: list[DateMention] = []
    reach = -1
    for span, kind, first in found:
        if span.start < reach:
            continue
        reach = span.end
        before = words[max(0, first - _DEADLINE_REACH) : first + 1]
        deadline = any(word.lower in calendar.deadline and word.span.start < span.start for word in before)
        dates.append(DateMention(kind, span, deadline))
    return dates
