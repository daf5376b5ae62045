"""The evaluation as it grows out of a model's answer: each part that was read becomes events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from memo_coach.coaching.builtin.coach import WithoutInstructions
from memo_coach.coaching.builtin.scoring import one_decimal
from memo_coach.coaching.evaluation import (
    Attributed,
    CoachEvent,
    Comment,
    CommentKind,
    CommentMade,
    CriterionJudged,
    CriterionScore,
    Evaluation,
    OverallJudged,
    Progressed,
    Provenance,
)
from memo_coach.coaching.llm.answer.parser import ReadComment, ReadCriterion, ReadOverall, ReadPart
from memo_coach.coaching.llm.answer.quote_placement import QuotePlacement
from memo_coach.coaching.llm.model import ModelChosen
from memo_coach.coaching.llm.notices import listed, sentence
from memo_coach.coaching.llm.overall import composed_overall
from memo_coach.coaching.llm.scoring import held_score, overall_score, priority_of
from memo_coach.coaching.rubric.model import Rubric, localised

MOST_COMMENTS: dict[CommentKind, int] = {"opportunity": 16, "strength": 8}
"""Comments of a model in one evaluation.

One place is kept for each criterion that has none yet, and the first comment on a criterion is always taken,
so that those that are judged last are not left without.
"""
MOST_FROM_BUILTIN = 3
"""Comments of the built-in coach on a criterion that it judges in the model's place, of each kind."""
ORDERS = "instructions.to-the-grader"


