"""Tell what is no memo at all: an empty form, a call, a list of links, a notice about a person, minutes.

To be told of five missing things helps nobody who wrote one of these. It has to be plain: a memo that is only
thin is told what it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from memo_coach.coaching.builtin.analysis.prose import facts_of
from memo_coach.coaching.builtin.detectors.ask.detector import REAL_ASK, best_ask
from memo_coach.coaching.builtin.elements.units import Unit, units_with
from memo_coach.coaching.builtin.findings import Finding
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.builtin.ranking import WITHOUT_INDICATOR
from memo_coach.coaching.memo.model import Memo

NoMemo = Literal["form", "call", "links", "notice", "minutes"]

_LONGEST_NOTICE = 700
"""Words; who joins and why needs no more."""
_OPENING_OF_A_NOTICE = 3
_LEAST_ORDERS, _ORDERS_IN = 4, 0.2
"""Orders to whoever fills a form in, and their share of its sentences."""
_LEAST_CALLS = 3
_LEAST_OPEN, _SAID_IN_A_BLANK, _EMPTY_ROW = 8, 0.25, 3
"""Questions and labels without an answer, what is said for each of them, and characters of an empty row."""
_LEAST_LINKS, _LINKS_IN, _MOST_AROUND_LINKS = 5, 0.6, 12
_LINK = re.compile(r"\]\(|https?://")
_READ = 300
_HEAD, _LONGEST_LINE = 3_000, 120
"""Characters of a text in which minutes say who was there, and of a line that says so."""
_OF_MINUTES: Final = frozenset({"bottom-line", "plan-steps", "plan-owners", "plan-dates", "next-step"})
"""What a reader expects of minutes, too: what was agreed, and who does what by when."""
_SAID: Final = frozenset({"paragraph", "list_item", "table", "quote"})


def no_memo_of(memo: Memo, lexicon: Lexicon, read: Sequence[Unit], kind: str = "") -> NoMemo | None:
    """Return what a text plainly is instead of a memo, or ``None``; ``read`` are its units.

    Minutes may be read as a decision memo, but never as a status update, which is what ``kind`` may say.
    """
    units = [unit for unit in read if unit.kind in _SAID]
    if _is_blank_form(memo, lexicon, read):
        return "form"
    if _is_list_of_links(memo, units):
        return "links"
    headed = [unit for unit in read if unit.kind in _SAID or unit.kind == "heading"]
    calling = [headed[place] for place in units_with(memo, headed, lexicon.words("words_of_forms"))]
    some = [unit for unit in calling if unit.kind != "heading"]
    if len(calling) >= _LEAST_CALLS and _count(memo, calling, lexicon, "calls_to_others") >= _LEAST_CALLS:
        return "call"
    if len(some) >= _LEAST_CALLS:
        least = max(_LEAST_ORDERS, _ORDERS_IN * len(units))
        if len(some) >= least and _count(memo, some, lexicon, "orders_to_writers", "blank_forms") >= least:
            return "form"
    if kind == "status-update" and _is_minutes(memo, lexicon):
        return "minutes"
    return "notice" if _is_notice_of_a_person(memo, lexicon) else None


def is_of_any_text(finding: Finding, no_memo: NoMemo) -> bool:
    """Whether a finding holds of what is no memo, too.

    What a memo would have is no fault of it, and of an empty form or of links nothing is anybody's own.
    """
    if finding.kind.partition(".")[0] in WITHOUT_INDICATOR:
        return True
    if no_memo in {"form", "links"}:
        return False
    if no_memo == "minutes" and finding.element in _OF_MINUTES:
        return True
    return finding.polarity == "strength" or (finding.span is not None and finding.element is None)


def _is_blank_form(memo: Memo, lexicon: Lexicon, read: Sequence[Unit]) -> bool:
    """Whether it is mostly questions, labels and empty rows, and hardly anything is answered."""
    facts = facts_of(memo, lexicon)
    open_places = said = 0
    for unit in read:
        text = memo.quote(unit.span).strip(" \n*_#|")
        if text.endswith(("?", ":")) or (unit.kind == "table" and len(text) <= _EMPTY_ROW):
            open_places += 1
        elif unit.kind in _SAID:
            sentence = memo.sentence_at(unit.span.start)
            is_prose = sentence is not None and facts.is_prose(sentence)
            said += is_prose and not lexicon.pattern("orders_to_writers").match(text)
    return open_places >= _LEAST_OPEN and said <= _SAID_IN_A_BLANK * open_places


def _count(memo: Memo, units: Sequence[Unit], lexicon: Lexicon, *names: str) -> int:
    """Count the units that begin as the patterns of one of some lists have it."""
    patterns = [lexicon.pattern(name) for name in names]
    starts = [(unit.span.start, min(unit.span.end, unit.span.start + _READ)) for unit in units]
    return sum(any(pattern.match(memo.text, start, end) for pattern in patterns) for start, end in starts)


def _is_list_of_links(memo: Memo, units: Sequence[Unit]) -> bool:
    rows = [unit for unit in units if unit.kind in {"list_item", "table"}]
    linked = sum(_LINK.search(memo.text, unit.span.start, unit.span.end) is not None for unit in rows)
    around = len(units) - len(rows)
    return linked >= _LEAST_LINKS and linked >= _LINKS_IN * len(units) and around <= _MOST_AROUND_LINKS


def _is_minutes(memo: Memo, lexicon: Lexicon) -> bool:
    """Whether the title names a meeting, and a line near the top says who was there."""
    lines = [line[:_LONGEST_LINE] for line in memo.text[:_HEAD].splitlines()]
    opening = next((line for line in lines if line.strip("# *-")), "")
    titles = [opening, memo.header_value("subject"), *(section.title for section in memo.sections[:2])]
    meeting = lexicon.pattern("titles_of_minutes")
    if not any(meeting.search(title[:_LONGEST_LINE]) for title in titles if title):
        return False
    attended = lexicon.pattern("who_attended")
    return any(attended.match(line.lstrip(" \t#>|*-")) for line in lines)


def _is_notice_of_a_person(memo: Memo, lexicon: Lexicon) -> bool:
    """Whether a short text opens with somebody's joining or leaving, asks for nothing and costs nothing."""
    if memo.body_word_count > _LONGEST_NOTICE:
        return False
    pattern = lexicon.pattern("notices_of_people")
    titles = [memo.header_value("subject"), *(section.title for section in memo.sections[:2])]
    opening = [sentence.text[:_READ] for sentence in memo.sentences[:_OPENING_OF_A_NOTICE]]
    if not any(pattern.search(text) for text in [*titles, *opening] if text):
        return False
    if not lexicon.pattern("people_described").search(memo.text):
        return False
    ask = best_ask(memo, lexicon)
    return (ask is None or ask.strength < REAL_ASK) and not facts_of(memo, lexicon).amounts
