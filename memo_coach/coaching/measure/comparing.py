"""Compare a coach's feedback on one document with what the reader found there, and count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from memo_coach.coaching.evaluation import Comment
from memo_coach.coaching.measure.annotated import AnnotatedDocument, ElementFound
from memo_coach.coaching.measure.claims import Claimed, claim_of

FIRST = 5
"""Remarks that a writer sees first; a reader makes as many."""
_LONG_PASSAGE = 25
"""A passage that is not the author's counts within a longer quote when it has more characters than this."""

Outcome = Literal["right", "false", "overlooked", "quiet"]
"""What became of an element that the reader expected, as the fields of ``figures.Missing`` say."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a coach said of a document."""

    comments: Sequence[Comment]
    criteria: Mapping[str, float | None]
    overall: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted in one document, or in several."""

    first: int = 0
    """Remarks shown first; of them:"""
    false: int = 0
    """say that something is missing which the reader found or did not expect, or are misplaced."""
    quoted: int = 0
    """have a quote; of these:"""
    misplaced: int = 0
    """quote what is not the author's."""
    wanted: int = 0
    """Remarks of the reader on an element; of them:"""
    hit: int = 0
    """are on an element of the remarks shown first."""
    usual: int = 0
    """are on an element that readers name most often for this rubric."""
    strengths: int = 0
    """Praised passages, where an element is named; of them:"""
    strengths_real: int = 0
    """are on an element that the reader found, at least in part."""
    strengths_at: int = 0
    """share words with a passage that the reader quotes for it."""

    def __add__(self, other: Counts) -> Counts:
        """Return the sums."""
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Comparison:
    """One document compared."""

    document: AnnotatedDocument
    counts: Counts
    outcomes: Mapping[str, Outcome]
    """For each element that the reader expected."""
    scores: Mapping[str, tuple[float, float]]
    """For each criterion that both scored: the reader's score and the coach's."""
    overall: tuple[float, float] | None
    """The same of the overall scores."""


def usual_elements(documents: Iterable[AnnotatedDocument]) -> Mapping[str, frozenset[str]]:
    """Return for each rubric the five elements that its readers remark on most often.

    A coach that said these five of every document, without reading it, is what a coach is compared with.
    """
    remarked: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        remarked[document.rubric].update(_wanted(document))
    return {
        rubric: frozenset(element for element, _ in elements.most_common(FIRST))
        for rubric, elements in remarked.items()
    }


def compare(
    document: AnnotatedDocument, feedback: Feedback, usual: Mapping[str, frozenset[str]]
) -> Comparison:
    """Compare the feedback on a document with its annotations; ``usual`` is from :func:`usual_elements`."""
    overall = None if feedback.overall is None else (document.overall, feedback.overall)
    return Comparison(
        document=document,
        counts=_first_counts(document, shown_first(feedback.comments))
        + _wanted_counts(document, feedback.comments, usual.get(document.rubric, frozenset()))
        + _strength_counts(document, feedback.comments),
        outcomes=_outcomes(document, feedback.comments),
        scores=dict(_scores(document.criteria, feedback.criteria)),
        overall=overall,
    )


def shown_first(comments: Iterable[Comment]) -> list[Comment]:
    """Return the remarks that a writer sees first."""
    opportunities = [comment for comment in comments if comment.kind == "opportunity"]
    return sorted(opportunities, key=lambda comment: (comment.rank, -comment.priority))[:FIRST]


def _first_counts(document: AnnotatedDocument, first: Sequence[Comment]) -> Counts:
    counts = Counts()
    for comment in first:
        is_misplaced = bool(comment.quote) and _is_not_the_authors(comment.quote or "", document.not_prose)
        is_false = is_misplaced or _is_false(claim_of(comment), document.elements)
        counts += Counts(
            first=1, false=int(is_false), quoted=int(bool(comment.quote)), misplaced=int(is_misplaced)
        )
    return counts


def _is_false(claimed: Claimed | None, elements: Mapping[str, ElementFound]) -> bool:
    found = None if claimed is None else elements.get(claimed.element)
    if claimed is None or found is None or claimed.claim not in ("missing", "weak"):
        return False
    return not found.expected or (claimed.claim == "missing" and found.status == "present")


def _is_not_the_authors(quote: str, not_prose: Iterable[str]) -> bool:
    core = quote.strip()
    return bool(core) and any(
        core in passage or (len(passage) > _LONG_PASSAGE and passage in quote) for passage in not_prose
    )


def _wanted(document: AnnotatedDocument) -> list[str]:
    return [remark.element for remark in document.remarks if remark.element in document.elements]


def _wanted_counts(document: AnnotatedDocument, comments: Iterable[Comment], usual: frozenset[str]) -> Counts:
    wanted = _wanted(document)
    claims = [claim_of(comment) for comment in shown_first(comments)]
    named = {claimed.element for claimed in claims if claimed is not None}
    return Counts(
        wanted=len(wanted),
        hit=sum(element in named for element in wanted),
        usual=sum(element in usual for element in wanted),
    )


def _strength_counts(document: AnnotatedDocument, comments: Iterable[Comment]) -> Counts:
    counts = Counts()
    for comment in comments:
        claimed = claim_of(comment)
        if comment.kind != "strength" or not comment.quote or claimed is None:
            continue
        found = document.elements.get(claimed.element)
        if found is not None:
            is_at = any(_overlap(comment.quote, quote, document.text) for quote in found.quotes)
            is_real = found.status != "absent"
            counts += Counts(strengths=1, strengths_real=int(is_real), strengths_at=int(is_at))
    return counts


def _overlap(one: str, other: str, text: str) -> bool:
    """Whether two passages of a text share a character, each taken where it stands first."""
    start, begin = text.find(one), text.find(other)
    return start >= 0 and begin >= 0 and start < begin + len(other) and begin < start + len(one)


def _outcomes(document: AnnotatedDocument, comments: Iterable[Comment]) -> dict[str, Outcome]:
    claims = [claim_of(comment) for comment in comments if comment.kind == "opportunity"]
    missing = {each.element for each in claims if each is not None and each.claim == "missing"}
    return {
        element: _outcome(element in missing, found)
        for element, found in document.elements.items()
        if found.expected
    }


def _outcome(is_said_missing: bool, found: ElementFound) -> Outcome:
    if found.status == "absent":
        return "right" if is_said_missing else "overlooked"
    return "false" if is_said_missing and found.status == "present" else "quiet"


def _scores(
    readers: Mapping[str, float | None], coachs: Mapping[str, float | None]
) -> Iterable[tuple[str, tuple[float, float]]]:
    for criterion, score in readers.items():
        other = coachs.get(criterion)
        if score is not None and other is not None:
            yield criterion, (score, other)
