"""An attempt at an evaluation from its beginning to its end, good or bad.

Three bad ends, and the evaluation fails with a sentence. What its coach says is gathered and stored by
:mod:`memo_coach.services.evaluations.recorder`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from memo_coach.coaching.errors import CoachingError
from memo_coach.operations import metrics
from memo_coach.services.coaches.service import MODEL, Coaches
from memo_coach.services.errors import ServiceError
from memo_coach.services.evaluations.progress import PartialEvaluation
from memo_coach.services.evaluations.queue_poller import Clock, QueuePoller
from memo_coach.services.evaluations.recorder import EvaluationRecorder, LeaseLost
from memo_coach.services.evaluations.running import RunningEvaluations
from memo_coach.services.evaluations.worker_queue import DATABASE_FAULTS, WorkerQueue
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.services.rubrics import RubricService
from memo_coach.services.streaming import STORE_EVERY_SECONDS, Broadcast, InProgress, slowed
from memo_coach.storage.engine.cancellation import settled
from memo_coach.storage.repositories.jobs import Expired, Job
from memo_coach.translations import text

_log = structlog.get_logger(__name__)

MOST_FAILURES = 3
LONGEST_UNSTORED_SECONDS = 5.0
LONGEST_STORING_SECONDS = 30.0
"""How long somebody who cancels waits for the last store; a locked database takes 12."""
UNKNOWN = "unknown"
"""The kind of coach in the figures where the worker that had it is gone."""
GAVE_UP = text("problem.gave_up")
"""Stored in English, for the worker does not know who will read it; pages say it in their own language."""


class Attempts:
    """Lets the coach work on an evaluation, stores what it says, and says how it ended."""

    def __init__(
        self,
        queue: WorkerQueue,
        rubrics: RubricService,
        broadcast: Broadcast,
        coaches: Coaches,
        settings: WorkerSettings,
        *,
        running: RunningEvaluations,
        poller: QueuePoller,
        clock: Clock,
        on_end: Callable[[], None],
        on_room: Callable[[], None],
        on_put_back: Callable[[], None],
    ) -> None:
        """Put it together.

        Args:
            queue: where evaluations come from and go back to.
            rubrics: what they are judged by.
            broadcast: by which those who follow one hear of it.
            coaches: who judges.
            settings: how long a coach may take.
            running: all that runs in this process.
            poller: when the queue is looked at next.
            clock: the time.
            on_end: called when an evaluation has ended of which somebody may want to be told.
            on_room: called when another may be computed while the database is told of this one.
            on_put_back: called when one is in the queue again.
        """
        self._queue = queue
        self._rubrics = rubrics
        self._broadcast = broadcast
        self._coaches = coaches
        self._settings = settings
        self._running = running
        self._poller = poller
        self._clock = clock
        self._on_end = on_end
        self._on_room = on_room
        self._on_put_back = on_put_back
        self.live = InProgress[PartialEvaluation]()
        """What the evaluations that run here have so far."""

    async def work(self, job: Job) -> None:
        """Make one attempt."""
        so_far = self.live.begin(job.evaluation_id, PartialEvaluation(job.attempt))
        try:
            await self._attempt(job, so_far)
        except asyncio.CancelledError:
            # Cancelled or deleted by its owner, and then this changes nothing; or this process is closing.
            await settled(self.put_back(job), LONGEST_STORING_SECONDS)
            raise
        finally:
            self.live.end(job.evaluation_id, so_far)
            await self._broadcast.announce(job.evaluation_id)

    async def _attempt(self, job: Job, so_far: PartialEvaluation) -> None:
        _log.info("evaluation started", evaluation=job.evaluation_id, attempt=job.attempt, coach=job.coach)
        attempt = EvaluationRecorder(
            self._queue.database,
            self._broadcast,
            self._coaches,
            job,
            so_far=so_far,
            store_every=self._store_every,
            overloaded=self._running.is_overloaded,
        )
        longest = self._settings.longest_asking if job.coach == MODEL else self._settings.longest
        try:
            # Whichever process saved a document last: this evaluation is judged by it.
            await self._rubrics.renew()
            async with asyncio.timeout(longest):
                await attempt.judge(self._rubrics.get(job.rubric))
            # Once this has begun, the database alone says whether it is still ours: a heartbeat, or a process
            # that closes, would else come between the commit and what is said of it.
            self._running.conclude(job.evaluation_id)
            self._on_room()
            await settled(self._conclude(job, attempt), LONGEST_STORING_SECONDS)
        except LeaseLost:
            _log.info("evaluation taken away", evaluation=job.evaluation_id, attempt=job.attempt)
        except (CoachingError, ServiceError) as error:
            reason = type(error).__name__
            await self._fail(
                job.evaluation_id, job.attempt, job.failures + 1, str(error), coach=job.coach, reason=reason
            )
        except DATABASE_FAULTS:
            raise
        except Exception as error:  # noqa: BLE001 - a coach may break in any way; the writer is told, and the log
            _log.error("coach broke", evaluation=job.evaluation_id, attempt=job.attempt, exc_info=error)
            reason = type(error).__name__
            await self.end_badly(
                job.evaluation_id, job.attempt, job.failures + 1, coach=job.coach, reason=reason
            )

    async def _conclude(self, job: Job, attempt: EvaluationRecorder) -> None:
        seconds = await attempt.finish()
        if job.has_webhooks:
            self._on_end()
        _log.info("evaluation done", evaluation=job.evaluation_id, seconds=round(seconds, 3))
        provenance = attempt.provenance
        metrics.count_evaluation(
            coach=provenance.kind, status="done", reason=provenance.fallback_reason, seconds=seconds
        )
        if job.coach == MODEL and provenance.kind != MODEL:
            metrics.count_fallback(
                provenance.fallback_from or MODEL, provenance.kind, provenance.fallback_reason
            )

    async def end_badly(
        self, evaluation_id: str, attempt: int, failures: int, *, reason: str, coach: str = UNKNOWN
    ) -> None:
        """Put an evaluation back to be tried again a little later, or give it up."""
        if failures >= MOST_FAILURES:
            await self._fail(evaluation_id, attempt, failures, GAVE_UP, coach=coach, reason=reason)
            return
        not_before = self._clock.now() + timedelta(seconds=0.25 * 2**failures)
        await self._queue.requeue(evaluation_id, attempt, failures=failures, not_before=not_before)
        # Whoever waits is woken to hear of it.
        self._poller.look_at(not_before)
        self._poller.wake()
        await self._broadcast.announce(evaluation_id)

    async def _fail(
        self, evaluation_id: str, attempt: int, failures: int, sentence: str, *, coach: str, reason: str
    ) -> None:
        was_current = await self._queue.fail(evaluation_id, attempt, failures=failures, error=sentence)
        self._on_end()
        if was_current:
            metrics.count_evaluation(coach=coach, status="failed", reason=reason)
        await self._broadcast.announce(evaluation_id)

    async def put_back(self, job: Job | Expired) -> None:
        """Put an evaluation back as it was; where its attempt is over, this changes nothing."""
        await self._queue.requeue(job.evaluation_id, job.attempt, failures=job.failures, not_before=None)
        self._on_put_back()

    def _store_every(self) -> float:
        """Return the seconds between two stores of one evaluation: the more run, the longer."""
        return min(LONGEST_UNSTORED_SECONDS, slowed(STORE_EVERY_SECONDS, len(self._running)))
