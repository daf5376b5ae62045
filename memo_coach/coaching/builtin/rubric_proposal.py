"""The shipped rubric to propose for a memo whose writer has not chosen one: the right one, or none."""

from __future__ import annotations

from typing import Final

from memo_coach.coaching.builtin.elements.kinds import fitting_kind
from memo_coach.coaching.builtin.elements.reading import read_elements
from memo_coach.coaching.builtin.lexicon import Lexicon, lexicon_of
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.rubric.reader import shipped_rubrics

_NAMED_BY: Final = {
    "investment-memo": "kind_named_investment",
    "decision-memo": "kind_named_decision",
    "status-update": "kind_named_status",
    "policy-memo": "kind_named_policy",
}
"""The list of words by which a title says which kind of memo it is."""


def proposed_rubric(memo: Memo, in_use: Rubric) -> Rubric | None:
    """Return the shipped rubric that a memo asks for by its title, or by all that is in it.

    ``None`` where it is the one in use, where that one is not a shipped one, and where it is not nearly sure.
    """
    shipped = shipped_rubrics()
    if in_use not in shipped:
        return None
    lexicon = lexicon_of(memo.language)
    named = [rubric for rubric in shipped if _is_named(memo, rubric, lexicon)]
    if len(named) == 1:
        return None if named[0] == in_use else named[0]
    read = read_elements(memo, lexicon, in_use, {})
    return fitting_kind(read.kinds, memo.body_word_count, in_use, shipped_rubrics)


def _is_named(memo: Memo, rubric: Rubric, lexicon: Lexicon) -> bool:
    words = _NAMED_BY.get(rubric.id)
    return words is not None and lexicon.pattern(words).search(_title(memo)) is not None


def _title(memo: Memo) -> str:
    """Return the subject, or the heading that a memo begins with."""
    first = next((block.text for block in memo.blocks[:1] if block.kind == "heading"), "")
    return memo.header_value("subject") or first
