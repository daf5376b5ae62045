"""Days and months that a memo names, read as dates; the year of one that has none is left open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from memo_coach.coaching.builtin.analysis.prose import MemoFacts
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Span

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_NUMERIC = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2((?:19|20)[0-9]{2})")
_DAY = re.compile(r"(?<![0-9])([0-3]?[0-9])(?![0-9])")
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")
_MONTH = re.compile(r"[^\W\d_]{3,12}")
_MONTHS = 12
_TOP, _TOP_LINES, _LONGEST_DATE_LINE = 1200, 14, 60
"""How far down a memo its date may stand, in characters and lines, and how long such a line may be."""


class Day(NamedTuple):
    """A date as far as the text gives it."""

    year: int | None
    month: int
    day: int | None
    span: Span

    def first(self, year: int | None = None) -> date | None:
        """Return the first day that may be meant, with a year for one that has none; ``None`` without."""
        return _date(self.year or year, self.month, self.day or 1)

    def last(self, year: int | None = None) -> date | None:
        """Return the last day that may be meant."""
        known = self.year or year
        if self.day is not None or known is None:
            return _date(known, self.month, self.day or 1)
        following = _date(known + self.month // _MONTHS, self.month % _MONTHS + 1, 1)
        return None if following is None else following - timedelta(days=1)


def _date(year: int | None, month: int, day: int) -> date | None:
    try:
        return None if year is None else date(year, month, day)
    except ValueError:
        return None


def read_day(text: str, span: Span, lexicon: Lexicon) -> Day | None:
    """Read a date that is written as one; ``None`` where day and month cannot be told apart.

    >>> from memo_coach.coaching.builtin.lexicon import lexicon_of
    >>> read_day("12 March 2025", Span(0, 13), lexicon_of("en")).first()
    datetime.date(2025, 3, 12)
    """
    iso = _ISO.search(text)
    if iso:
        return _valid(int(iso[1]), int(iso[2]), int(iso[3]), span)
    numeric = _NUMERIC.search(text)
    if numeric:
        day, month = int(numeric[1]), int(numeric[3])
        if month > _MONTHS:
            day, month = month, day
        elif day <= _MONTHS and day != month and lexicon.language != "es":
            return None
        return _valid(int(numeric[4]), month, day, span)
    months: Mapping[str, str] = lexicon.replacements("timeline_months")
    name = next((found[0].lower() for found in _MONTH.finditer(text) if found[0].lower() in months), None)
    if name is None:
        return None
    found_day, found_year = _DAY.search(text), _YEAR.search(text)
    year = int(found_year[1]) if found_year else None
    return _valid(year, int(months[name]), int(found_day[1]) if found_day else None, span)


def _valid(year: int | None, month: int, day: int | None, span: Span) -> Day | None:
    # A leap year stands in for one that is not given.
    return Day(year, month, day, span) if _date(year or 2024, month, day or 1) else None


def days_of(memo: Memo, facts: MemoFacts, lexicon: Lexicon) -> list[Day]:
    """Return the days and months that the memo names, in order."""
    found: list[Day] = []
    for mention in facts.dates:
        if mention.kind in ("day", "month"):
            day = read_day(memo.quote(mention.span), mention.span, lexicon)
            if day is not None:
                found.append(day)
    return found


class OwnDate(NamedTuple):
    """The date that a memo gives itself, and how it writes it."""

    date: date
    text: str


def date_of_memo(memo: Memo, lexicon: Lexicon) -> OwnDate | None:
    """Read the memo's date line, or a line at its top that has a place and a date only."""
    for line in memo.header:
        if line.name == "date":
            return _own_date(line.value, lexicon)
    dated = lexicon.pattern("timeline_date_line")
    for text in memo.text[:_TOP].split("\n")[:_TOP_LINES]:
        bare = text.strip(" *_#>|")
        if bare and len(bare) <= _LONGEST_DATE_LINE and dated.fullmatch(bare):
            return _own_date(bare, lexicon)
    return None


def _own_date(text: str, lexicon: Lexicon) -> OwnDate | None:
    day = read_day(text, Span(0, len(text)), lexicon)
    when = None if day is None or day.day is None else day.first()
    return None if when is None else OwnDate(when, text.strip(" *_"))
