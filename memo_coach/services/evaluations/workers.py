"""The workers of a process: they take evaluations from the queue, let the coach work, and store what it says.

A worker renews its lease while it works. Where it dies, the lease runs out and the evaluation goes back into
the queue, in this process or another; three bad ends, and it fails with a sentence. What keeps two workers
from both finishing is in :mod:`memo_coach.storage.repositories.jobs`. How many one writer may have waiting
stands in :mod:`memo_coach.services.usage.quotas`.
"""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import structlog
from sqlalchemy.exc import SQLAlchemyError

from memo_coach.coaching.errors import CoachingError
from memo_coach.coaching.short_texts import SHORT
from memo_coach.operations import metrics
from memo_coach.services.coaches.service import MODEL, Coaches, warm_up
from memo_coach.services.errors import ServiceError
from memo_coach.services.evaluations.progress import PartialEvaluation
from memo_coach.services.evaluations.queue_poller import Clock, QueuePoller
from memo_coach.services.evaluations.recorder import EvaluationRecorder, LeaseLost
from memo_coach.services.processes.messages import Messages
from memo_coach.services.rubrics import RubricService
from memo_coach.services.streaming import STORE_EVERY_SECONDS, Broadcast, InProgress, slowed
from memo_coach.storage.engine.cancellation import settled
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.repositories.jobs import Expired, Job, JobFilter, JobQueue
from memo_coach.translations import text

_log = structlog.get_logger(__name__)

_DATABASE_FAULTS = (SQLAlchemyError, DatabaseUnusable)

MOST_FAILURES = 3
Group = Literal["asking", "computing"]
"""Evaluations by a coach that waits for a model most of the time, and those by one that computes."""
BOTH: frozenset[Group] = frozenset({"asking", "computing"})
UNKNOWN = "unknown"
"""The kind of coach in the figures where the worker that had it is gone."""
_A_MOMENT = timedelta(milliseconds=1)
AT_A_TIME = 25
"""Evaluations that are taken in one transaction."""
LONG = 20_000
"""Characters of a text that takes more than a moment: memos that people write are rarely as long."""
LONGEST_UNSTORED_SECONDS = 5.0
LONGEST_LOOK_SECONDS = 8.0
"""How long a closing process waits for the look at the queue that is under way; a locked database takes 5."""
LONGEST_STORING_SECONDS = 30.0
"""How long somebody who cancels waits for the last store; a locked database takes 12."""
GAVE_UP = text("problem.gave_up")
"""Stored in English, for the worker does not know who will read it; pages say it in their own language."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How many evaluations run at once in a process, and the seconds that govern leases."""

    at_once: int = 2
    """The built-in coach computes, and two keep a small machine busy."""
    long_at_once: int = 4
    """Long texts beside those: they are read in processes of their own, which have a queue of their own."""
    beside: int = 10
    """So many more, of short memos, may wait for the process beside, which computes one after the other."""
    asking_at_once: int = 200
    """A coach that asks a model waits for it most of the time."""
    lease: float = 6.0
    heartbeat: float = 2.0
    look: float = 1.0
    """How often the queue is looked at without being told while other processes are at work on it."""
    idle_look: float = 20.0
    """The same while nobody is."""
    longest: float = 300.0
    """After this a coach counts as hung."""
    longest_asking: float = 900.0
    """The same for one that asks a model: there are retries, other models, and a repair."""
    drain: float = 3.0
    """How long a closing process lets running evaluations finish before it gives them back."""


