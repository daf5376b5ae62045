"""How a run is spread over the cores: two processes a core, whole files, the longest work first.

A file stays in one process, so that what its tests share is made once. Files are handed out in the order of
collection: what takes long begins early, and what is short fills up the end evenly.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PROCESSES_PER_CORE = 2
"""Tests wait much of their time: for a browser, a server, another program. With one process a core the core
waits as well; with two the other one computes. Each process collects all tests and starts servers of its
own, which is the price of more. Three a core and more have not been measured."""
MOST_PROCESSES = 8
"""Each has servers, a Postgres and a browser of its own: more of them need more memory than a laptop has."""
LONGEST_FIRST = ("e2e", "integration/backup", "integration", "metamorphic")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return the number of processes for ``-n auto``, from the cores that we may use."""
    return min(MOST_PROCESSES, PROCESSES_PER_CORE * len(os.sched_getaffinity(0)))


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Hand out whole files in the order of collection, unless the command line wants something else."""
    if getattr(config.option, "dist", None) == "no" and config.option.numprocesses:
        config.option.dist = "loadfile"
        config.option.loadscopereorder = False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first; within a part everything stays in its order."""
    items.sort(key=lambda item: _place(item.path))


def _place(path: Path) -> int:
    inside = path.relative_to(TESTS) if path.is_relative_to(TESTS) else path
    for place, part in enumerate(LONGEST_FIRST):
        if inside.is_relative_to(part):
            return place
    return len(LONGEST_FIRST)
