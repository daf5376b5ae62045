"""Dates that cannot all be right: an end before its start, a weekday that is another, a future that is past.

There is no clock here: past is what lies before the memo's own date.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of, table_rows
from memo_coach.coaching.builtin.detectors.timeline.calendar import (
    Day,
    OwnDate,
    date_of_memo,
    days_of,
    read_day,
)
from memo_coach.coaching.builtin.findings import Finding, Reading, detector
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Block, Memo, Sentence, Span

KINDS = (
    "timeline.end-before-start",
    "timeline.decision-after-start",
    "timeline.out-of-order",
    "timeline.past",
    "timeline.weekday",
)

_MOST_FINDINGS = 5
_SEVERITY = 0.7
_SURE, _LIKELY, _UNSURE = 0.9, 0.75, 0.6
_LONGEST_PAST = 3
"""Years: what lies further back is history, not a slip of the year."""
_LEAST_STEPS = 4
_MOST_STEPS = 40
_WRAP = 6
"""Months: a step back by more than this is the turn of a year."""


class _Reader:
    """Holds the dates of one memo against each other."""

    def __init__(self, memo: Memo, lexicon: Lexicon) -> None:
        self.memo = memo
        self.text = memo.text
        self.lexicon = lexicon
        self.facts: MemoFacts = facts_of(memo, lexicon)
        self.days = days_of(memo, self.facts, lexicon)

    def read(self) -> Iterator[Finding]:
        """Yield what cannot be right."""
        if not self.days:
            return
        yield from self._weekdays()
        yield from self._ranges()
        yield from self._columns()
        own = date_of_memo(self.memo, self.lexicon)
        if own is not None:
            yield from self._past(own)
        yield from self._decision(own)
        yield from self._order()

    def _weekdays(self) -> Iterator[Finding]:
        """Compute the weekday of each full date that has one beside it."""
        names: Mapping[str, str] = self.lexicon.replacements("timeline_weekdays")
        before = self.lexicon.pattern("timeline_weekday_before")
        for day in self.days:
            when = day.first() if day.day is not None and day.year is not None else None
            found = (
                None
                if when is None
                else before.search(self.text, max(0, day.span.start - 24), day.span.start)
            )
            if when is None or found is None or found.end() != day.span.start:
                continue
            said = names.get(found[1].lower())
            if said is not None and int(said) != when.weekday():
                span = Span(found.start(1), day.span.end)
                right = next(name for name, number in names.items() if int(number) == when.weekday())
                right = right.capitalize() if found[1][0].isupper() else right
                values = {"said": found[1], "date": self.memo.quote(day.span), "right": right}
                yield self._finding("weekday", span, _SURE, values)

    def _ranges(self) -> Iterator[Finding]:
        """Read “from A to B” and “start: A, end: B”."""
        joins, opens = self.lexicon.pattern("timeline_to"), self.lexicon.pattern("timeline_from")
        starts, ends = (
            self.lexicon.pattern("timeline_start_label"),
            self.lexicon.pattern("timeline_end_label"),
        )
        for first, second in pairwise(self.days):
            gap = self.text[first.span.end : second.span.start]
            if len(gap) > 60:
                continue
            before = self.text[max(0, first.span.start - 24) : first.span.start]
            ranged = joins.fullmatch(gap) and (opens.search(before) or gap.strip() in ("–", "—", "-"))
            labelled = ends.search(gap) and starts.search(before)
            if (ranged or labelled) and self._is_before(second, first):
                yield self._end_before_start(first, second)

    def _is_before(self, end: Day, start: Day) -> bool:
        """Whether an end lies before its start for sure: both with years, or within one month."""
        if end.year is not None and start.year is not None:
            last, first = end.last(), start.first()
            return last is not None and first is not None and last < first
        same = end.month == start.month and end.year is None and start.year is None
        return same and end.day is not None and start.day is not None and end.day < start.day

    def _end_before_start(self, start: Day, end: Day) -> Finding:
        values = {"start": self.memo.quote(start.span), "end": self.memo.quote(end.span)}
        first = min(start.span.start, end.span.start)
        span = Span(first, max(start.span.end, end.span.end))
        return self._finding("end-before-start", span if len(span) < 120 else end.span, _SURE, values)

    def _columns(self) -> Iterator[Finding]:
        """Read the columns of a table that are headed as start and end."""
        starts, ends = (
            self.lexicon.pattern("timeline_start_column"),
            self.lexicon.pattern("timeline_end_column"),
        )
        for block in self.memo.blocks:
            if block.kind != "table" or "|" not in block.text:
                continue
            rows = table_rows(self.memo, block)
            if len(rows) < 2:
                continue
            heads = [cell.text.strip("*_ ").lower() for cell in rows[0]]
            start = next((at for at, head in enumerate(heads) if starts.fullmatch(head)), None)
            end = next((at for at, head in enumerate(heads) if ends.fullmatch(head)), None)
            if start is None or end is None:
                continue
            for row in rows[1:_MOST_STEPS]:
                if max(start, end) < len(row):
                    first = read_day(row[start].text, row[start].span, self.lexicon)
                    second = read_day(row[end].text, row[end].span, self.lexicon)
                    if first is not None and second is not None and self._is_before(second, first):
                        yield self._end_before_start(first, second)

    def _past(self, own: OwnDate) -> Iterator[Finding]:
        """Read “will be delivered by 3 March 2024” in a memo of 2025."""
        future, done = self.lexicon.pattern("timeline_future"), self.lexicon.pattern("timeline_done")
        for day in self.days:
            last = day.last() if day.year is not None else None
            if last is None or last >= own.date or own.date.year - last.year > _LONGEST_PAST:
                continue
            sentence = self.memo.sentence_at(day.span.start)
            if sentence is None or self.memo.blocks[sentence.block].kind in ("quote", "code"):
                continue
            before = self.text[max(sentence.span.start, day.span.start - 90) : day.span.start]
            if future.search(before) and not done.search(sentence.text):
                values = {"date": self.memo.quote(day.span), "own": own.text}
                yield self._finding("past", day.span, _LIKELY, values)

    def _decision(self, own: OwnDate | None) -> Iterator[Finding]:
        """Hold the day by which to decide against the one day on which the work is to start."""
        decides, starts = self.lexicon.pattern("timeline_decide"), self.lexicon.pattern("timeline_starts")
        decisions: dict[date, Day] = {}
        begins: dict[date, Day] = {}
        year = self._year(own)
        for sentence, days in self._by_sentence():
            for at, day in enumerate(days):
                when = day.first(year)
                left = days[at - 1].span.end if at else sentence.span.start
                before = self.text[max(left, day.span.start - 90) : day.span.start]
                if when is None or day.day is None:
                    continue
                if decides.search(before):
                    decisions[when] = day
                elif starts.search(before):
                    begins[when] = day
        if len(decisions) == 1 and len(begins) == 1:
            (decided, decision), (begun, start) = next(iter(decisions.items())), next(iter(begins.items()))
            late = (decided - begun).days
            if 0 < late < 300 and (decision.year is None) == (start.year is None):
                values = {"decision": self.memo.quote(decision.span), "start": self.memo.quote(start.span)}
                yield self._finding("decision-after-start", decision.span, _LIKELY, values)

    def _year(self, own: OwnDate | None) -> int:
        """Return the year for dates without one; any will do to tell which of two comes first."""
        return own.date.year if own is not None else 2024

    def _by_sentence(self) -> Iterator[tuple[Sentence, list[Day]]]:
        found: dict[int, tuple[Sentence, list[Day]]] = {}
        for day in self.days:
            sentence = self.memo.sentence_at(day.span.start)
            if sentence is not None and self.memo.blocks[sentence.block].kind != "table":
                found.setdefault(sentence.span.start, (sentence, []))[1].append(day)
        yield from found.values()

    def _order(self) -> Iterator[Finding]:
        """Read numbered steps, each with one date, of which one alone is out of order."""
        run: list[tuple[Block, Day]] = []
        numbered = self.lexicon.pattern("timeline_step")
        for block in [*self.memo.blocks, None]:
            if block is not None and block.kind == "list_item" and numbered.match(block.text):
                days = self._days_in(block.span) if len(run) < _MOST_STEPS else []
                if len(days) == 1:
                    run.append((block, days[0]))
                    continue
            elif block is not None and block.kind == "list_item" and block.level > 0:
                continue
            yield from self._steps(run)
            run = []

    def _days_in(self, span: Span) -> list[Day]:
        first = bisect_left(self.days, span.start, key=_start_of)
        within = self.days[first : bisect_left(self.days, span.end, first, key=_start_of)]
        return [day for day in within if day.span.end <= span.end]

    def _steps(self, run: Sequence[tuple[Block, Day]]) -> Iterator[Finding]:
        if len(run) < _LEAST_STEPS or len({day.year is None for _, day in run}) > 1:
            return
        moments = _in_sequence([day for _, day in run])
        if moments is None:
            return
        back = [at for at, (one, other) in enumerate(pairwise(moments), 1) if other < one]
        if len(back) != 1:
            return
        at = back[0]
        without = moments[:at] + moments[at + 1 :], moments[: at - 1] + moments[at:]
        if any(all(one <= other for one, other in pairwise(rest)) for rest in without):
            before, day = run[at - 1][1], run[at][1]
            values = {"date": self.memo.quote(day.span), "before": self.memo.quote(before.span)}
            yield self._finding("out-of-order", day.span, _UNSURE, values)

    def _finding(self, what: str, span: Span, confidence: float, values: Mapping[str, str]) -> Finding:
        return Finding(f"timeline.{what}", "", "opportunity", span, _SEVERITY, confidence, values)


def _start_of(day: Day) -> int:
    return day.span.start


def _in_sequence(days: Sequence[Day]) -> list[date] | None:
    """Return dates in a row, a year later where the months turn; ``None`` where one is no date."""
    year = 2024
    moments: list[date] = []
    for day in days:
        when = day.last(year)
        if when is not None and day.year is None and moments and (moments[-1].month - when.month) > _WRAP:
            year += 1
            when = day.last(year)
        if when is None:
            return None
        moments.append(when)
    return moments


def _apart(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Leave out what stands in a passage that has a finding already."""
    kept: list[Span] = []
    for finding in findings:
        if finding.span is not None and not any(finding.span.overlaps(other) for other in kept):
            kept.append(finding.span)
            yield finding
            if len(kept) == _MOST_FINDINGS:
                return


@detector(
    "timeline",
    indicators=(),
    source="PMI, A Guide to the Project Management Body of Knowledge, 6th edition (2017), "
    "on sequencing activities; own rule for weekdays and years",
)
def read_timeline(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read whether the dates of the memo can all be right."""
    return Reading({}, tuple(_apart(_Reader(memo, lexicon).read())))
