"""What services hand to pages, API and command line: plain values, complete for a screen, free of storage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from memo_coach.coaching.evaluation import (
    CoachKind,
    Comment,
    CriterionScore,
    Evaluation,
    OverallJudgement,
    Provenance,
)

EvaluationStatus = Literal["queued", "running", "done", "failed", "cancelled"]
FINISHED: frozenset[EvaluationStatus] = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class DraftView:
    """The text that a writer is working on, as last saved."""

    memo_id: str
    title: str
    text: str
    rubric: str
    revision: int
    """Counts the saves; a save names the revision it was based on."""
    saved: datetime


@dataclass(frozen=True, slots=True)
class DraftSaved:
    """The answer to a save.

    ``forked`` is true where another tab had saved meanwhile: this text then went to a memo of its own
    (``memo_id`` names it), so that neither tab loses a word.
    """

    memo_id: str
    revision: int
    saved: datetime
    forked: bool


@dataclass(frozen=True, slots=True)
class MemoSummary:
    """A line in the list of memos."""

    memo_id: str
    title: str
    language: str
    words: int
    changed: datetime
    versions: int
    has_unsubmitted_draft: bool
    evaluations: tuple[EvaluationSummary, ...]
    """Newest first."""
    going: datetime | None = None
    """When it is deleted because nobody uses it, where that is soon."""


@dataclass(frozen=True, slots=True)
class EvaluationSummary:
    """A line in the list of evaluations."""

    evaluation_id: str
    version: int
    status: EvaluationStatus
    rubric: str
    score: float | None
    created: datetime


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A line in the list of a memo's versions."""

    number: int
    words: int
    language: str
    created: datetime


@dataclass(frozen=True, slots=True)
class ComparedPiece:
    """A run of text of one or both of two versions, or a place where text that both have is folded."""

    kind: Literal["equal", "removed", "added", "folded"]
    text: str
    change: int = 0
    """The number of the change that it belongs to, from 1."""
    begins: bool = False
    """Whether the change begins here."""
    fold: int = -1
    """The number of the folded passage."""
    words: int = 0
    """How many words are folded."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two versions of a memo: one part of it, as long as a page takes at once."""

    pieces: tuple[ComparedPiece, ...]
    part: int
    parts: int
    changes: int
    """In all parts together."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the models' calls of one evaluation took, all together."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """An evaluation with all that it has so far; while it runs, criteria and comments are those done yet."""

    evaluation_id: str
    status: EvaluationStatus
    created: datetime
    finished: datetime | None
    memo_id: str
    version: int
    title: str
    text: str
    language: str
    words: int
    rubric: str
    rubric_version: str
    coach: CoachKind
    """The coach that was asked."""
    provenance: Provenance | None
    """Who judged; ``None`` while that is not known yet."""
    second_opinion: Evaluation | None
    """The built-in coach's reading, where a model was asked: first all there is, then beside the model's."""
    usage: Usage
    removed_characters: int
    """Characters that nobody can see and that were taken out of the text as it was handed in."""
    changes: int
    """Counts the changes so far: of two views with the same number, neither is newer."""
    done_steps: int
    total_steps: int
    overall: OverallJudgement | None
    criteria: tuple[CriterionScore, ...]
    comments: tuple[Comment, ...]
    """Strengths and opportunities, each by rank."""
    seconds: float | None
    error: str | None
    """A sentence for the person where the evaluation failed."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What the built-in coach would say first of a text that is still being written.

    A hint on the memo as a whole has ``start``, ``end`` and ``quote`` all ``None``.
    """

    kind: str
    """The kind of finding, such as ``ask.amount-missing``."""
    comment: str
    question: str | None
    start: int | None
    end: int | None
    quote: str | None


@dataclass(frozen=True, slots=True)
class Hints:
    """What is said while somebody writes."""

    hints: tuple[Hint, ...]
    proposed_rubric: str | None
    """The id of the rubric that the text asks for, where it is another than the one in use."""


@dataclass(frozen=True, slots=True)
class CoachOffer:
    """A coach that a writer may choose."""

    kind: CoachKind
    model: str | None
    """The model's name; ``None`` for the built-in coach."""
    destination: str | None
    """Where the memo is sent: a host or the provider's name; ``None`` where it stays on this server."""
    is_default: bool


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """What an evaluation by the model would take at most."""

    prompt_tokens: int
    cost_usd: float
