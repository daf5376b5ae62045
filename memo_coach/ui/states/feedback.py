"""What the page of the overall feedback shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

import reflex as rx

from memo_coach.coaching.evaluation import CriterionScore, Evaluation, OverallJudgement
from memo_coach.coaching.llm.scoring import Difference, differing
from memo_coach.coaching.rubric.model import localised
from memo_coach.services.container import current
from memo_coach.services.errors import ServiceError
from memo_coach.services.progress.views import ScoreHistory
from memo_coach.services.review.destinations import destinations
from memo_coach.services.views import EvaluationView
from memo_coach.translations import current_language, number, text
from memo_coach.ui.annotated_text import quoted
from memo_coach.ui.score_chart import sparkline
from memo_coach.ui.states.evaluations import EvaluationStateMixin
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.middleware.session import owner_of

NOTHING_KNOWN: Final[Mapping[int, str]] = {}


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
    provisional: bool
    """The built-in coach's, shown until the model has come to this criterion."""
    tag: str
    """Who judged this criterion, where that is not who judged the others."""
    second_score: str
    """The other coach's score, where a model judged."""
    second_justification: str
    apart: str
    """A sentence, where the two differ by more than a point."""
    next_score: str
    """The next whole score above its own; empty where there is none, or nothing is known of it."""
    next_guidance: str
    """What the rubric says of a memo that earns it."""


def _criterion(
    criterion: CriterionScore,
    second: CriterionScore | None = None,
    *,
    apart: Difference | None = None,
    provisional: bool = False,
    tag: str = "",
    guidance: Mapping[int, str] = NOTHING_KNOWN,
) -> CriterionOnScreen:
    score = criterion.score
    above = 0 if score is None else int(score) + 1
    differs = score is not None and abs(criterion.weight - criterion.effective_weight) >= 0.05
    other = second.score if second is not None and criterion.coach == "llm" else None
    return CriterionOnScreen(
        id=criterion.id,
        test_id=f"criterion-{criterion.id}",
        name=criterion.name,
        score="" if score is None else number(score, digits=1),
        share="0%" if score is None else f"{share_of(score)}%",
        weight=f"{number(criterion.weight)} %",
        shared=f"{number(criterion.effective_weight, digits=1)} %" if differs else "",
        justification=criterion.justification,
        evidence=[quoted(evidence.quote) for evidence in criterion.evidence[:2]],
        provisional=provisional,
        tag=tag,
        second_score="" if other is None else number(other, digits=1),
        second_justification="" if other is None or second is None else second.justification,
        apart="" if apart is None else text("feedback.apart", difference=number(apart.points, digits=1)),
        next_score=str(above) if above in guidance else "",
        next_guidance=guidance.get(above, ""),
    )


async def _history(state: rx.State, view: EvaluationView) -> ScoreHistory | None:
    """Return the scores of the memo's versions up to this one; none where they cannot be read now."""
    try:
        return await current().progress.before(await owner_of(state), view.evaluation_id)
    except (ServiceError, Refused):
        # The feedback itself is there, and the failure is in the log.
        return None


def _guidance(view: EvaluationView) -> dict[str, dict[int, str]]:
    """Return what the rubric says of each score of each criterion, in the language that is spoken."""
    try:
        rubric = current().rubrics.known(view.rubric, view.rubric_version)
    except ServiceError:
        # The rubric may have been taken away since.
        return {}
    return {
        criterion.id: {
            score: localised(said, current_language()) for score, said in criterion.guidance.items()
        }
        for criterion in rubric.criteria
    }


def _criteria(view: EvaluationView) -> list[CriterionOnScreen]:
    """Return the model's criteria with the built-in coach's beside them, or in their place meanwhile."""
    second = {} if view.second_opinion is None else {each.id: each for each in view.second_opinion.criteria}
    judged = {criterion.id: criterion for criterion in view.criteria}
    guidance = _guidance(view)
    apart = {}
    if view.second_opinion is not None:
        apart = {each.criterion: each for each in differing(view.criteria, view.second_opinion)}
    if view.overall is not None or not second:
        return [
            _criterion(
                criterion,
                second.get(criterion.id),
                apart=apart.get(criterion.id),
                tag=_tag(view, criterion),
                guidance=guidance.get(criterion.id, NOTHING_KNOWN),
            )
            for criterion in view.criteria
        ]
    first = text("feedback.provisional")
    return [
        _criterion(judged[key], each, apart=apart.get(key), guidance=guidance.get(key, NOTHING_KNOWN))
        if key in judged
        else _criterion(each, provisional=True, tag=first)
        for key, each in second.items()
    ]


