"""What became of the remarks on the version before: addressed, still there, or not to be said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from memo_coach.coaching.builtin.ranking import MOST_COMMENTS, MOST_OF_A_KIND
from memo_coach.coaching.evaluation import Comment, CriterionScore
from memo_coach.coaching.memo.difference import Run, difference
from memo_coach.services.review.identity import RemarkIdentity, normalised, same_remarks
from memo_coach.services.review.views import EarlierRemark, Outcome, RemarkMark
from memo_coach.services.views import EvaluationView
from memo_coach.translations import text

_Fate = Literal["unchanged", "changed", "gone"]
_MODEL: Final = "llm"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The remarks of one version after those of the version before."""

    earlier: tuple[EarlierRemark, ...]
    new: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An evaluation with what its remarks are known by, and what was made of them."""

    evaluation: EvaluationView
    identities: Mapping[str, RemarkIdentity]
    marks: Mapping[str, RemarkMark]


def compare(before: Reviewed, now: Reviewed) -> Comparison:
    """Return what became of the opportunities of one version in the next. Its work grows with the texts."""
    same = same_remarks(before.identities, now.identities)
    opportunities = _opportunities(before.evaluation)
    passages = _Passages(before.evaluation.text, now.evaluation.text)
    names = {criterion.id: criterion.name for criterion in before.evaluation.criteria}
    earlier = []
    for comment in opportunities:
        mark, current = before.marks[comment.id], same.get(comment.id)
        outcome, reason = _outcome(comment, current, before.evaluation, now.evaluation, passages)
        if mark.state == "declined":
            outcome, reason = "declined", mark.reason or text("remark_outcomes.declined")
        earlier.append(
            EarlierRemark(
                criterion=comment.criterion,
                criterion_name=names.get(comment.criterion, comment.criterion),
                comment=comment.comment,
                outcome=outcome,
                now=current,
                reason=reason,
            )
        )
    new = {comment.id for comment in _opportunities(now.evaluation)} - set(same.values())
    return Comparison(tuple(earlier), frozenset(new))


def _opportunities(evaluation: EvaluationView) -> list[Comment]:
    return [comment for comment in evaluation.comments if comment.kind == "opportunity"]


def _outcome(
    comment: Comment,
    current: str | None,
    before: EvaluationView,
    now: EvaluationView,
    passages: _Passages,
) -> tuple[Outcome, str]:
    if current is not None:
        was_changed = comment.quote is not None and passages.fate(comment) != "unchanged"
        return "open", text("remark_outcomes.open_changed" if was_changed else "remark_outcomes.open")
    if not _is_judged_alike(comment.criterion, before.criteria, now.criteria):
        return "not comparable", text("remark_outcomes.not_judged")
    if comment.quote is None:
        return "addressed", text("remark_outcomes.no_longer")
    fate = passages.fate(comment)
    if fate == "unchanged" and _may_be_left_out(comment, now):
        return "not comparable", text("remark_outcomes.left_out")
    return "addressed", text(f"remark_outcomes.{'no_longer' if fate == 'unchanged' else fate}")


def _is_judged_alike(criterion: str, before: Sequence[CriterionScore], now: Sequence[CriterionScore]) -> bool:
    """Whether a criterion has a score by the same coach both times: else silence on it tells nothing."""
    judged = [
        {each.coach for each in criteria if each.id == criterion and each.score is not None}
        for criteria in (before, now)
    ]
    return judged[0] == judged[1] != set()


def _may_be_left_out(comment: Comment, now: EvaluationView) -> bool:
    """Whether a remark on an unchanged passage may hold and not be made, for want of room or by chance."""
    if not comment.finding:
        return True  # a model does not say everything each time
    alike = Counter(each.finding for each in now.comments)[comment.finding]
    return (
        alike >= MOST_OF_A_KIND
        or len(now.comments) >= MOST_COMMENTS
        or any(normalised(each.quote or "") == normalised(comment.quote or "") for each in now.comments)
    )


class _Passages:
    """The passages of one text, and what the next made of them; compared only once somebody asks."""

    def __init__(self, before: str, now: str) -> None:
        self._before, self._now = before, now
        self._normalised: str | None = None
        self._runs: list[Run] | None = None

    def fate(self, comment: Comment) -> _Fate:
        """Return what became of the passage that a comment quotes."""
        if comment.start is None or comment.end is None or comment.quote is None:
            return "unchanged"
        if self._normalised is None:
            self._normalised = normalised(self._now)
        if normalised(comment.quote) in self._normalised:
            return "unchanged"
        return "changed" if self._keeps_a_word(comment.start, comment.end) else "gone"

    def _keeps_a_word(self, start: int, end: int) -> bool:
        if self._runs is None:
            self._runs = difference(self._before, self._now)
        position = 0
        for run in self._runs:
            if run.kind == "added":
                continue
            kept = self._before[max(start, position) : min(end, position + len(run.text))]
            if run.kind == "equal" and any(map(str.isalnum, kept)):
                return True
            position += len(run.text)
        return False
