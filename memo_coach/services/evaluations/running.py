"""The evaluations that run in a process, and how many more there is room for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

from memo_coach.coaching.short_texts import SHORT
from memo_coach.services.coaches.service import MODEL
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.storage.repositories.jobs import Job, JobFilter

Group = Literal["asking", "computing"]
"""Evaluations by a coach that waits for a model most of the time, and those by one that computes."""
BOTH: frozenset[Group] = frozenset({"asking", "computing"})
LONG = 20_000
"""Characters of a text that takes more than a moment: memos that people write are rarely as long."""


class RunningEvaluations:
    """What runs here, of what there may be more in the queue, and of what there is room for."""

    def __init__(self, settings: WorkerSettings, *, has_process_beside: Callable[[], bool]) -> None:
        """``has_process_beside`` is whether short memos are computed by a process beside."""
        self._settings = settings
        self._has_process_beside = has_process_beside
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.jobs: dict[str, Job] = {}
        self._asking: set[str] = set()
        """Those of the running ones that ask a model."""
        self._concluding: set[str] = set()
        """Those of them that are judged, and wait for the database to have it."""
        self.wanted: set[Group] = set()
        """The groups of which there may be something in the queue."""
        self._full: set[Group] = set()
        """Those of which there may be more in the queue than there was room for."""

    def __len__(self) -> int:
        return len(self.tasks)

    def begin(self, job: Job, task: asyncio.Task[None]) -> None:
        """Note that an evaluation runs here."""
        self.tasks[job.evaluation_id] = task
        self.jobs[job.evaluation_id] = job
        if job.coach == MODEL:
            self._asking.add(job.evaluation_id)

    def conclude(self, evaluation_id: str) -> None:
        """Note that an evaluation is judged, and only waits for the database."""
        self._concluding.add(evaluation_id)

    def end(self, evaluation_id: str, task: asyncio.Task[None]) -> None:
        """Note that an attempt is over; another one at the same evaluation may run already."""
        if self.tasks.get(evaluation_id) is task:
            del self.tasks[evaluation_id]
            del self.jobs[evaluation_id]
            self._asking.discard(evaluation_id)
            self._concluding.discard(evaluation_id)

    def stop(self, evaluation_id: str) -> bool:
        """Cancel the work on an evaluation; return whether it ran here."""
        task = self.tasks.get(evaluation_id)
        return task is not None and task.cancel()

    def is_busy(self, group: Group) -> bool:
        """Whether as many of a group are at work here as are at once."""
        if group == "asking":
            return len(self._asking) >= self._settings.asking_at_once
        return self._computing_now >= self._settings.at_once

    @property
    def is_overloaded(self) -> bool:
        """Whether more evaluations have to be computed than are at once.

        Those that are to be stored count as well: the loop has them to do, and would compute the next one.
        """
        here = len(self.tasks) - len(self._asking)
        return here > self._settings.at_once or "computing" in self.wanted | self._full

    def rooms(self) -> list[tuple[Group, JobFilter, int]]:
        """Return of which wanted groups something may be taken, and how many; none is wanted any more."""
        wanted, self.wanted = self.wanted, set()
        self._full -= wanted
        rooms = []
        for group in wanted:
            kinds, room = self._room_for(group)
            if room > 0:
                rooms.append((group, kinds, room))
            else:
                self._full.add(group)
        return rooms

    def want_again(self) -> bool:
        """Want more of the groups that there was no room for and is now; return whether there are any."""
        # Those that wait beside are taken several at a time, and before there is none left to compute.
        few = self._settings.at_once + self._settings.beside // 2
        freed = {each for each in self._full if each == "asking" or self._computing_now <= few}
        self._full -= freed
        self.wanted |= freed
        return bool(freed)

    def _room_for(self, group: Group) -> tuple[JobFilter, int]:
        """Say which evaluations of a group may be taken, and how many."""
        if group == "asking":
            return JobFilter((MODEL,)), self._settings.asking_at_once - len(self._asking)
        room = self._settings.at_once - self._computing_now
        if room <= 0 and self._has_process_beside():
            self._full.add("computing")  # there may be longer ones
            return JobFilter((MODEL,), included=False, longest=SHORT), room + self._settings.beside
        return self._computing(room)

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
    def _computing_now(self) -> int:
        return len(self._computing_jobs)

    @property
    def _computing_jobs(self) -> list[Job]:
        """Those that a coach is computing."""
        others = self._asking | self._concluding
        return [job for key, job in self.jobs.items() if key not in others]
