"""What the page of the overall feedback shows."""

from __future__ import annotations

import dataclasses

import reflex as rx

from memo_coach.coaching.evaluation import CriterionScore
from memo_coach.services.views import EvaluationView
from memo_coach.ui.manuscript import without_markup
from memo_coach.ui.states.evaluations import EvaluationOnScreen
from memo_coach.web.event_authorisation import allow


@dataclasses.dataclass
class CriterionOnScreen:
    """One criterion, ready to show."""

    id: str
    test_id: str
    name: str
    score: str
    """One decimal, or empty where the coach cannot judge the criterion."""
    share: str
    """Width of the bar as a percentage: 1.0 is 0 %, 5.0 is 100 %."""
    weight: str
    shared: str
    """The weight it counts with, where that differs from its own."""
    justification: str
    evidence: list[str]


def _criterion(criterion: CriterionScore) -> CriterionOnScreen:
    score = criterion.score
    differs = score is not None and abs(criterion.weight - criterion.effective_weight) >= 0.05
    return CriterionOnScreen(
        id=criterion.id,
        test_id=f"criterion-{criterion.id}",
        name=criterion.name,
        score="" if score is None else f"{score:.1f}",
        share="0%" if score is None else f"{_share(score)}%",
        weight=f"{criterion.weight:g} %",
        shared=f"{criterion.effective_weight:.1f} %" if differs else "",
        justification=criterion.justification,
        evidence=[without_markup(evidence.quote) for evidence in criterion.evidence[:2]],
    )


def _share(score: float) -> int:
    return round((score - 1.0) / 4.0 * 100)


class FeedbackState(EvaluationOnScreen, rx.State):
    """The overall feedback on the screen."""

    score: str = ""
    marker: str = "0"
    """Where the score stands on the drawn scale, in its own units from 0 to 200."""
    summary: str = ""
    strengths: list[str] = []
    opportunities: list[str] = []
    notices: list[str] = []
    criteria: list[CriterionOnScreen] = []

    async def _show(self, view: EvaluationView) -> None:
        await super()._show(view)
        self.criteria = [_criterion(criterion) for criterion in view.criteria]
        overall = view.overall
        if overall is None:
            self.score, self.summary = "", ""
            self.strengths, self.opportunities, self.notices = [], [], []
            return
        self.score = "" if overall.score is None else f"{overall.score:.1f}"
        self.marker = "0" if overall.score is None else str(2 * _share(overall.score))
        self.summary = overall.summary
        self.strengths = list(overall.strengths)
        self.opportunities = list(overall.opportunities)
        self.notices = list(overall.notices)


allow(FeedbackState, "open", "follow", "cancel", "again")
