"""What a coach says of a memo: scores, comments, the overall judgement, and the events that carry them.

Two coaches speak through these types, so pages, API and command line need not know which one did.
Scores run from 1.0 (poor) to 5.0 (excellent) with one decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from memo_coach.coaching.memo.model import Span

CoachKind = Literal["builtin", "llm"]
CommentKind = Literal["strength", "opportunity"]
Claim = Literal["missing", "weak", "there"]
"""What a comment says of an element of a memo: not given, given and not good enough, given."""

LOWEST_SCORE = 1.0
HIGHEST_SCORE = 5.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that a score rests on; ``quote`` equals ``text[start:end]`` of the memo."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """The judgement on one criterion of the rubric.

    ``score`` is ``None`` where the coach cannot judge the criterion; ``justification`` then says why.
    ``weight`` is the criterion's own share in percent as the rubric has it; ``effective_weight`` is its
    share after the weights of criteria without a score were shared out.
    """

    id: str
    name: str
    weight: float
    effective_weight: float
    score: float | None
    justification: str
    evidence: tuple[Evidence, ...] = ()
    coach: CoachKind = "builtin"
    """Who judged this criterion: where a model's answer broke off, the two coaches share an evaluation."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One remark on a passage, on a place where something is missing, or on the memo as a whole.

    A remark on the memo as a whole has ``start``, ``end`` and ``quote`` all ``None``.
    """

    id: str
    criterion: str
    kind: CommentKind
    start: int | None
    end: int | None
    quote: str | None
    comment: str
    """What the reader notices and why it matters."""
    questions: tuple[str, ...]
    suggestion: str | None = None
    finding: str = ""
    """The kind of finding that led to it, such as ``ask.amount-missing``; empty for a model's."""
    rank: int = 0
    """0 is the one that matters most among its kind."""
    priority: float = 0.0
    """Criterion weight (0 to 1) times distance from full (0 to 1) times confidence (0 to 1)."""
    element: str | None = None
    """The part of a memo that it is about, such as ``risks``: one of those that annotated documents name."""
    claim: Claim | None = None
    """What it says of the element."""
    confidence: float | None = None
    """How sure the coach is of it, 0 to 1."""


@dataclass(frozen=True, slots=True)
class OverallJudgement:
    """The judgement on the memo as a whole."""

    score: float | None
    summary: str
    """Two sentences."""
    strengths: tuple[str, ...]
    opportunities: tuple[str, ...]
    """Ordered by what would raise the score most."""
    notices: tuple[str, ...] = ()
    """How the judgement came about, where that matters: ignored orders, a cap, weights shared out."""
    indicators: Mapping[str, float] = field(default_factory=dict, hash=False)
    """What the built-in coach's detectors measured, each from 0 to 1; also where a model judged."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A finished judgement, as one value."""

    language: str
    rubric: str
    coach: CoachKind
    overall: OverallJudgement
    criteria: tuple[CriterionScore, ...]
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who judged, in the end."""

    kind: CoachKind
    model: str | None = None
    """As the provider's library names it, such as ``openai/gpt-4o-mini``; ``None`` for the built-in coach."""
    fallback_from: str | None = None
    """The model that should have spoken, where another model or the built-in coach did."""
    cached: bool = False
    """Whether what the same model said earlier of the same text, asked the same, was given again."""
    prompt_version: str | None = None
    fallback_reason: str = ""
    """Why the built-in coach stands in for a model: a reason of :mod:`memo_coach.coaching.llm.model`.

    ``completed`` where another model added what the answer of this one lacked.
    """


@dataclass(frozen=True, slots=True)
class SecondOpinionGiven:
    """Event: the built-in coach's whole reading, shown while a model still reads; then the second opinion."""

    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class Attributed:
    """Event: it is known who speaks. It comes before the overall judgement, and again where that changes."""

    provenance: Provenance


@dataclass(frozen=True, slots=True)
class CriterionJudged:
    """Event: one criterion has its score."""

    criterion: CriterionScore


@dataclass(frozen=True, slots=True)
class CommentMade:
    """Event: one comment is ready."""

    comment: Comment


@dataclass(frozen=True, slots=True)
class OverallJudged:
    """Event: the overall judgement is ready. It is the last event of a coach."""

    overall: OverallJudgement


@dataclass(frozen=True, slots=True)
class Progressed:
    """Event: ``done`` of ``total`` steps are behind us; the steps are the coach's real ones."""

    done: int
    total: int


CoachEvent = CriterionJudged | CommentMade | OverallJudged | Progressed | SecondOpinionGiven | Attributed


def evidence_at(text: str, span: Span) -> Evidence:
    """Quote a span of a memo's text."""
    return Evidence(span.start, span.end, text[span.start : span.end])
