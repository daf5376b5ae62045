"""What the evaluations that run in this process have so far, so that followers need not ask the database.

It is what the coach has said, and what the database is told as well, only later. Whose it is, and whether it
still is, the database says: a follower begins there, and ends there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from memo_coach.coaching.evaluation import (
    Comment,
    CriterionScore,
    Evaluation,
    OverallJudgement,
    Progressed,
    Provenance,
)
from memo_coach.services.views import EvaluationView


@dataclass(frozen=True, slots=True)
class Finish:
    """How an attempt has ended, as the database has it."""

    moment: datetime
    rubric_version: str
    overall: OverallJudgement
    seconds: float
    changes: int
    """The evaluation's number of changes with this one."""


class PartialEvaluation:
    """What one attempt's coach has said yet."""

    def __init__(self, attempt: int) -> None:
        self.attempt = attempt
        self.changes = 0
        """Counts what was noted."""
        self.provenance: Provenance | None = None
        self.second_opinion: Evaluation | None = None
        self.progress = Progressed(0, 0)
        self.finish: Finish | None = None
        """Set once the database has the end, where that is all that the database has to say of it."""
        self._criteria: list[tuple[int, CriterionScore]] = []
        self._comments: list[Comment] = []

    @property
    def version(self) -> tuple[int, int]:
        """Another value after each change."""
        return self.attempt, self.changes

    @property
    def is_over(self) -> bool:
        """Whether it has ended, and the database has nothing to add to what is here."""
        return self.finish is not None

    def add_criterion(self, position: int, criterion: CriterionScore) -> None:
        """Note a criterion, and its place in the rubric."""
        self._criteria.append((position, criterion))

    def add_comment(self, comment: Comment) -> None:
        """Note a comment."""
        self._comments.append(comment)

    def on(self, view: EvaluationView) -> EvaluationView:
        """Return a view of the same evaluation, brought up to date; ordered as a stored one is."""
        if self.finish is None:
            return self._running_on(view)
        total = self.progress.total
        return replace(
            self._running_on(view),
            status="done",
            finished=self.finish.moment,
            rubric_version=self.finish.rubric_version,
            provenance=self.provenance or Provenance("builtin"),
            changes=self.finish.changes,
            done_steps=total,
            total_steps=total,
            overall=self.finish.overall,
            seconds=self.finish.seconds,
        )

    def _running_on(self, view: EvaluationView) -> EvaluationView:
        comments = sorted(self._comments, key=lambda each: (each.rank, each.id.encode()))
        comments.sort(key=lambda each: each.kind, reverse=True)
        return replace(
            view,
            status="running",
            provenance=self.provenance,
            second_opinion=self.second_opinion,
            done_steps=self.progress.done,
            total_steps=self.progress.total,
            criteria=tuple(criterion for _, criterion in sorted(self._criteria, key=lambda each: each[0])),
            comments=tuple(comments),
        )
