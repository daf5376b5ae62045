"""The application with a built-in coach that takes each step only when the test lets it, and keeps a diary.

What it says is the real coach's, word for word. The steps are let go through a file in the data folder, which
a killed server leaves behind as it was. The server's worker imports this module as its application.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from memo_coach.coaching.builtin.coach import BuiltinCoach
from memo_coach.coaching.coach import Coach
from memo_coach.coaching.evaluation import CoachEvent, CoachKind, OverallJudged, Progressed
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.memo_coach import app
from memo_coach.services.coaches.service import register_coach
from memo_coach.settings import load_settings

LET_GO = "steps-let-go"
DIARY = "coach-diary"
_LOOK_SECONDS = 0.02

__all__ = ["app"]


class SlowCoach:
    """Stands before the real coach and holds back the end of each step."""

    kind: CoachKind = "builtin"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def evaluate(self, memo: Memo, rubric: Rubric) -> AsyncIterator[CoachEvent]:
        self._note("began")
        try:
            async for event in BuiltinCoach().evaluate(memo, rubric):
                if isinstance(event, Progressed):
                    while self._let_go() < event.done:  # noqa: ASYNC110 - another process lets go
                        await asyncio.sleep(_LOOK_SECONDS)
                yield event
                if isinstance(event, OverallJudged):
                    self._note("judged")
        except (asyncio.CancelledError, GeneratorExit):
            self._note("stopped")
            raise

    def _let_go(self) -> int:
        file = self._folder / LET_GO
        return int(file.read_text("ascii")) if file.is_file() else 0

    def _note(self, what: str) -> None:
        with (self._folder / DIARY).open("a", encoding="ascii") as diary:
            diary.write(f"{what}\n")


def _slow_coach() -> Coach:
    return SlowCoach(load_settings().data_dir)


register_coach("builtin", _slow_coach)
