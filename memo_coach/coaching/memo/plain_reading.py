"""Read a text for what it is: the memo within a mail thread, in HTML, on scanned pages, or in capitals.

The detectors read :attr:`Rewriting.text`, which is as its writer would have typed it; what they find is then
put at its place in the text as it was handed in. A text that is none of this is read as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from memo_coach.coaching.evaluation import (
    CoachEvent,
    Comment,
    CommentMade,
    CriterionJudged,
    Evidence,
    evidence_at,
)
from memo_coach.coaching.memo.capitals import without_capitals
from memo_coach.coaching.memo.html_text import html_edits
from memo_coach.coaching.memo.lines import lines_of
from memo_coach.coaching.memo.mail_threads import may_be_thread, quoted_lines
from memo_coach.coaching.memo.model import Memo, Span
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.memo.printed_pages import hyphen_edits, page_edits, wrap_edits
from memo_coach.coaching.memo.rewriting import Edit, Rewriting


def plain_reading(text: str) -> Rewriting:
    """Return a text as it is read, in time linear in its length."""
    reading = Rewriting(text).then(html_edits).then(_older_messages)
    reading = reading.then(page_edits).then(hyphen_edits).then(wrap_edits)
    return reading.recased(without_capitals(reading.text))


def _older_messages(text: str) -> Iterator[Edit]:
    if not may_be_thread(text):
        return
    lines = lines_of(text)
    quoted = sorted(quoted_lines(lines))
    first = 0
    for place, line in enumerate(quoted):
        if place + 1 == len(quoted) or quoted[place + 1] != line + 1:
            yield lines[quoted[first]].start, lines[line].end, ""
            first = place + 1


class PlainMemo:
    """A memo as it is read, and how what is found in it stands in the memo as it was handed in."""

    def __init__(self, memo: Memo) -> None:
        self._original = memo
        self._reading = plain_reading(memo.text)
        is_same = self._reading.text == memo.text
        self.memo = memo if is_same else parse_memo(self._reading.text, memo.language)
        self._is_same = is_same

    def placed(self, event: CoachEvent) -> CoachEvent:
        """Return an event on the memo as it was handed in."""
        if self._is_same:
            return event
        if isinstance(event, CommentMade):
            return CommentMade(self._comment(event.comment))
        if isinstance(event, CriterionJudged):
            evidence = tuple(map(self._evidence, event.criterion.evidence))
            return CriterionJudged(replace(event.criterion, evidence=evidence))
        return event

    def _comment(self, comment: Comment) -> Comment:
        if comment.start is None or comment.end is None:
            return comment
        span = self._reading.source_of(Span(comment.start, comment.end))
        quote = self._original.quote(span)
        return replace(comment, start=span.start, end=span.end, quote=quote)

    def _evidence(self, evidence: Evidence) -> Evidence:
        return evidence_at(self._original.text, self._reading.source_of(Span(evidence.start, evidence.end)))
