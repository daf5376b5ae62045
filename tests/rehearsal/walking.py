"""Walk stages as a graph: each begins when those that it needs have passed; one that fails stops all."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from tests.rehearsal import commands, paths, report
from tests.rehearsal.at_work import Halt, HaltedError, RehearsalError, Step, Work
from tests.rehearsal.report import Result

World = TypeVar("World")


@dataclass(frozen=True)
class Stage(Generic[World]):
    """One stage: what it proves, and when it may begin."""

    name: str
    what: str
    run: Callable[[World], str]
    """Does it, and gives what was measured."""
    needs: tuple[str, ...] = ()
    """What must have passed before; whoever asks for this stage gets these too."""
    after: tuple[str, ...] = ()
    """What must be over before, where it is walked at all: the two would disturb each other."""
    by_name_only: bool = False
    """Whether it is walked only where somebody asks for it by its name: it has not been seen to pass yet."""


def chosen(stages: Sequence[Stage[World]], names: Sequence[str]) -> list[Stage[World]]:
    """Return the stages of these names with all that they need, in order; for no name, the usual ones.

    Raises:
        KeyError: there is no stage of that name.
    """
    by_name = {stage.name: stage for stage in stages}
    wanted: set[str] = set()

    def want(name: str) -> None:
        wanted.add(name)
        for need in by_name[name].needs:
            want(need)

    for name in names or [stage.name for stage in stages if not stage.by_name_only]:
        want(name)
    return [stage for stage in stages if stage.name in wanted]


@dataclass
class Walk(Generic[World]):
    """One walk of stages."""

    stages: Sequence[Stage[World]]
    say: Callable[[str], None]
    begun: float = field(default_factory=time.monotonic)
    """From when the times of the stages are counted."""
    results: dict[str, Result] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    _halt: Halt = field(default_factory=Halt)
    _ended: queue.SimpleQueue[Result] = field(default_factory=queue.SimpleQueue)
    _threads: dict[str, threading.Thread] = field(default_factory=dict)

    def go(self, world: World) -> None:
        """Walk until every stage has ended, or one has failed and the others have stopped.

        Raises:
            KeyboardInterrupt: a person wants an end; everything has stopped.
        """
        stopped_by = "interrupted"
        try:
            while len(self.results) < len(self.stages):
                for stage in self._ready():
                    self._begin(stage, world)
                result = self._take()
                if result.outcome == "failed":
                    stopped_by = f"{result.stage} failed"
                    break
        finally:
            self._stop(stopped_by)

    def in_order(self) -> list[Result]:
        """Return what came of the stages so far, in their order."""
        return [self.results[stage.name] for stage in self.stages if stage.name in self.results]

    def _ready(self) -> list[Stage[World]]:
        walked = {stage.name for stage in self.stages}
        return [
            stage
            for stage in self.stages
            if stage.name not in self._threads
            and all(before in self.results for before in (*stage.needs, *walked.intersection(stage.after)))
        ]

    def _begin(self, stage: Stage[World], world: World) -> None:
        self.say(f"{stage.name}: {stage.what}.")
        thread = threading.Thread(target=self._run, args=(stage, world), name=stage.name)
        thread.start()
        self._threads[stage.name] = thread

    def _take(self) -> Result:
        """Wait for the next stage to end; give and tell what came of it."""
        result = self._ended.get()
        self.results[result.stage] = result
        if result.outcome == "failed":
            self.say(f"{result.stage}: FAILED after {report.time(result.seconds)}. {result.said}")
        elif result.outcome == "passed":
            said = f"; {result.said}" if result.said else ""
            self.say(f"{result.stage}: passed in {report.time(result.seconds)}{said}.")
        return result

    def _stop(self, why: str) -> None:
        """End what is still at work, and note what was not walked to its end, with the reason."""
        unfinished = [stage for stage in self.stages if stage.name not in self.results]
        if unfinished:
            self._halt.give()
        for thread in self._threads.values():
            thread.join()
        # One that failed by itself at the same time has a reason of its own, which is told too.
        while not self._ended.empty():
            self._take()
        for stage in unfinished:
            came = self.results.get(stage.name, Result(stage.name, "not run", 0))
            if came.outcome == "not run":
                self.results[stage.name] = replace(came, said=why)

    def _run(self, stage: Stage[World], world: World) -> None:
        work = Work(stage.name, self._halt)
        started = time.monotonic()

        def result(outcome: report.Outcome, said: str) -> Result:
            return Result(stage.name, outcome, time.monotonic() - started, said, started - self.begun)

        with work.begun():
            try:
                self._halt.heed()
                came = result("passed", stage.run(world))
            except HaltedError as error:
                came = result("not run", str(error))
            except RehearsalError as error:
                came = result("failed", str(error))
            except BaseException as error:  # noqa: BLE001 - whatever it was, the others must learn of it
                with commands.log_of("error").open("a", encoding="utf-8") as log:
                    traceback.print_exc(file=log)
                place = commands.log_of("error").relative_to(paths.ROOT)
                came = result("failed", f"{type(error).__name__}: {error}\nIts place is in {place}.")
        self.steps += work.steps
        self._ended.put(came)
