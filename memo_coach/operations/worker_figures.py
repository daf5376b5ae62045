"""The figures of all workers of a server, whichever of them is asked, and what each worker's process takes.

The library keeps what each counts in files of a folder that ``PROMETHEUS_MULTIPROC_DIR`` names. The names of
the files tell which processes there are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from memo_coach.operations.figures import NAME

_FILE = re.compile(r"_(?P<process>\d+)\.db")


class ProcessesCollector(Collector):
    """What each process takes, under its place among them: numbers of the system would be ever new labels."""

    def __init__(self, processes: Iterable[int]) -> None:
        self._processes = sorted(processes)

    def collect(self) -> Iterator[Metric]:
        """Yield each figure once, with a sample for every process."""
        found: dict[str, Metric] = {}
        for place, process in enumerate(self._processes, start=1):
            for metric in _of_process(process):
                together = found.setdefault(
                    metric.name, Metric(metric.name, metric.documentation, metric.type)
                )
                for sample in metric.samples:
                    together.add_sample(sample.name, {"process": str(place)}, sample.value)
        yield from found.values()


def registry_of_workers() -> CollectorRegistry:
    """Return what all workers have counted; what a dead one had open is no longer counted."""
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    alive = set()
    for process in _processes_in(folder):
        if _is_alive(process):
            alive.add(process)
        else:
            mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]  # the library's own
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    registry.register(ProcessesCollector(alive | {os.getpid()}))
    return registry


def _of_process(process: int) -> Iterable[Metric]:
    collector = ProcessCollector(namespace=NAME, pid=lambda: process, registry=None)
    return collector.collect()


def _processes_in(folder: Path) -> set[int]:
    found = (_FILE.search(each.name) for each in folder.glob("*.db"))
    return {int(each["process"]) for each in found if each is not None}


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
