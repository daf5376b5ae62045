"""The application with a coach that waits before each step until a file is there: a test holds it back."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

from memo_coach.coaching.evaluation import CoachEvent
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.memo_coach import app
from memo_coach.services import container
from memo_coach.services.coaches import service as coaches
from tests.scripted_coach import OwnRubrics, ScriptedCoach
from tests.waiting import until

__all__ = ["app"]


class HeldCoach(ScriptedCoach):
    """Says one thing, then waits for the file that ``HELD_UNTIL`` names."""

    async def evaluate(self, memo: Memo, rubric: Rubric) -> AsyncIterator[CoachEvent]:
        let_go = Path(os.environ["HELD_UNTIL"])
        async for event in super().evaluate(memo, rubric):
            yield event
            await until(let_go.exists)


coaches.register_coach("builtin", HeldCoach)
container.RubricService = OwnRubrics  # type: ignore[misc]
