"""What is put into a PDF: an evaluation with its memo and what was said of it before, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from memo_coach.coaching.evaluation import Comment, CriterionScore, OverallJudgement, Provenance


@dataclass(frozen=True, slots=True)
class EarlierEvaluation:
    """A line of the table that shows how a memo has come along."""

    version: int
    created: datetime
    """In UTC."""
    rubric: Mapping[str, str]
    """The rubric's name for each language."""
    model: str | None
    """The model's name; ``None`` for the built-in coach."""
    score: float | None
    current: bool
    """Whether this is the evaluation that the document is about."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that the document says."""

    title: str
    text: str
    language: str
    """The memo's language: labels, dates and numbers are in it too, or else in English."""
    words: int
    rubric: Mapping[str, str]
    """The rubric's name for each language."""
    rubric_version: str
    provenance: Provenance
    overall: OverallJudgement
    criteria: Sequence[CriterionScore]
    comments: Sequence[Comment]
    removed_characters: int = 0
    """Characters that nobody can see and that were taken out of the text as it was handed in."""
    second_score: float | None = None
    """The built-in coach's score where a model judged."""
    version: int | None = None
    """``None`` where nothing is stored."""
    created: datetime | None = None
    """In UTC; ``None`` where nothing is stored."""
    progress: Sequence[EarlierEvaluation] = ()
    """The newest first."""
