"""What progress hands to pages, API and command line: plain values, complete for a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from memo_coach.coaching.evaluation import CoachKind

Direction = Literal["rising", "falling", "level"]


@dataclass(frozen=True, slots=True)
class Judge:
    """Who gave the scores of a line."""

    kind: CoachKind
    model: str | None = None
    """As the provider's library names it; ``None`` for the built-in coach."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Where scores go, by the median of the slopes between all pairs of them."""

    direction: Direction
    change: float
    """Points from the first score to the last, along that slope; 0.0 where the direction is ``level``."""
    points: int
    """The scores that it is the trend of."""


@dataclass(frozen=True, slots=True)
class ProgressPoint:
    """The score of a memo by its newest version, or of one version."""

    evaluation_id: str
    memo_id: str
    title: str
    version: int
    score: float


@dataclass(frozen=True, slots=True)
class CriterionPoint:
    """The score of a criterion at a point of the line."""

    evaluation_id: str
    score: float


@dataclass(frozen=True, slots=True)
class CriterionProgress:
    """One criterion over the points of a line; the points at which it has no score are left out."""

    id: str
    name: str
    points: tuple[CriterionPoint, ...]
    """The oldest first; at least one."""
    trend: Trend | None

    @property
    def best(self) -> float:
        """The highest score among the points."""
        return max(point.score for point in self.points)


@dataclass(frozen=True, slots=True)
class Weakness:
    """A kind of opportunity that was found at several points of a line."""

    criterion: str
    criterion_name: str
    finding: str
    """The kind, such as ``ask.amount-missing``; empty for a model's, of which only the criterion is known."""
    times: int
    """Points at which it was found."""
    comment: str
    """What was said of it last, in the language of that memo."""


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """Scores that may be compared: by the same judge, with the same version of the same rubric."""

    judge: Judge
    rubric: str
    rubric_version: str
    evaluations: int
    """All that are in the line; several may be of one memo, and of one version."""
    total_points: int
    points: tuple[ProgressPoint, ...]
    """The newest of them, the oldest first; at least one."""
    best_score: float
    """The highest of all evaluations in the line."""
    trend: Trend | None
    """Of the points; ``None`` where they are too few to say."""
    criteria: tuple[CriterionProgress, ...]
    """In the order of the rubric."""
    weaknesses: tuple[Weakness, ...]
    """The most frequent first."""


@dataclass(frozen=True, slots=True)
class LineChoice:
    """What there is to be shown: a line, without its scores."""

    judge: Judge
    rubric: str
    rubric_version: str
    evaluations: int


@dataclass(frozen=True, slots=True)
class MemoChoice:
    """A memo whose versions can be shown."""

    memo_id: str
    title: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """The progress of an owner, as far as it was asked for."""

    evaluations: int
    """All of the owner's that have a score."""
    choices: tuple[LineChoice, ...]
    """The line with the newest evaluation first."""
    memos: tuple[MemoChoice, ...]
    rubric: str
    """The rubric that is shown; empty where there is nothing to show."""
    memo: MemoChoice | None
    """The memo whose versions are shown; ``None`` where each point is a memo."""
    lines: tuple[ProgressLine, ...]
    """The line with the newest evaluation first."""
    places: tuple[ProgressPoint, ...]
    """Each memo, or version, of all lines once, the oldest first: what a drawing has across."""


@dataclass(frozen=True, slots=True)
class ScoreHistory:
    """The score of an evaluation after those of its memo's earlier versions, in the same line."""

    scores: tuple[tuple[int, float], ...]
    """Version and score, the oldest first; the last is the evaluation's own. At least two."""

    @property
    def now(self) -> float:
        """The evaluation's own score."""
        return self.scores[-1][1]

    @property
    def before(self) -> float:
        """The score of the version before."""
        return self.scores[-2][1]
