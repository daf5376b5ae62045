"""Rubrics, for administrators: made as a copy of another, retired, and offered again, as on their pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from memo_coach.api.askers import Administrator
from memo_coach.api.configuration import (
    CHANGED,
    Document,
    IfMatch,
    SavedDocument,
    held_version,
    saved_document,
)
from memo_coach.api.problems import problems
from memo_coach.services import container
from memo_coach.services.administration.document_kinds import RUBRIC, name_in_address
from memo_coach.services.administration.errors import UnknownDocument
from memo_coach.translations import text

router = APIRouter(prefix="/config", tags=["config"])

RubricId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]


class RubricToMake(BaseModel):
    """A rubric that begins as a copy of another one."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: RubricId = Field(
        description="Words in lower case, joined by hyphens. It stays as it is.", examples=["board-memo"]
    )
    like: RubricId = Field(description="The id of the rubric that is copied.", examples=["decision-memo"])


@router.post(
    "",
    status_code=201,
    response_model=SavedDocument,
    responses={**problems(404, 413), 201: {"model": SavedDocument, "description": "It is offered at once."}},
)
async def make_rubric(asker: Administrator, wanted: RubricToMake) -> Response:
    """Make a rubric as a copy of another one."""
    name = await container.current().documents.make_rubric(asker.actor, wanted.id, like=wanted.like)
    return await saved_document(name, 1, HTTPStatus.CREATED)


@router.post("/{document}/retire", response_model=SavedDocument, responses=CHANGED)
async def retire_rubric(asker: Administrator, document: Document, made_from: IfMatch = None) -> Response:
    """Offer a rubric to nobody from now on. What it judged stays; the last one that is offered cannot go."""
    name = name_in_address(document)
    retired = await container.current().documents.retire_rubric(
        asker.actor, _rubric_id(name), base=await held_version(name, made_from)
    )
    return await saved_document(name, retired)


@router.post("/{document}/offer", response_model=SavedDocument, responses=CHANGED)
async def offer_rubric(asker: Administrator, document: Document, made_from: IfMatch = None) -> Response:
    """Offer a retired rubric again."""
    name = name_in_address(document)
    offered = await container.current().documents.offer_rubric(
        asker.actor, _rubric_id(name), base=await held_version(name, made_from)
    )
    return await saved_document(name, offered)


def _rubric_id(name: str) -> str:
    """Return the id of the rubric that a document is.

    Raises:
        UnknownDocument: it is something else, which can neither be retired nor offered.
    """
    if not name.startswith(RUBRIC):
        raise UnknownDocument(text("documents.unknown", document=name))
    return name.removeprefix(RUBRIC)
