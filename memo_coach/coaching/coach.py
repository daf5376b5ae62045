"""The interface that every coach speaks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from memo_coach.coaching.evaluation import CoachEvent, CoachKind
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.rubric.model import Rubric


class Coach(Protocol):
    """Judges a memo against a rubric and yields what it finds as it finds it.

    The stream holds one :class:`~memo_coach.coaching.evaluation.CriterionJudged` for each criterion, in any
    order, comments as they come, and ends with one
    :class:`~memo_coach.coaching.evaluation.OverallJudged`. Closing the stream stops the work.
    """

    kind: CoachKind

    def evaluate(self, memo: Memo, rubric: Rubric) -> AsyncIterator[CoachEvent]:
        """Judge ``memo`` against ``rubric``."""
        ...
