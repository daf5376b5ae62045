"""A file judged: the coach's events gathered into one value, and that value as JSON."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from dataclasses import asdict, dataclass

from memo_coach.coaching.evaluation import (
    CoachKind,
    Comment,
    CommentMade,
    CriterionJudged,
    CriterionScore,
    OverallJudged,
    OverallJudgement,
)
from memo_coach.coaching.rubric import Rubric
from memo_coach.services.coaches import coach_kind, evaluation_events
from memo_coach.services.texts import Glance, glance_at, submitted_text


@dataclass(frozen=True, slots=True)
class FileJudgement:
    """What a coach says of a file."""

    text: str
    glance: Glance
    rubric: Rubric
    coach: CoachKind
    overall: OverallJudgement
    criteria: tuple[CriterionScore, ...]
    comments: tuple[Comment, ...]


def judge(raw: str, rubric: Rubric, *, coach: str, language: str | None) -> FileJudgement:
    """Let a coach judge a text.

    Raises:
        ServiceError, CoachingError: the text, the language or the coach cannot be used, with a sentence.
    """
    kind = coach_kind(coach)
    text = submitted_text(raw)
    glance = glance_at(text, language=language)
    return asyncio.run(_judge(text, glance, rubric, kind))


async def _judge(text: str, glance: Glance, rubric: Rubric, kind: CoachKind) -> FileJudgement:
    criteria: list[CriterionScore] = []
    comments: list[Comment] = []
    overall: OverallJudgement | None = None
    async with aclosing(evaluation_events(kind, text, glance.language, rubric)) as events:
        async for event in events:
            match event:
                case CriterionJudged(criterion):
                    criteria.append(criterion)
                case CommentMade(comment):
                    comments.append(comment)
                case OverallJudged(judgement):
                    overall = judgement
                case _:
                    pass
    if overall is None:
        raise AssertionError("a coach ends with an overall judgement")
    comments.sort(key=lambda comment: (comment.kind == "opportunity", comment.rank, comment.id))
    return FileJudgement(text, glance, rubric, kind, overall, tuple(criteria), tuple(comments))


def as_json(judgement: FileJudgement) -> str:
    """Give the evaluation as JSON, the same bytes for the same input.

    What only a stored evaluation has (ids, times) is null, and so are the seconds, which differ each time.
    """
    glance = judgement.glance
    document = {
        "id": None,
        "status": "done",
        "created": None,
        "finished": None,
        "memo": {
            "id": None,
            "version": None,
            "title": glance.title,
            "language": glance.language,
            "words": glance.words,
        },
        "rubric": {"id": judgement.rubric.id, "version": judgement.rubric.version},
        "coach": {"kind": judgement.coach, "cached": False},
        "overall": asdict(judgement.overall),
        "criteria": [asdict(criterion) for criterion in judgement.criteria],
        "comments": [asdict(comment) for comment in judgement.comments],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "cost_usd": 0.0, "seconds": None},
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
