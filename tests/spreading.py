"""How a run is spread over the cores: two processes a core, whole files, the longest work first.

A file stays in one process, so that what its tests share is made once; so do files that share what is dear to
make. They are handed out in the order of collection: what takes long begins early, and what is short fills up
the end evenly.
"""

from __future__ import annotations

import functools
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
LONGEST_FIRST = ("e2e", "integration/models", "integration/backup", "integration", "metamorphic")
TOGETHER = (
    ("tests/e2e/test_model_",),
    (
        "tests/integration/models/",
        "tests/integration/providers/",
        "tests/unit/services/coaches/test_model_coaches.py",
        "tests/unit/services/administration/test_self_tests_of_an_installation.py",
    ),
)
"""How the files begin that stay in one process, group by group, because they ask models: each process that
does so loads the providers' library, and each server of the end-to-end tests does, which is seconds of work
every time."""


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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Keep the files together that share more than their own."""
    if config.option.dist != "loadfile":
        return None
    # A run without xdist has this plugin, too.
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # noqa: PLC0415

    class Together(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            found = next(filter(nodeid.startswith, TOGETHER), None)
            return str(super()._split_scope(nodeid)) if found is None else found[0]

    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first, and what stays together first in its part; all else stays in order."""
    items.sort(key=lambda item: _place(item.path))


@functools.cache
def _place(path: Path) -> tuple[int, bool]:
    inside = path.relative_to(TESTS) if path.is_relative_to(TESTS) else path
    apart = not f"{TESTS.name}/{inside.as_posix()}".startswith(sum(TOGETHER, ()))
    for place, part in enumerate(LONGEST_FIRST):
        if inside.is_relative_to(part):
            return place, apart
    return len(LONGEST_FIRST), apart