class EvaluationBuilder:
    """Holds what is known so far, for one memo and rubric, and tells each change as events.

    Comments get their rank as they come, in the order of the answer, because each is told once and at once;
    :func:`memo_coach.coaching.llm.scoring.ranked` orders all of them by what matters most in the end.
    """

    def __init__(
        self,
        language: str,
        rubric: Rubric,
        shown: WithoutInstructions,
        first: Evaluation,
        *,
        placement: QuotePlacement,
        prompt_version: str,
        is_unread: bool = False,
    ) -> None:
        """``is_unread`` is whether the built-in coach does not read the memo's language."""
        self._is_unread = is_unread
        self._language = language
        self._shown = shown
        self._rubric = rubric
        self._first = first
        self._builtin = {criterion.id: criterion for criterion in first.criteria}
        self._prompt_version = prompt_version
        self._placement = placement
        self._provenance: Provenance | None = None
        self._completed_by: str | None = None
        self._criteria: dict[str, CriterionScore] = {}
        self._comments: list[Comment] = []
        self._said: set[tuple[str, CommentKind, object]] = set()
        self._overall: ReadOverall | None = None
        self._held: list[str] = []
        self._notices: list[str] = []

    @property
    def is_begun(self) -> bool:
        """Whether a criterion of the model stands."""
        return bool(self._criteria)

    def progressed(self) -> Progressed:
        """Return the steps behind us: the built-in reading and each criterion; the last one is the end."""
        return Progressed(1 + len(self._criteria), len(self._rubric.criteria) + 2)

    def chosen(self, event: ModelChosen) -> Iterator[CoachEvent]:
        """Note which model answers. Once a criterion stands, another one only adds what is missing."""
        provenance = Provenance("llm", event.model, event.fallback_from, prompt_version=self._prompt_version)
        if self._criteria and self._provenance is not None:
            if event.model != self._provenance.model:
                self._completed_by = event.model
                yield Attributed(replace(self._provenance, fallback_reason="completed"))
        elif provenance != self._provenance:
            self._provenance = provenance
            yield Attributed(provenance)

    def take(self, parts: Iterable[ReadPart]) -> list[CoachEvent]:
        """Take the next parts of the answer, in their order."""
        return [event for part in parts for event in self._taken(part)]

    def completed(self, reason: str) -> Iterator[CoachEvent]:
        """Take what the model left out from the built-in coach, and end; ``reason`` is told in the notice."""
        missing = [criterion for criterion in self._rubric.criteria if criterion.id not in self._criteria]
        for criterion in missing:
            taken = self._builtin[criterion.id]
            share = 0.0 if taken.score is None else criterion.weight
            yield from self._stands(replace(taken, effective_weight=share))
            if not any(comment.criterion == criterion.id for comment in self._comments):
                yield from self._borrowed(_most_important(self._first.comments, criterion.id))
        if missing:
            names = self._names(criterion.id for criterion in missing)
            key = "part-unread" if self._is_unread else "part"
            self._notices.append(sentence(self._language, key, criteria=names, why=reason))
        yield from self._borrowed(each for each in self._first.comments if each.finding == ORDERS)
        yield from self._ended()

    def _taken(self, part: ReadPart) -> Iterator[CoachEvent]:
        match part:
            case ReadCriterion():
                yield from self._judged(part)
            case ReadComment():
                yield from self._remarked(part)
            case ReadOverall():
                self._overall = part

    def _judged(self, part: ReadCriterion) -> Iterator[CoachEvent]:
        criterion = self._rubric.criterion(part.id)
        if criterion is None or part.id in self._criteria:
            return
        score = one_decimal(part.score)
        if self._shown.orders:
            builtin = self._builtin[part.id].score
            held = held_score(score, self._first.overall.score if builtin is None else builtin)
            if held < score:
                self._held.append(part.id)
            score = held
        yield from self._stands(
            CriterionScore(
                id=part.id,
                name=localised(criterion.name, self._language),
                weight=criterion.weight,
                effective_weight=criterion.weight,
                score=score,
                justification=part.reason,
                evidence=self._placement.evidence(part.evidence),
                coach="llm",
            )
        )

    def _stands(self, criterion: CriterionScore) -> Iterator[CoachEvent]:
        self._criteria[criterion.id] = criterion
        yield CriterionJudged(criterion)
        yield self.progressed()

    def _remarked(self, part: ReadComment) -> Iterator[CoachEvent]:
        criterion = self._criteria.get(part.criterion)
        if criterion is None or not self._has_room(part.criterion, part.kind):
            return
        placed = self._placement.remark(part)
        if placed is None:
            return
        passage = placed.passage
        place = part.comment if passage is None else (passage.start, passage.end)
        if (part.criterion, part.kind, place) in self._said:
            return
        self._said.add((part.criterion, part.kind, place))
        yield self._made(
            Comment(
                id=f"m{1 + len(self._comments):02d}",
                criterion=part.criterion,
                kind=part.kind,
                start=None if passage is None else passage.start,
                end=None if passage is None else passage.end,
                quote=None if passage is None else passage.quote,
                comment=part.comment,
                questions=placed.questions,
                suggestion=placed.suggestion,
                priority=priority_of(criterion, part.kind),
            )
        )

    def _has_room(self, criterion: str, kind: CommentKind) -> bool:
        made = Counter(comment.criterion for comment in self._comments if comment.kind == kind)
        kept = len(self._rubric.criteria) - len(made)
        return criterion not in made or made.total() + kept < MOST_COMMENTS[kind]

    def _borrowed(self, comments: Iterable[Comment]) -> Iterator[CoachEvent]:
        ids = {comment.id for comment in self._comments}
        for comment in comments:
            if comment.id not in ids:
                yield self._made(comment)

    def _made(self, comment: Comment) -> CommentMade:
        rank = sum(1 for other in self._comments if other.kind == comment.kind)
        self._comments.append(replace(comment, rank=rank))
        return CommentMade(self._comments[-1])

    def _ended(self) -> Iterator[CoachEvent]:
        criteria = [self._criteria[criterion.id] for criterion in self._rubric.criteria]
        overall = composed_overall(
            self._overall, criteria, self._comments, self._first.overall, self._language
        )
        if self._overall is None:
            self._notices.append(sentence(self._language, "composed"))
        total = len(self._rubric.criteria) + 2
        yield Progressed(total, total)
        yield OverallJudged(
            replace(
                overall,
                score=overall_score(criteria),
                notices=tuple(self._all_notices(criteria)),
                indicators=self._first.overall.indicators,
            )
        )

    def _all_notices(self, criteria: Iterable[CriterionScore]) -> Iterator[str]:
        language = self._language
        provenance = self._provenance
        if provenance is not None and provenance.model is not None and provenance.fallback_from is not None:
            yield sentence(language, "other-model", model=provenance.model, first=provenance.fallback_from)
        if provenance is not None and provenance.model is not None and self._completed_by is not None:
            yield sentence(language, "completed-by", first=provenance.model, model=self._completed_by)
        if self._shown.notice is not None:
            yield self._shown.notice
        if self._held:
            yield sentence(language, "held", criteria=self._names(self._held))
        yield from self._notices
        unscored = [criterion.id for criterion in criteria if criterion.score is None]
        if unscored:
            yield sentence(language, "unscored", criteria=self._names(unscored))
        for key, count in (("loosened", self._placement.unanchored), ("dropped", self._placement.dropped)):
            if count:
                yield sentence(language, f"{key}-one" if count == 1 else f"{key}-many", count=str(count))

    def _names(self, criteria: Iterable[str]) -> str:
        return listed(self._language, (self._builtin[one].name for one in criteria))


def _most_important(comments: Iterable[Comment], criterion: str) -> Iterator[Comment]:
    """Yield the first few comments on a criterion, of each kind; they come in the order of their rank."""
    counted: Counter[CommentKind] = Counter()
    for comment in comments:
        if comment.criterion == criterion and counted[comment.kind] < MOST_FROM_BUILTIN:
            counted[comment.kind] += 1
            yield comment
