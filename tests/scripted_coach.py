"""A coach that says what it is told to, at the pace that it is told to, with a rubric of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from memo_coach.coaching.evaluation import (
    CoachEvent,
    CoachKind,
    Comment,
    CommentMade,
    CriterionJudged,
    CriterionScore,
    OverallJudged,
    OverallJudgement,
    Progressed,
    evidence_at,
)
from memo_coach.coaching.memo.model import Memo, Span
from memo_coach.coaching.rubric.model import Criterion, Rubric
from memo_coach.services.errors import UnknownRubric
from memo_coach.services.rubrics import RubricService

STEPS = 4


def rubric_named(rubric_id: str) -> Rubric:
    criterion = Criterion("ask", {"en": "The ask"}, {"en": "Says what is wanted"}, 100.0, {})
    return Rubric(rubric_id, "abc123abc123", {"en": rubric_id}, {"en": ""}, (criterion,))


class OwnRubrics(RubricService):
    """Stands where the shipped rubrics do."""

    def all(self) -> tuple[Rubric, ...]:
        return (rubric_named("investment-memo"), rubric_named("decision-memo"))

    def get(self, rubric_id: str) -> Rubric:
        for rubric in self.all():
            if rubric.id == rubric_id:
                return rubric
        raise UnknownRubric(f"There is no rubric “{rubric_id}”.")

    async def of_version(self, rubric_id: str, version: str | None) -> Rubric:
        return self.get(rubric_id)

    def known(self, rubric_id: str, version: str | None) -> Rubric:
        return self.get(rubric_id)


@dataclass
class ScriptedCoach:
    """``pause`` seconds between the steps; ``before`` is called with the number of each step.

    After :meth:`hold` no step is made, in any evaluation, but those that :meth:`go_on` lets through.
    """

    pause: float = 0.0
    before: Callable[[int], None] = lambda _step: None
    kind: CoachKind = "builtin"
    begun: int = 0
    closed: int = 0
    most_at_once: int = 0
    """How many evaluations were in its hands at the same time."""
    texts: list[str] = field(default_factory=list)
    _steps: asyncio.Semaphore | None = None

    def hold(self) -> None:
        """Wait before each step until it is let through."""
        self._steps = asyncio.Semaphore(0)

    def go_on(self, steps: int = 1_000) -> None:
        """Let so many steps through; with none named, more than there are."""
        assert self._steps is not None
        for _ in range(steps):
            self._steps.release()

    async def evaluate(self, memo: Memo, rubric: Rubric) -> AsyncIterator[CoachEvent]:
        self.begun += 1
        self.most_at_once = max(self.most_at_once, self.begun - self.closed)
        self.texts.append(memo.text)
        try:
            for step in range(STEPS):
                await asyncio.sleep(self.pause)
                if self._steps is not None:
                    await self._steps.acquire()
                self.before(step)
                for event in self._said(memo, step):
                    yield event
                yield Progressed(step + 1, STEPS)
            yield OverallJudged(
                OverallJudgement(3.5, "Good. Short.", ("Clear",), ("Say when",), ("A notice",))
            )
        finally:
            self.closed += 1

    def _said(self, memo: Memo, step: int) -> list[CoachEvent]:
        span = Span(0, min(5, len(memo.text)))
        quoted = evidence_at(memo.text, span)
        return [
            CriterionJudged(CriterionScore(f"c{step}", f"C{step}", 25.0, 25.0, 3.5, "Because.", (quoted,))),
            CommentMade(
                Comment(
                    f"o{step}",
                    f"c{step}",
                    "opportunity",
                    span.start,
                    span.end,
                    quoted.quote,
                    "Hm.",
                    ("Why?",),
                )
            ),
        ]
