"""What the preview of a rubric shows: memos judged by the saved and by the unsaved one."""

from __future__ import annotations

import dataclasses

from memo_coach.services.administration.rubric_preview import MemoCompared
from memo_coach.translations import number, text


@dataclasses.dataclass
class MemoOnScreen:
    """A memo judged by the saved and the unsaved rubric."""

    title: str
    stored: str
    saved: str
    unsaved: str
    change: str


@dataclasses.dataclass
class CriterionComparedOnScreen:
    """A criterion of the first memo by both."""

    name: str
    saved: str
    unsaved: str


def criteria_on_screen(memo: MemoCompared) -> list[CriterionComparedOnScreen]:
    """Return the criteria of a memo by both."""
    return [
        CriterionComparedOnScreen(each.name, _score(each.saved), _score(each.unsaved))
        for each in memo.criteria
    ]


def _score(score: float | None) -> str:
    return "–" if score is None else number(score, digits=1)


def memo_on_screen(memo: MemoCompared) -> MemoOnScreen:
    """Return a memo and its three scores."""
    change = ""
    if memo.saved is not None and memo.unsaved is not None:
        difference = round(memo.unsaved - memo.saved, 1)
        change = "=" if not difference else f"{'+' if difference > 0 else '−'}{_score(abs(difference))}"
    return MemoOnScreen(
        memo.title or text("memos.untitled"),
        _score(memo.stored),
        _score(memo.saved),
        _score(memo.unsaved),
        change or "–",
    )