class Workers:
    """Runs evaluations until it is closed."""

    def __init__(
        self,
        database: Database,
        rubrics: RubricService,
        broadcast: Broadcast,
        coaches: Coaches,
        settings: WorkerSettings | None = None,
        *,
        clock: Clock | None = None,
        on_end: Callable[[], None] = lambda: None,
        messages: Messages | None = None,
    ) -> None:
        """``on_end`` is called when an evaluation has ended of which somebody may want to be told.

        By ``messages`` the workers of other processes are told of what they may take, and are to stop.
        """
        self._messages = messages or Messages()
        self._messages.listen("queued", lambda _group, _count: self._wake_here(BOTH))
        self._messages.listen("stopped", self._stop_told)
        self._on_end = on_end
        self._database = database
        self._rubrics = rubrics
        self._broadcast = broadcast
        self._coaches = coaches
        self._settings = settings or WorkerSettings()
        self.live = InProgress[PartialEvaluation]()
        """What the evaluations that run here have so far."""
        self._name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._clock = clock or Clock()
        self._poller = QueuePoller(self._clock)
        self._closing = False
        self._running: dict[str, asyncio.Task[None]] = {}
        self._jobs: dict[str, Job] = {}
        self._asking: set[str] = set()
        """Those of the running ones that ask a model."""
        self._concluding: set[str] = set()
        """Those of them that are judged, and wait for the database to have it."""
        self._wanted: set[Group] = set()
        """The groups of which there may be something in the queue."""
        self._full: set[Group] = set()
        """Those of which there may be more in the queue than there was room for."""
        self._over = asyncio.Event()
        self._heart: asyncio.Task[None] | None = None
        self._dispatcher: asyncio.Task[None] | None = None
        self._warming: asyncio.Future[None] | None = None

    @property
    def is_alive(self) -> bool:
        """Whether queued evaluations are being taken."""
        return self._dispatcher is not None and not self._dispatcher.done()

    def start(self) -> None:
        """Begin to take evaluations; those of dead workers come back with the first look."""
        self._dispatcher = asyncio.create_task(self._dispatch(), name="evaluation dispatcher")
        self._heart = asyncio.create_task(self._renew_leases(), name="evaluation heartbeat")
        self._warming = asyncio.get_running_loop().run_in_executor(None, _warm_up)

    def wake(self, coach: str | None = None) -> None:
        """Take what is in the queue now: for this kind of coach, or for all."""
        groups: frozenset[Group] = BOTH
        if coach is not None:
            groups = frozenset({"asking" if coach == MODEL else "computing"})
        self._wake_here(groups)
        if self._closing or any(map(self._is_busy, groups)):
            self._messages.tell("queued", "evaluations")

    def _is_busy(self, group: Group) -> bool:
        """Whether as many of a group are at work here as are at once."""
        if group == "asking":
            return len(self._asking) >= self._settings.asking_at_once
        return self._computing_now >= self._settings.at_once

    def _wake_here(self, groups: frozenset[Group]) -> None:
        self._wanted |= groups
        self._poller.wake()

    def stop_work(self, evaluation_id: str) -> None:
        """Stop working on an evaluation that was cancelled or deleted, whichever process it runs in."""
        if not self._stop_here(evaluation_id):
            self._messages.tell("stopped", evaluation_id)

    def _stop_told(self, evaluation_id: str, _count: float) -> None:
        self._stop_here(evaluation_id)

    def _stop_here(self, evaluation_id: str) -> bool:
        task = self._running.get(evaluation_id)
        return task is not None and task.cancel()

    async def close(self) -> None:
        """Take no more, let the running ones finish for a moment, and give the others back at once."""
        self._closing = True
        self._poller.wake()
        if self._dispatcher is not None:
            # It ends by itself between two looks. Cancelled in the middle of a query, the driver can be left
            # waiting for a thread that has ended, and the process with it.
            _, looking = await asyncio.wait({self._dispatcher}, timeout=LONGEST_LOOK_SECONDS)
            if looking:
                self._dispatcher.cancel()
                await asyncio.wait(looking)
        if self._warming is not None:
            await asyncio.wait({self._warming})
        if self._running:
            _, unfinished = await asyncio.wait(self._running.values(), timeout=self._settings.drain)
            for task in unfinished:
                task.cancel()
            if unfinished:
                await asyncio.wait(unfinished)
        # Not cancelled, for it may be in the middle of a query, and not before the work that it keeps alive.
        self._over.set()
        if self._heart is not None:
            await asyncio.wait({self._heart})

    async def _dispatch(self) -> None:
        while not self._closing:
            try:
                if self._poller.is_due:
                    await self._poll()
                while self._wanted and not self._closing:
                    await self._take()
            except Exception as error:  # noqa: BLE001 - it may pass; without this loop nothing is judged
                # The database may come back; the health check says so meanwhile.
                _log.error("queue cannot be read", exc_info=error)
                self._wanted |= BOTH
                self._poller.put_off(self._settings.look)
            if self._closing:
                return
            await self._poller.wait()

    async def _poll(self) -> None:
        """See what nobody has told: what other processes have queued or left, now or for later."""
        moment = self._clock.now()
        async with self._database.read() as session:
            found = await JobQueue(session).queue_status(self._name)
        self._poller.put_off(self._settings.look if found.others else self._settings.idle_look)
        if found.lease_ends is not None and found.lease_ends < moment:
            await self._requeue_expired()
            self._poller.look_within(self._settings.look)  # the next lease may end soon
        elif found.lease_ends is not None:
            self._poller.look_at(found.lease_ends + _A_MOMENT)
        if found.waiting or (found.waits_until is not None and found.waits_until <= moment):
            self._wanted |= BOTH
        elif found.waits_until is not None:
            self._poller.look_at(found.waits_until)

    async def _requeue_expired(self) -> None:
        async with self._database.read() as session:
            expired = await JobQueue(session).expired(self._clock.now())
        for lost in expired:
            mine = self._jobs.get(lost.evaluation_id)
            if mine is not None and mine.attempt == lost.attempt:
                continue  # it runs here; only the heartbeat is late
            if lost.worker == self._name:
                # The answer to a commit was lost, so it was taken and never begun. That is no coach's fault.
                _log.warning("evaluation was not begun", evaluation=lost.evaluation_id, attempt=lost.attempt)
                await self._put_back(lost)
                await self._broadcast.announce(lost.evaluation_id)
                continue
            _log.warning("worker lost", evaluation=lost.evaluation_id, attempt=lost.attempt)
            await self._end_badly(lost.evaluation_id, lost.attempt, lost.failures + 1, reason="WorkerLost")

    async def _take(self) -> None:
        """Take what there is room for, in one transaction, and begin it."""
        wanted, self._wanted = self._wanted, set()
        self._full -= wanted
        looked_for = []
        for group in wanted:
            kinds, room = self._room_for(group)
            if room > 0:
                looked_for.append((group, kinds, min(room, AT_A_TIME)))
            else:
                self._full.add(group)
        if not looked_for:
            return
        moment, taken = self._clock.now(), []
        async with self._database.write() as session:
            for group, kinds, at_most in looked_for:
                jobs = await JobQueue(session).take_some(
                    self._name, moment, moment + self._lease, kinds, at_most=at_most
                )
                taken += jobs
                if len(jobs) == at_most:
                    self._wanted.add(group)  # there may be more
        for job in taken:
            self._begin(job)

    def _room_for(self, group: Group) -> tuple[JobFilter, int]:
        """Say which evaluations of a group may be taken, and how many."""
        if group == "asking":
            return JobFilter((MODEL,)), self._settings.asking_at_once - len(self._asking)
        room = self._settings.at_once - self._computing_now
        if room <= 0 and self._coaches.uses_coach_process:
            self._full.add("computing")  # there may be longer ones
            return JobFilter((MODEL,), included=False, longest=SHORT), room + self._settings.beside
        return self._computing(room)

    @property
    def _computing_now(self) -> int:
        return len(self._computing_jobs)

    @property
    def _computing_jobs(self) -> list[Job]:
        """Those that a coach is computing."""
        others = self._asking | self._concluding
        return [job for key, job in self._jobs.items() if key not in others]

    def _computing(self, room: int) -> tuple[JobFilter, int]:
        """Say which of the evaluations that compute may be taken, and how many.

        Long ones take no place of the others: a short memo does not wait for the end of a long one, which
        takes a second or two.
        """
        long = sum(len(job.text) > LONG for job in self._computing_jobs)
        room, room_for_long = room + long, self._settings.long_at_once - long
        if room_for_long > 0:
            return JobFilter((MODEL,), included=False), min(room, room_for_long)
        self._full.add("computing")  # there may be long ones
        return JobFilter((MODEL,), included=False, longest=LONG), room

    @property
    def _is_overloaded(self) -> bool:
        """Whether more evaluations have to be computed than are at once.

        Those that are to be stored count as well: the loop has them to do, and would compute the next one.
        """
        here = len(self._running) - len(self._asking)
        return here > self._settings.at_once or "computing" in self._wanted | self._full

    def _begin(self, job: Job) -> None:
        task = asyncio.create_task(self._work(job), name=f"evaluation {job.evaluation_id}")
        self._running[job.evaluation_id] = task
        self._jobs[job.evaluation_id] = job
        if job.coach == MODEL:
            self._asking.add(job.evaluation_id)
        task.add_done_callback(lambda _: self._ended(job.evaluation_id, task))

    def _ended(self, evaluation_id: str, task: asyncio.Task[None]) -> None:
        if self._running.get(evaluation_id) is task:
            del self._running[evaluation_id]
            del self._jobs[evaluation_id]
            self._asking.discard(evaluation_id)
            self._concluding.discard(evaluation_id)
        if not task.cancelled() and (error := task.exception()) is not None:
            # What could not even be stored: the lease runs out, and the evaluation is tried again.
            _log.error("evaluation abandoned", evaluation=evaluation_id, exc_info=error)
            self._poller.look_within(self._settings.lease)
        self._take_more()

    def _make_room(self, job: Job) -> None:
        """Let another be computed while the database is told of this one."""
        self._concluding.add(job.evaluation_id)
        self._take_more()

    def _take_more(self) -> None:
        # Those that wait beside are taken several at a time, and before there is none left to compute.
        few = self._settings.at_once + self._settings.beside // 2
        freed = {each for each in self._full if each == "asking" or self._computing_now <= few}
        if freed:
            self._full -= freed
            self._wanted |= freed
            self._poller.wake()

    async def _work(self, job: Job) -> None:
        so_far = self.live.begin(job.evaluation_id, PartialEvaluation(job.attempt))
        try:
            await self._attempt(job, so_far)
        except asyncio.CancelledError:
            # Cancelled or deleted by its owner, and then this changes nothing; or this process is closing.
            await settled(self._put_back(job), LONGEST_STORING_SECONDS)
            raise
        finally:
            self.live.end(job.evaluation_id, so_far)
            await self._broadcast.announce(job.evaluation_id)

    async def _attempt(self, job: Job, so_far: PartialEvaluation) -> None:
        _log.info("evaluation started", evaluation=job.evaluation_id, attempt=job.attempt, coach=job.coach)
        attempt = EvaluationRecorder(
            self._database,
            self._broadcast,
            self._coaches,
            job,
            so_far=so_far,
            store_every=self._store_every,
            overloaded=self._is_overloaded,
        )
        longest = self._settings.longest_asking if job.coach == MODEL else self._settings.longest
        try:
            # Whichever process saved a document last: this evaluation is judged by it.
            await self._rubrics.renew()
            async with asyncio.timeout(longest):
                await attempt.judge(self._rubrics.get(job.rubric))
            # Once this has begun, the database alone says whether it is still ours: a heartbeat, or a process
            # that closes, would else come between the commit and what is said of it.
            self._make_room(job)
            await settled(self._conclude(job, attempt), LONGEST_STORING_SECONDS)
        except LeaseLost:
            _log.info("evaluation taken away", evaluation=job.evaluation_id, attempt=job.attempt)
        except (CoachingError, ServiceError) as error:
            reason = type(error).__name__
            await self._fail(
                job.evaluation_id, job.attempt, job.failures + 1, str(error), coach=job.coach, reason=reason
            )
        except _DATABASE_FAULTS:
            raise
        except Exception as error:  # noqa: BLE001 - a coach may break in any way; the writer is told, and the log
            _log.error("coach broke", evaluation=job.evaluation_id, attempt=job.attempt, exc_info=error)
            reason = type(error).__name__
            await self._end_badly(
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

    async def _renew_leases(self) -> None:
        """Renew the leases of all that runs here, in one go, and stop what is no longer ours."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.heartbeat):
                    await self._over.wait()
            if self._over.is_set():
                return
            if not self._running:
                continue
            running = dict(self._jobs)
            try:
                async with self._database.write() as session:
                    held = await JobQueue(session).renew_all(
                        self._name, self._clock.now() + self._lease, list(running)
                    )
            except _DATABASE_FAULTS as error:
                _log.error("leases cannot be renewed", exc_info=error)
                continue
            for job in running.values():
                lost = (job.evaluation_id, job.attempt) not in held
                # Meanwhile it may have ended, and another attempt may be under way.
                if lost and self._jobs.get(job.evaluation_id) is job:
                    self._stop_here(job.evaluation_id)

    async def _end_badly(
        self, evaluation_id: str, attempt: int, failures: int, *, reason: str, coach: str = UNKNOWN
    ) -> None:
        if failures >= MOST_FAILURES:
            await self._fail(evaluation_id, attempt, failures, GAVE_UP, coach=coach, reason=reason)
            return
        not_before = self._clock.now() + timedelta(seconds=0.25 * 2**failures)
        async with self._database.write() as session:
            await JobQueue(session).requeue(evaluation_id, attempt, failures=failures, not_before=not_before)
        self._look_at(not_before)
        await self._broadcast.announce(evaluation_id)

    async def _fail(
        self, evaluation_id: str, attempt: int, failures: int, sentence: str, *, coach: str, reason: str
    ) -> None:
        async with self._database.write() as session:
            was_current = await JobQueue(session).fail(
                evaluation_id, attempt, now=self._clock.now(), failures=failures, error=sentence
            )
        self._on_end()
        if was_current:
            metrics.count_evaluation(coach=coach, status="failed", reason=reason)
        await self._broadcast.announce(evaluation_id)

    async def _put_back(self, job: Job | Expired) -> None:
        """Put an evaluation back as it was; where its attempt is over, this changes nothing."""
        async with self._database.write() as session:
            await JobQueue(session).requeue(
                job.evaluation_id, job.attempt, failures=job.failures, not_before=None
            )
        self.wake()

    def _look_at(self, moment: datetime) -> None:
        """Look at the queue when a moment has come; whoever waits is woken to hear of it."""
        self._poller.look_at(moment)
        self._poller.wake()

    def _store_every(self) -> float:
        """Return the seconds between two stores of one evaluation: the more run, the longer."""
        return min(LONGEST_UNSTORED_SECONDS, slowed(STORE_EVERY_SECONDS, len(self._running)))

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self._settings.lease)


def _warm_up() -> None:
    """Load in a thread what would else keep the pages waiting when it is first used."""
    warm_up()
    metrics.load()
    # Some hundred thousand objects that stay for good: each full collection would look through them, and stop
    # the event loop for as long.
    gc.freeze()
