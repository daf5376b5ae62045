"""What came of the stages: one table for the person, and the same as JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from tests.rehearsal import paths
from tests.rehearsal.at_work import Step

Outcome = Literal["passed", "failed", "not run"]
LONGEST = 20
NEVER = "–"


@dataclass(frozen=True)
class Result:
    """What came of one stage."""

    stage: str
    outcome: Outcome
    seconds: float
    said: str = ""
    """What was measured, why it failed, or why it was not run; its first line is in the table."""
    began: float | None = None
    """Seconds after the rehearsal's begin; nothing where it never began. Stages run beside each other."""


def table(results: Iterable[Result]) -> str:
    """Return the table: stage, when it began, how long it took, result."""
    rows = [("stage", "began", "time", "result")]
    for result in results:
        first = result.said.splitlines()[0] if result.said else ""
        said = f"{result.outcome}{': ' + first if first else ''}"
        rows.append((result.stage, *_when(result), said))
    wide, early, long = (max(len(row[column]) for row in rows) for column in range(3))
    return "\n".join(
        f"{stage:<{wide}}  {began:>{early}}  {taken:>{long}}  {said}" for stage, began, taken, said in rows
    )


def _when(result: Result) -> tuple[str, str]:
    return (NEVER, NEVER) if result.began is None else (time(result.began), time(result.seconds))


def longest(steps: Iterable[Step]) -> str:
    """Return the steps that took the longest, one a line; what is within another is counted in both."""
    first = sorted(steps, key=lambda step: step.seconds, reverse=True)[:LONGEST]
    wide = max((len(step.stage) for step in first), default=0)
    return "\n".join(f"{time(step.seconds):>5}  {step.stage:<{wide}}  {step.what}" for step in first)


def whole(results: list[Result], steps: list[Step], seconds: float) -> str:
    """Return all that a person wants to know: what came of the stages, and where the time went."""
    return f"{table(results)}\nin all: {time(seconds)}\n\nThe longest steps:\n{longest(steps)}"


def time(seconds: float) -> str:
    """Return a time as a person reads it: minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def write(results: list[Result], steps: list[Step], seconds: float) -> None:
    """Leave the report in the build folder."""
    (paths.BUILD / "report.txt").write_text(whole(results, steps, seconds) + "\n", encoding="utf-8")
    said = {
        "seconds": seconds,
        "stages": [asdict(result) for result in results],
        "steps": [asdict(step) for step in steps],
    }
    (paths.BUILD / "report.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
