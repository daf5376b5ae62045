"""Run checks beside each other, and say of each how it ended and how long it took.

A check is a command. Exit status 0 is a pass; 69 (``EX_UNAVAILABLE``) says that this machine lacks what the
check needs, and why; anything else is a failure. A check that could not be made is never passed over in
silence: it is named at the very end, and where ``CI`` is set it counts as a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TextIO

from tests.checks.repository import ROOT

UNAVAILABLE = 69
PRODUCT = ROOT / ".venv" / "bin"
OPERATIONS = ROOT / ".venv-operations" / "bin"


@dataclass(frozen=True)
class Check:
    """One command that must end with status 0."""

    name: str
    command: tuple[str, ...]
    tools: Path = PRODUCT
    """The folder whose programs are found first."""
    directory: str = "."
    """Where the command runs, below the repository's root."""
    environment: Mapping[str, str] | None = None
    """Variables added to those of this process."""


class Result(Enum):
    """How a check ended, in the word that is printed."""

    PASSED = "ok"
    FAILED = "FAILED"
    NOT_CHECKED = "NOT CHECKED"


@dataclass(frozen=True)
class Outcome:
    """A check that has ended."""

    check: Check
    result: Result
    seconds: float
    output: str


def run(check: Check) -> Outcome:
    """Run one check to its end."""
    start = time.monotonic()
    # What a check prints is kept and shown later, perhaps in a log: colours would only be noise there.
    environment = {**os.environ, "NO_COLOR": "1", **(check.environment or {})}
    environment["PATH"] = os.pathsep.join([str(check.tools), environment.get("PATH", os.defpath)])
    directory = ROOT / check.directory
    if not directory.is_dir():
        return Outcome(check, Result.FAILED, 0.0, f"there is no {check.directory}/\n")
    own = "/" in check.command[0]
    program = shutil.which(
        directory / check.command[0] if own else check.command[0], path=environment["PATH"]
    )
    if program is None and own:
        return Outcome(
            check, Result.FAILED, 0.0, f"there is no {check.directory}/{check.command[0]} to run\n"
        )
    if program is None:
        return Outcome(check, Result.NOT_CHECKED, 0.0, f"{check.command[0]} is missing on this machine\n")
    ended = subprocess.run(
        (program, *check.command[1:]),
        cwd=directory,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    results = {0: Result.PASSED, UNAVAILABLE: Result.NOT_CHECKED}
    result = results.get(ended.returncode, Result.FAILED)
    return Outcome(check, result, time.monotonic() - start, ended.stdout)


def run_all(checks: Sequence[Check], stream: TextIO = sys.stdout, *, strict: bool | None = None) -> int:
    """Run checks, as many at a time as there are processors; give the exit status for all of them.

    Args:
        checks: started in this order, so the slowest belong first.
        stream: where the lines go.
        strict: whether a check that could not be made is a failure; by default where ``CI`` is set.
    """
    strict = in_continuous_integration() if strict is None else strict
    start = time.monotonic()
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 1)) as pool:
        running: list[Future[Outcome]] = [pool.submit(run, check) for check in checks]
        for future in as_completed(running):
            outcome = future.result()
            outcomes.append(outcome)
            stream.write(f"{outcome.result.value:<11} {outcome.seconds:6.1f} s  {outcome.check.name}\n")
            stream.flush()
    failed = [outcome for outcome in outcomes if outcome.result is Result.FAILED]
    missing = [outcome for outcome in outcomes if outcome.result is Result.NOT_CHECKED]
    _show(failed, stream)
    _show(missing, stream)
    passed = len(outcomes) - len(failed) - len(missing)
    stream.write(
        f"{len(outcomes)} checks in {time.monotonic() - start:.1f} s: {passed} passed, "
        f"{len(failed)} failed, {len(missing)} could not be made\n"
    )
    for outcome in missing:
        reason = (outcome.output.strip().splitlines() or ["no reason was given"])[-1]
        stream.write(f"NOT CHECKED: {outcome.check.name}: {reason}\n")
    return 1 if failed or (missing and strict) else 0


def _show(outcomes: Iterable[Outcome], stream: TextIO) -> None:
    for outcome in outcomes:
        stream.write(f"\n== {outcome.check.name}: {outcome.result.value}\n{outcome.output.rstrip()}\n\n")


def in_continuous_integration() -> bool:
    """Whether ``CI`` is set, as every runner of continuous integration sets it."""
    return os.environ.get("CI", "").strip().lower() not in {"", "0", "false"}
