"""What came of the stages: one table for the person, and the same as JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from tests.rehearsal import paths

Outcome = Literal["passed", "failed", "not run"]


@dataclass(frozen=True)
class Result:
    """What came of one stage."""

    stage: str
    outcome: Outcome
    seconds: float
    said: str = ""
    """What was measured, why it failed, or why it was not run; its first line is in the table."""


def table(results: Iterable[Result]) -> str:
    """Give the table: stage, time, result."""
    rows = [("stage", "time", "result")]
    for result in results:
        first = result.said.splitlines()[0] if result.said else ""
        rows.append((result.stage, time(result.seconds), f"{result.outcome}{': ' + first if first else ''}"))
    wide = max(len(row[0]) for row in rows)
    long = max(len(row[1]) for row in rows)
    return "\n".join(f"{stage:<{wide}}  {taken:>{long}}  {said}" for stage, taken, said in rows)


def time(seconds: float) -> str:
    """Give a time as a person reads it: minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def write(results: list[Result]) -> None:
    """Leave the report in the build folder."""
    (paths.BUILD / "report.txt").write_text(table(results) + "\n", encoding="utf-8")
    (paths.BUILD / "report.json").write_text(
        json.dumps([asdict(result) for result in results], indent=2) + "\n", encoding="utf-8"
    )
