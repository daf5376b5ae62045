"""One attempt at an evaluation: the coach's events come in, rows go out, all under the attempt's number."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from memo_coach.coaching.evaluation import (
    Attributed,
    CoachEvent,
    Comment,
    CommentMade,
    CriterionJudged,
    CriterionScore,
    OverallJudged,
    OverallJudgement,
    Progressed,
    Provenance,
    SecondOpinionGiven,
)
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.operations import metrics
from memo_coach.services.clock import now
from memo_coach.services.coaches.service import MODEL, Coaches, CoachRequest
from memo_coach.services.evaluations.mapping import (
    comment_values,
    criterion_values,
    has_exact_quote,
    overall_document,
    provenance_columns,
    reading_document,
    with_verified_evidence,
)
from memo_coach.services.evaluations.progress import Finish, PartialEvaluation
from memo_coach.services.streaming import STORE_EVERY_SECONDS, Broadcast, record
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.jobs import Job, JobQueue, NewRows

_TO_READ = (CriterionJudged, CommentMade, OverallJudged, SecondOpinionGiven)
"""Events after which a page shows something of the evaluation itself."""


class LeaseLost(Exception):
    """Somebody else has the evaluation now, or it was cancelled or deleted. Nothing more may be stored."""


class BrokenCoach(Exception):
    """A coach did not keep to its interface. The message is for whoever debugs it: logs have none."""


class EvaluationRecorder:
    """Gathers what a coach says and stores it."""

    def __init__(
        self,
        database: Database,
        broadcast: Broadcast,
        coaches: Coaches,
        job: Job,
        *,
        so_far: PartialEvaluation,
        store_every: Callable[[], float] = lambda: STORE_EVERY_SECONDS,
        overloaded: bool = False,
    ) -> None:
        """``overloaded`` is whether others wait for the same kind of coach."""
        self._overloaded = overloaded
        self._store_every = store_every
        self._so_far = so_far
        self._database = database
        self._broadcast = broadcast
        self._coaches = coaches
        self._job = job
        self._positions: dict[str, int] = {}
        self._columns: dict[str, Any] = {}
        self._by_model: set[str] = set()
        self._unstored = NewRows()
        self._criteria: set[str] = set()
        self._comments: set[str] = set()
        self._overall: OverallJudgement | None = None
        self._rubric_version = ""
        self._has_something_to_read = False
        self._began = time.monotonic()
        self._seconds = 0.0

    async def judge(self, rubric: Rubric) -> None:
        """Let the coach judge, and store what it says as it comes; :meth:`finish` stores the end.

        Raises:
            LeaseLost: this attempt is no longer the current one.
            BrokenCoach: the stream ended without a judgement, or named a criterion or comment twice.
            CoachingError: the coach refuses the memo, with a sentence for the person.
        """
        job = self._job
        asked = CoachRequest(
            job.text,
            job.language,
            rubric,
            job.owner,
            evaluation_id=job.evaluation_id,
            address=job.address,
            overloaded=self._overloaded,
        )
        request = await self._coaches.permitted(asked)
        self._positions = {criterion.id: place for place, criterion in enumerate(rubric.criteria)}
        async with aclosing(self._coaches.events(job.coach, request)) as events:
            await record(events, self._note, self._store, self._announce, every=self._store_every)
        if self._overall is None:
            raise BrokenCoach("the stream ended without an overall judgement")
        self._columns |= provenance_columns(self.provenance)
        if self._is_wholly_the_models:
            self._columns["cache_key"] = self._coaches.cache_key(job.coach, request)
        self._rubric_version = rubric.version
        self._seconds = time.monotonic() - self._began

    @property
    def provenance(self) -> Provenance:
        """Who provenance, as far as is known."""
        return self._so_far.provenance or Provenance("builtin")

    @property
    def _is_wholly_the_models(self) -> bool:
        """Whether the model that was asked first judged every criterion: only that is given again."""
        provenance = self.provenance
        return (
            provenance.kind == MODEL
            and provenance.fallback_from is None
            and not provenance.fallback_reason
            and self._by_model == self._criteria
        )

    def _note(self, event: CoachEvent) -> None:
        self._so_far.changes += 1
        if not self._has_something_to_read and isinstance(event, _TO_READ):
            self._has_something_to_read = True
            self._count_first_feedback()
        match event:
            case CriterionJudged(criterion):
                self._note_criterion(criterion)
            case CommentMade(comment):
                self._note_comment(comment)
            case OverallJudged(overall):
                self._overall = overall
            case SecondOpinionGiven(evaluation):
                self._so_far.second_opinion = evaluation
                self._columns["second_opinion"] = reading_document(evaluation)
            case Attributed(provenance):
                self._so_far.provenance = provenance
                self._columns |= provenance_columns(provenance)
            case Progressed(done, total):
                total = max(total, 0)
                self._so_far.progress = Progressed(min(max(done, 0), total), total)

    def _count_first_feedback(self) -> None:
        """Count how long its writer has waited; a later attempt begins what an earlier one had shown."""
        if self._job.attempt == 1 and self._job.asked is not None:
            metrics.count_first_feedback(
                coach=self._job.coach, seconds=(now() - self._job.asked).total_seconds()
            )

    def _note_criterion(self, criterion: CriterionScore) -> None:
        if criterion.id in self._criteria:
            raise BrokenCoach(f"criterion {criterion.id!r} came twice")
        position = self._positions.get(criterion.id, len(self._criteria))
        self._criteria.add(criterion.id)
        if criterion.coach == MODEL:
            self._by_model.add(criterion.id)
        true = with_verified_evidence(criterion, self._job.text)
        self._so_far.add_criterion(position, true)
        self._unstored.criteria.append(criterion_values(self._job.evaluation_id, position, true))

    def _note_comment(self, comment: Comment) -> None:
        if comment.id in self._comments:
            raise BrokenCoach(f"comment {comment.id!r} came twice")
        self._comments.add(comment.id)
        if has_exact_quote(comment, self._job.text):
            self._so_far.add_comment(comment)
            self._unstored.comments.append(comment_values(self._job.evaluation_id, comment))

    async def _store(self) -> None:
        rows, self._unstored = self._unstored, NewRows()
        columns, self._columns = self._columns, {}
        async with self._database.write() as session:
            held = await JobQueue(session).record(
                self._job,
                rows,
                done_steps=self._so_far.progress.done,
                total_steps=self._so_far.progress.total,
                columns=columns,
            )
        if not held:
            raise LeaseLost
        await self._broadcast.announce(self._job.evaluation_id)

    def _announce(self) -> None:
        self._broadcast.announce_here(self._job.evaluation_id)

    async def finish(self) -> float:
        """Store the rest, and the end; give the seconds that judging took. After :meth:`judge`.

        Raises:
            LeaseLost: this attempt is no longer the current one.
        """
        overall = self._overall
        assert overall is not None, "judge() has ended well"  # noqa: S101
        moment = now()
        async with self._database.write() as session:
            changes = await JobQueue(session).finish(
                self._job,
                self._unstored,
                now=moment,
                rubric_version=self._rubric_version,
                overall=overall_document(overall),
                score=overall.score,
                seconds=self._seconds,
                total_steps=self._so_far.progress.total,
                columns=self._columns,
            )
        if changes is None:
            raise LeaseLost
        if self._job.coach != MODEL:
            # What a model took, and the order of what it said, only the database can tell.
            self._so_far.finish = Finish(moment, self._rubric_version, overall, self._seconds, changes)
        return self._seconds