def criteria_on_screen(criteria: Sequence[CriterionScore]) -> list[CriterionOnScreen]:
    """Return criteria by themselves, as somebody reads them who does not revise the memo."""
    return [_criterion(each) for each in criteria]


def share_of(score: float) -> int:
    """Return where a score stands between the least and the best, in per cent."""
    return round((score - 1.0) / 4.0 * 100)


def _tag(view: EvaluationView, criterion: CriterionScore) -> str:
    """Name the built-in coach where it stood in for a model that judged the other criteria."""
    provenance = view.provenance
    stood_in = provenance is not None and provenance.kind == "llm" and criterion.coach == "builtin"
    return text("feedback.stood_in") if stood_in else ""


@dataclasses.dataclass
class OpportunityOnScreen:
    """What to change, in a line."""

    text: str
    remark: str
    """The id of the comment that says more of it, or empty."""
    criterion: str
    """The criterion that it is about, or empty."""


class FeedbackState(EvaluationStateMixin, rx.State):
    """The overall feedback on the screen."""

    score: str = ""
    marker: str = "0"
    """Where the score stands on the drawn scale, in its own units from 0 to 200."""
    summary: str = ""
    strengths: list[str] = []
    opportunities: list[OpportunityOnScreen] = []
    notices: list[str] = []
    criteria: list[CriterionOnScreen] = []
    first_reading: bool = False
    """What is shown is the built-in coach's reading, while the model reads."""
    usage: str = ""
    """What the model took, as a line, or empty."""
    changes_address: str = ""
    """Where this version is compared with the one before; empty for a first version."""
    course: str = ""
    """The scores of the memo's versions up to this one as a small drawing, in SVG, or empty."""
    compared: str = ""
    """The score and the one before it, in words."""

    async def _show(self, view: EvaluationView) -> None:
        await super()._show(view)
        first: Evaluation | None = view.second_opinion if view.status != "done" else None
        overall = view.overall or (None if first is None else first.overall)
        self._assign(
            criteria=_criteria(view),
            usage=_usage(view),
            changes_address=_changes_address(view),
            first_reading=view.overall is None and first is not None,
        )
        history = await _history(self, view) if view.status == "done" else None
        self._assign(
            course="" if history is None else sparkline([score for _, score in history.scores]),
            compared=""
            if history is None
            else text(
                "progress.beside", now=number(history.now, digits=1), before=number(history.before, digits=1)
            ),
        )
        if overall is None:
            self._assign(score="", summary="", strengths=[], opportunities=[], notices=[])
            return
        self._assign(
            score="" if overall.score is None else number(overall.score, digits=1),
            marker="0" if overall.score is None else str(2 * share_of(overall.score)),
            summary=overall.summary,
            strengths=list(overall.strengths),
            opportunities=_opportunities(overall, view if first is None else first),
            notices=[*_removed(view), *overall.notices],
        )


def _changes_address(view: EvaluationView) -> str:
    if view.version < 2:
        return ""
    return f"/versions/{view.memo_id}?old={view.version - 1}&new={view.version}"


def _opportunities(
    overall: OverallJudgement, judged: EvaluationView | Evaluation
) -> list[OpportunityOnScreen]:
    lines = overall.opportunities
    found = destinations(lines, judged.comments, judged.criteria)
    return [OpportunityOnScreen(line, to.remark, to.criterion) for line, to in zip(lines, found, strict=True)]


def _removed(view: EvaluationView) -> list[str]:
    """Tell of characters that nobody could see, which were taken out of the text."""
    count = view.removed_characters
    if not count:
        return []
    return [text("feedback.removed", count=count)]


def _usage(view: EvaluationView) -> str:
    used = view.usage
    if not used.prompt_tokens or view.seconds is None:
        return ""
    return text(
        "feedback.usage",
        prompt=number(used.prompt_tokens),
        completion=number(used.completion_tokens),
        cost=number(used.cost_usd, digits=4),
        seconds=number(view.seconds, digits=1),
    )


allow(FeedbackState, "open", "follow", storing=("cancel", "again"))
