"""What the help page shows of the installation: rubrics and frameworks that are not as shipped."""

from __future__ import annotations

import dataclasses

import reflex as rx

from memo_coach.coaching.documents.frameworks import Framework, shipped_frameworks
from memo_coach.coaching.rubric.model import Criterion, Rubric, localised
from memo_coach.coaching.rubric.reader import shipped_rubrics
from memo_coach.services.container import current
from memo_coach.translations import current_language, number
from memo_coach.ui.help_anchors import criterion_anchor
from memo_coach.web.events.authorisation import allow


@dataclasses.dataclass
class LevelOnScreen:
    """What a memo looks like at a score."""

    score: str
    guidance: str


@dataclasses.dataclass
class HelpCriterionOnScreen:
    """A criterion of a rubric."""

    anchor: str
    heading: str
    description: str
    levels: list[LevelOnScreen]


@dataclasses.dataclass
class HelpRubricOnScreen:
    """A rubric."""

    id: str
    name: str
    description: str
    criteria: list[HelpCriterionOnScreen]


@dataclasses.dataclass
class FrameworkOnScreen:
    """A way to think."""

    name: str
    idea: str
    caption: str
    example: str


class HelpState(rx.State):
    """What was changed here. Empty where it is as the page was built: with what comes with the product."""

    rubrics: list[HelpRubricOnScreen] = []
    frameworks: list[FrameworkOnScreen] = []

    @rx.event
    async def open(self) -> None:
        """Show the rubrics and frameworks as they hold now."""
        await current().rubrics.renewed()
        offered, frameworks = current().rubrics.all(), current().in_force.snapshot.frameworks
        self.rubrics = [] if offered == shipped_rubrics() else [_rubric(each) for each in offered]
        is_shipped = frameworks.frameworks == shipped_frameworks().frameworks
        self.frameworks = [] if is_shipped else [_framework(each) for each in frameworks.frameworks]


def heading_of(criterion: Criterion) -> str:
    """Return a criterion's name with its weight."""
    return f"{localised(criterion.name, current_language())} ({number(criterion.weight)} %)"


def _rubric(rubric: Rubric) -> HelpRubricOnScreen:
    language = current_language()
    return HelpRubricOnScreen(
        rubric.id,
        localised(rubric.name, language),
        localised(rubric.description, language),
        [
            HelpCriterionOnScreen(
                criterion_anchor(rubric.id, each.id),
                heading_of(each),
                localised(each.description, language),
                [
                    LevelOnScreen(str(score), localised(each.guidance[score], language))
                    for score in sorted(each.guidance)
                ],
            )
            for each in rubric.criteria
        ],
    )


def _framework(framework: Framework) -> FrameworkOnScreen:
    language = current_language()
    return FrameworkOnScreen(
        localised(framework.name, language),
        localised(framework.idea, language),
        localised(framework.caption, language),
        localised(framework.example, language),
    )


allow(HelpState, "open")
