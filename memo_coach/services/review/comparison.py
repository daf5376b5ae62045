"""What became of the remarks on the version before: addressed, still there, or not to be said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from memo_coach.coaching.builtin.ranking import MOST_COMMENTS, MOST_OF_A_KIND
from memo_coach.coaching.evaluation import Comment, CriterionScore
from memo_coach.coaching.memo.difference import Run, difference
from memo_coach.services.review.identity import RemarkIdentity, normalised, same_remarks
from memo_coach.services.review.views import EarlierRemark, Outcome, RemarkMark
from memo_coach.services.views import EvaluationView
from memo_coach.translations import text

_LONG_ENOUGH_TO_MOVE: Final = 20
"""Characters from which a passage that stands elsewhere now was moved; a word may stand anywhere."""
_Fate = Literal["unchanged", "changed", "gone"]
_WHY_ADDRESSED: Final[Mapping[_Fate, str]] = {
    "unchanged": "remark_outcomes.no_longer",
    "changed": "remark_outcomes.changed",
    "gone": "remark_outcomes.gone",
}


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
    _add_those_on_an_element(same, before.evaluation, now.evaluation)
    versions = _Versions(before.evaluation, now.evaluation, frozenset(same.values()))
    names = {criterion.id: criterion.name for criterion in before.evaluation.criteria}
    earlier = []
    for comment in _opportunities(before.evaluation):
        mark, current = before.marks[comment.id], same.get(comment.id)
        outcome, reason = versions.outcome(comment, current)
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


def _add_those_on_an_element(same: dict[str, str], before: EvaluationView, now: EvaluationView) -> None:
    """Add the pairs that say different things of one part of a memo: that it is weak, no longer missing.

    Only where one is left on either side: else it is not known which became which.
    """
    left = _by_element(each for each in _opportunities(before) if each.id not in same)
    come = _by_element(each for each in _opportunities(now) if each.id not in same.values())
    for element, comments in left.items():
        if len(comments) == len(come.get(element, ())) == 1:
            same[comments[0].id] = come[element][0].id


def _by_element(comments: Iterable[Comment]) -> dict[tuple[str, str], list[Comment]]:
    found: dict[tuple[str, str], list[Comment]] = {}
    for comment in comments:
        if comment.element is not None:
            found.setdefault((comment.criterion, comment.element), []).append(comment)
    return found


class _Versions:
    """Two versions side by side; the texts are compared only once somebody asks."""

    def __init__(self, before: EvaluationView, now: EvaluationView, known: Collection[str]) -> None:
        """``known`` are the comments of the newer one that the older one has, too."""
        self._before, self._now = before, now
        self._known = known
        self._passages = _Passages(before.text, now.text)
        self._comments = {comment.id: comment for comment in now.comments}

    def outcome(self, comment: Comment, current: str | None) -> tuple[Outcome, str]:
        """Return what became of a remark that is ``current`` now, and why."""
        if current is not None:
            return "open", text(self._why_open(comment, self._comments[current]))
        if not _is_judged_alike(comment.criterion, self._before.criteria, self._now.criteria):
            return "not comparable", text("remark_outcomes.not_judged")
        if comment.quote is None:
            return "addressed", text("remark_outcomes.no_longer")
        fate = self._passages.fate(comment)
        if fate == "unchanged" and self._may_be_left_out(comment):
            return "not comparable", text("remark_outcomes.left_out")
        return "addressed", text(_WHY_ADDRESSED[fate])

    def _why_open(self, comment: Comment, current: Comment) -> str:
        if (comment.claim, current.claim) == ("missing", "weak"):
            return "remark_outcomes.open_partly"
        if self._passages.fate(comment) == "unchanged":
            return "remark_outcomes.open"
        return "remark_outcomes.open_changed"

    def _may_be_left_out(self, comment: Comment) -> bool:
        """Whether a remark on an unchanged passage may hold and not be made, for want of room or chance."""
        if not comment.finding:
            return True  # a model does not say everything each time
        alike = [each for each in self._now.comments if each.finding == comment.finding]
        return (
            len(self._now.comments) >= MOST_COMMENTS
            or len(alike) >= MOST_OF_A_KIND
            or any(each.id not in self._known for each in alike)
        )


def _is_judged_alike(criterion: str, before: Sequence[CriterionScore], now: Sequence[CriterionScore]) -> bool:
    """Whether a criterion has a score by the same coach both times: else silence on it tells nothing."""
    judged = [
        {each.coach for each in criteria if each.id == criterion and each.score is not None}
        for criteria in (before, now)
    ]
    return judged[0] == judged[1] != set()


class _Passages:
    """The passages of one text, and what the next made of them; compared only once somebody asks."""

    def __init__(self, before: str, now: str) -> None:
        self._before, self._now = before, now
        self._normalised: str | None = None
        self._kept: list[tuple[int, int]] | None = None
        """The stretches of the older text that the newer one has, too, as starts and ends."""

    def fate(self, comment: Comment) -> _Fate:
        """Return what became of the passage that a comment quotes."""
        if comment.start is None or comment.end is None or comment.quote is None:
            return "unchanged"
        if len(comment.quote) >= _LONG_ENOUGH_TO_MOVE and self._stands_somewhere(comment.quote):
            return "unchanged"
        kept = self._kept_of(comment.start, comment.end)
        if not any(map(str.isalnum, kept)):
            return "gone"
        return "unchanged" if kept == _signs(comment.quote) else "changed"

    def _stands_somewhere(self, quote: str) -> bool:
        if self._normalised is None:
            self._normalised = normalised(self._now)
        return normalised(quote) in self._normalised

    def _kept_of(self, start: int, end: int) -> str:
        if self._kept is None:
            self._kept = list(_kept(difference(self._before, self._now)))
        found = (self._before[max(start, first) : min(end, last)] for first, last in self._kept)
        return _signs("".join(found))


def _kept(runs: Iterable[Run]) -> Iterator[tuple[int, int]]:
    position = 0
    for run in runs:
        if run.kind == "added":
            continue
        if run.kind == "equal":
            yield position, position + len(run.text)
        position += len(run.text)


def _signs(text: str) -> str:
    """Return a text without its white space."""
    return "".join(text.split())
