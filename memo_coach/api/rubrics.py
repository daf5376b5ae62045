"""The rubrics that a memo may be judged by, in the asker's language."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response
from typing_extensions import TypedDict

from memo_coach.api.answers import unless_known
from memo_coach.api.askers import Reader
from memo_coach.api.problems import readable
from memo_coach.coaching.rubric.model import localised
from memo_coach.services import container
from memo_coach.translations import current_language

router = APIRouter(prefix="/rubrics", tags=["rubrics"])


class CriterionOfRubric(TypedDict):
    """One line of a rubric; the weights add up to 100."""

    id: str
    name: str
    description: str
    weight: float


class RubricDocument(TypedDict):
    """A rubric."""

    id: str
    version: str
    name: str
    description: str
    criteria: list[CriterionOfRubric]


class RubricsDocument(TypedDict):
    """All rubrics, the default one first."""

    items: list[RubricDocument]


def rubrics_document() -> RubricsDocument:
    """Return the rubrics, the default one first, in the language that is spoken."""
    language = current_language()
    items = [
        RubricDocument(
            id=rubric.id,
            version=rubric.version,
            name=localised(rubric.name, language),
            description=localised(rubric.description, language),
            criteria=[
                {
                    "id": each.id,
                    "name": localised(each.name, language),
                    "description": localised(each.description, language),
                    "weight": each.weight,
                }
                for each in rubric.criteria
            ],
        )
        for rubric in container.current().rubrics.all()
    ]
    return RubricsDocument(items=items)


@router.get("", response_model=RubricsDocument, responses=readable())
async def list_rubrics(request: Request, _asker: Reader) -> Response:
    """List the rubrics, the default one first, in the language of `Accept-Language`."""
    return unless_known(request, rubrics_document(), {"Content-Language": current_language()})
