"""The workers of a process: they take evaluations from the queue, and let the coach work on them.

A worker renews its lease while it works (:mod:`memo_coach.services.evaluations.lease_renewal`). Where it
dies, the lease runs out and the evaluation goes back into the queue, in this process or another. What keeps
two workers from both finishing is in :mod:`memo_coach.storage.repositories.jobs`. How many one writer may
have waiting stands in :mod:`memo_coach.services.usage.quotas`.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from datetime import timedelta

import structlog

from memo_coach.operations import metrics
from memo_coach.services.coaches.service import MODEL, Coaches, warm_up
from memo_coach.services.evaluations.attempts import Attempts
from memo_coach.services.evaluations.lease_renewal import LeaseRenewal
from memo_coach.services.evaluations.progress import PartialEvaluation
from memo_coach.services.evaluations.queue_poller import Clock, QueuePoller
from memo_coach.services.evaluations.running import BOTH, Group, RunningEvaluations
from memo_coach.services.evaluations.worker_queue import WorkerQueue
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.services.processes.messages import Messages
from memo_coach.services.rubrics import RubricService
from memo_coach.services.streaming import Broadcast, InProgress
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.jobs import Job

_log = structlog.get_logger(__name__)

_A_MOMENT = timedelta(milliseconds=1)
AT_A_TIME = 25
"""Evaluations that are taken in one transaction."""
LONGEST_LOOK_SECONDS = 8.0
"""How long a closing process waits for the look at the queue that is under way; a locked database takes 5."""


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
        self._broadcast = broadcast
        self._settings = settings or WorkerSettings()
        self._clock = clock or Clock()
        self._poller = QueuePoller(self._clock)
        self._queue = WorkerQueue(database, self._clock, lease=self._settings.lease)
        self._running = RunningEvaluations(
            self._settings, has_process_beside=lambda: coaches.uses_coach_process
        )
        self._leases = LeaseRenewal(self._queue, self._running, every=self._settings.heartbeat)
        self._attempts = Attempts(
            self._queue,
            rubrics,
            broadcast,
            coaches,
            self._settings,
            running=self._running,
            poller=self._poller,
            clock=self._clock,
            on_end=on_end,
            on_room=self._take_more,
            on_put_back=self.wake,
        )
        self._closing = False
        self._dispatcher: asyncio.Task[None] | None = None
        self._warming: asyncio.Future[None] | None = None

    @property
    def live(self) -> InProgress[PartialEvaluation]:
        """What the evaluations that run here have so far."""
        return self._attempts.live

    @property
    def is_alive(self) -> bool:
        """Whether queued evaluations are being taken."""
        return self._dispatcher is not None and not self._dispatcher.done()

    def start(self) -> None:
        """Begin to take evaluations; those of dead workers come back with the first look."""
        self._dispatcher = asyncio.create_task(self._dispatch(), name="evaluation dispatcher")
        self._leases.start()
        self._warming = asyncio.get_running_loop().run_in_executor(None, _warm_up)

    def wake(self, coach: str | None = None) -> None:
        """Take what is in the queue now: for this kind of coach, or for all."""
        groups: frozenset[Group] = BOTH
        if coach is not None:
            groups = frozenset({"asking" if coach == MODEL else "computing"})
        self._wake_here(groups)
        if self._closing or any(map(self._running.is_busy, groups)):
            self._messages.tell("queued", "evaluations")

    def _wake_here(self, groups: frozenset[Group]) -> None:
        self._running.wanted |= groups
        self._poller.wake()

    def stop_work(self, evaluation_id: str) -> None:
        """Stop working on an evaluation that was cancelled or deleted, whichever process it runs in."""
        if not self._running.stop(evaluation_id):
            self._messages.tell("stopped", evaluation_id)

    def _stop_told(self, evaluation_id: str, _count: float) -> None:
        self._running.stop(evaluation_id)

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
            _, unfinished = await asyncio.wait(self._running.tasks.values(), timeout=self._settings.drain)
            for task in unfinished:
                task.cancel()
            if unfinished:
                await asyncio.wait(unfinished)
        await self._leases.close()  # not before the work that it keeps alive

    async def _dispatch(self) -> None:
        while not self._closing:
            try:
                if self._poller.is_due:
                    await self._poll()
                while self._running.wanted and not self._closing:
                    await self._take()
            except Exception as error:  # noqa: BLE001 - it may pass; without this loop nothing is judged
                # The database may come back; the health check says so meanwhile.
                _log.error("queue cannot be read", exc_info=error)
                self._running.wanted |= BOTH
                self._poller.put_off(self._settings.look)
            if self._closing:
                return
            await self._poller.wait()

    async def _poll(self) -> None:
        """See what nobody has told: what other processes have queued or left, now or for later."""
        moment = self._clock.now()
        found = await self._queue.status()
        self._poller.put_off(self._settings.look if found.others else self._settings.idle_look)
        if found.lease_ends is not None and found.lease_ends < moment:
            await self._requeue_expired()
            self._poller.look_within(self._settings.look)  # the next lease may end soon
        elif found.lease_ends is not None:
            self._poller.look_at(found.lease_ends + _A_MOMENT)
        if found.waiting or (found.waits_until is not None and found.waits_until <= moment):
            self._running.wanted |= BOTH
        elif found.waits_until is not None:
            self._poller.look_at(found.waits_until)

    async def _requeue_expired(self) -> None:
        for lost in await self._queue.expired():
            mine = self._running.jobs.get(lost.evaluation_id)
            if mine is not None and mine.attempt == lost.attempt:
                continue  # it runs here; only the heartbeat is late
            if lost.worker == self._queue.name:
                # The answer to a commit was lost, so it was taken and never begun. That is no coach's fault.
                _log.warning("evaluation was not begun", evaluation=lost.evaluation_id, attempt=lost.attempt)
                await self._attempts.put_back(lost)
                await self._broadcast.announce(lost.evaluation_id)
                continue
            _log.warning("worker lost", evaluation=lost.evaluation_id, attempt=lost.attempt)
            await self._attempts.end_badly(
                lost.evaluation_id, lost.attempt, lost.failures + 1, reason="WorkerLost"
            )

    async def _take(self) -> None:
        """Take what there is room for, in one transaction, and begin it."""
        rooms = [(group, kinds, min(room, AT_A_TIME)) for group, kinds, room in self._running.rooms()]
        if not rooms:
            return
        taken = await self._queue.take((kinds, at_most) for _, kinds, at_most in rooms)
        for (group, _, at_most), jobs in zip(rooms, taken, strict=True):
            if len(jobs) == at_most:
                self._running.wanted.add(group)  # there may be more
        for jobs in taken:
            for job in jobs:
                self._begin(job)

    def _begin(self, job: Job) -> None:
        task = asyncio.create_task(self._attempts.work(job), name=f"evaluation {job.evaluation_id}")
        self._running.begin(job, task)
        task.add_done_callback(lambda _: self._ended(job.evaluation_id, task))

    def _ended(self, evaluation_id: str, task: asyncio.Task[None]) -> None:
        self._running.end(evaluation_id, task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # What could not even be stored: the lease runs out, and the evaluation is tried again.
            _log.error("evaluation abandoned", evaluation=evaluation_id, exc_info=error)
            self._poller.look_within(self._settings.lease)
        self._take_more()

    def _take_more(self) -> None:
        if self._running.want_again():
            self._poller.wake()


def _warm_up() -> None:
    """Load in a thread what would else keep the pages waiting when it is first used."""
    warm_up()
    metrics.load()
    # Some hundred thousand objects that stay for good: each full collection would look through them, and stop
    # the event loop for as long.
    gc.freeze()
