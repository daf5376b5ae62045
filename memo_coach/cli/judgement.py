"""A file judged: the coach's events gathered into one value, and that value as JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from memo_coach.coaching.evaluation import (
    Attributed,
    CoachKind,
    Comment,
    CommentMade,
    CriterionJudged,
    CriterionScore,
    OverallJudged,
    OverallJudgement,
    Provenance,
)
from memo_coach.coaching.llm.scoring import ranked, with_shared_weights
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.services.coaches.service import BUILTIN, MODEL, Coaches, CoachRequest
from memo_coach.services.memos.input import TextMetadata, check_readable, metadata_of, submitted_text
from memo_coach.services.views import Usage

if TYPE_CHECKING:
    from memo_coach.services.coaches.model_coaches import ModelCoaches
    from memo_coach.settings import Settings


@dataclass(frozen=True, slots=True)
class FileJudgement:
    """What a coach says of a file."""

    text: str
    metadata: TextMetadata
    rubric: Rubric
    coach: CoachKind
    """The coach that was asked; ``provenance`` says who provenance."""
    provenance: Provenance
    overall: OverallJudgement
    criteria: tuple[CriterionScore, ...]
    comments: tuple[Comment, ...]
    usage: Usage


def judge(
    raw: str, rubric: Rubric, *, coach: str | None, language: str | None, settings: Settings | None = None
) -> FileJudgement:
    """Let a coach judge a text.

    Without ``settings`` there is the built-in coach alone; with them a model, where one is configured, and
    then it is the default.

    Raises:
        ServiceError, CoachingError: the text, the language or the coach cannot be used, with a sentence.
        DatabaseUnusable: what the model costs cannot be written down, so it is not asked.
    """
    text = submitted_text(raw)
    metadata = metadata_of(text, language=language)
    request = CoachRequest(text, metadata.language, rubric)
    if settings is None or not settings.llm_model or coach == BUILTIN:
        kind = Coaches().kind(coach)
        check_readable(text, language)
        return asyncio.run(judged(Coaches(), request, metadata, kind))
    return asyncio.run(_judge_with_models(settings, request, metadata, coach))


async def _judge_with_models(
    settings: Settings, request: CoachRequest, metadata: TextMetadata, coach: str | None
) -> FileJudgement:
    async with opened_models(settings) as models:
        coaches = Coaches(models)
        judgement = await judged(coaches, request, metadata, coaches.kind(coach))
        return replace(judgement, usage=models.used)


@asynccontextmanager
async def opened_models(settings: Settings) -> AsyncIterator[ModelCoaches]:
    """Open the database, in which calls are written down, and the models; close both at the end.

    Raises:
        DatabaseUnusable: it cannot be opened.
    """
    from memo_coach.operations.logging import configure_logging  # noqa: PLC0415
    from memo_coach.services.administration.documents_in_force import DocumentsInForce  # noqa: PLC0415
    from memo_coach.services.coaches.models import open_models  # noqa: PLC0415 - the database, only where it is needed
    from memo_coach.storage.engine import schema  # noqa: PLC0415
    from memo_coach.storage.engine.database import Database  # noqa: PLC0415

    # On standard error, and only what the judgement's own notices do not say.
    configure_logging("ERROR", settings.log_format)
    database = Database(settings.database_url)
    try:
        await schema.upgrade(database)
        in_force = DocumentsInForce(database)
        await in_force.renew()
        models = await open_models(settings, database, in_force)
        try:
            yield models.coaches
        finally:
            await models.close()
    finally:
        await database.close()


async def judged(
    coaches: Coaches, request: CoachRequest, metadata: TextMetadata, kind: CoachKind
) -> FileJudgement:
    """Let a coach judge a request, and gather what it says.

    Raises:
        ServiceError, CoachingError: the text cannot be judged, with a sentence.
    """
    criteria: dict[str, CriterionScore] = {}
    comments: list[Comment] = []
    overall: OverallJudgement | None = None
    provenance = Provenance(BUILTIN)
    async with aclosing(coaches.events(kind, request)) as events:
        async for event in events:
            match event:
                case CriterionJudged(criterion):
                    criteria[criterion.id] = criterion
                case CommentMade(comment):
                    comments.append(comment)
                case OverallJudged(judgement):
                    overall = judgement
                case Attributed(given):
                    provenance = given
                case _:
                    pass
    if overall is None:
        raise AssertionError("a coach ends with an overall judgement")
    places = {criterion.id: place for place, criterion in enumerate(request.rubric.criteria)}
    scores = tuple(sorted(criteria.values(), key=lambda criterion: places[criterion.id]))
    if provenance.kind == MODEL:
        scores, comments = with_shared_weights(scores), list(ranked(comments))
    comments.sort(key=lambda comment: (comment.kind == "opportunity", comment.rank, comment.id))
    return FileJudgement(
        text=request.text,
        metadata=metadata,
        rubric=request.rubric,
        coach=kind,
        provenance=provenance,
        overall=overall,
        criteria=scores,
        comments=tuple(comments),
        usage=Usage(),
    )


def _coach(provenance: Provenance) -> dict[str, object]:
    named = {"model": provenance.model, "fallback_from": provenance.fallback_from}
    told = {name: value for name, value in named.items() if value is not None}
    return {"kind": provenance.kind, **told, "cached": provenance.cached}


def as_json(judgement: FileJudgement) -> str:
    """Return the evaluation as JSON, the same bytes for the same input.

    What only a stored evaluation has (ids, times) is null, and so are the seconds, which differ each time.
    """
    metadata, overall = judgement.metadata, asdict(judgement.overall)
    indicators = overall.pop("indicators")
    document = {
        "id": None,
        "status": "done",
        "created": None,
        "finished": None,
        "memo": {
            "id": None,
            "version": None,
            "title": metadata.title,
            "language": metadata.language,
            "words": metadata.words,
        },
        "rubric": {"id": judgement.rubric.id, "version": judgement.rubric.version},
        "coach": _coach(judgement.provenance),
        "overall": overall,
        "criteria": [asdict(criterion) for criterion in judgement.criteria],
        "comments": [asdict(comment) for comment in judgement.comments],
        "indicators": indicators,
        "usage": {**asdict(judgement.usage), "seconds": None},
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
