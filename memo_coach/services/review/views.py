"""What the review of a memo hands to pages, API and command line: plain values, complete for a screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

RemarkState = Literal["open", "done", "declined"]
Outcome = Literal["addressed", "open", "declined", "not comparable"]


@dataclass(frozen=True, slots=True)
class RemarkMark:
    """What the writer made of a remark."""

    state: RemarkState
    reason: str
    """Why it was declined, in the writer's words; empty where they gave none."""
    muted: bool
    """Whether its kind is muted, or it is about a word of the writer's glossary."""
    kind: str
    """What is muted where remarks like this one are: its finding, or the criterion of a model's remark."""
    found_again: bool = False
    """Whether it was marked as done in an earlier version, and the coach makes it of this version, too."""
    word: str | None = None
    """The word that, once it is in the glossary, is not remarked upon; ``None`` where it is not about one."""


@dataclass(frozen=True, slots=True)
class EarlierRemark:
    """An opportunity that was pointed out in the version before, and what became of it."""

    criterion: str
    criterion_name: str
    comment: str
    outcome: Outcome
    now: str | None
    """The id of the comment that it is in this version; ``None`` where it is none."""
    reason: str
    """Why this is the outcome, in a few words; the writer's own where they declined it and gave one."""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """All that a page shows of remarks beside the remarks themselves."""

    marks: Mapping[str, RemarkMark]
    """For each comment of the evaluation, by its id; strengths included."""
    new: frozenset[str]
    """The opportunities that the version before did not have; empty where there is no earlier evaluation."""
    earlier: tuple[EarlierRemark, ...]
    """Those of the version before, in the order in which they mattered there."""
    previous_evaluation: str | None
    """The newest evaluation of an earlier version with the same rubric by the same coach."""
    previous_score: float | None


@dataclass(frozen=True, slots=True)
class ReviewPreferences:
    """What a writer does not want to be told about, in any memo."""

    muted: tuple[str, ...]
    """Kinds of remark: findings, or criteria of a model's remarks."""
    glossary: tuple[str, ...]
    """Words that need no explaining."""
