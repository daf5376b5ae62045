"""Measure the built-in coach: time on 5,000 characters, growth to 200,000, and import in a fresh process.

    python tests/benchmarks/bench_coach.py            prints a table
    python tests/benchmarks/bench_coach.py --write    writes it into docs/performance.md as well

The exit status is 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from memo_coach.coaching import samples
from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.reader import shipped_rubric
from tests.benchmarks.publishing import publish

LONGEST_MEDIAN_MS = 20.0
"""Median on 5,000 characters."""
LONGEST_IMPORT_MS = 150.0
MOST_GROWTH = 1.5
"""Time per character at 200,000 characters, as a multiple of that at 5,000: linear within the noise."""
SHORT = 5_000
SIZES = (SHORT, 20_000, 50_000, 100_000, 200_000)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    measured: str
    limit: str
    within: bool


def memo_of(length: int) -> str:
    """Make a memo of so many characters from the samples, varied so that no passage repeats another."""
    folder = Path(next(iter(samples.__path__))) / "en"
    pages = [path.read_text("utf-8") for path in sorted(folder.glob("*.md"))]
    text = ""
    number = 0
    while len(text) < length:
        page = pages[number % len(pages)]
        text += page.replace(" the ", f" the {number}th " if number >= len(pages) else " the ") + "\n\n"
        number += 1
    return text[:length]


def milliseconds(work: Callable[[], object], runs: int) -> list[float]:
    """Time some work by the clock on the wall, ``runs`` times after a warm-up."""
    work()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append(1_000 * (time.perf_counter() - begin))
    return times


def evaluation_milliseconds(size: int) -> float:
    """Return the median time of the whole coach, parsing included, on a memo of ``size`` characters."""
    rubric = shipped_rubric("investment-memo")
    text = memo_of(size)
    return statistics.median(milliseconds(lambda: evaluate_text(text, rubric), 100 if size == SHORT else 5))


def import_milliseconds(runs: int = 7) -> float:
    """Time the import of the coach in fresh processes; the quickest, as the rest is the machine's noise.

    A first process, which does not count, compiles what changed since, as an installation does.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    program = (
        "import time; begin = time.perf_counter(); import memo_coach.coaching.builtin.coach; "
        "print(1000 * (time.perf_counter() - begin))"
    )
    command = [sys.executable, "-c", program]
    times = [
        float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)
        for _ in range(1 + runs)
    ]
    return min(times[1:])


def measure() -> list[Row]:
    """Measure everything."""
    medians = {size: evaluation_milliseconds(size) for size in SIZES}
    growth = (medians[SIZES[-1]] / SIZES[-1]) / (medians[SHORT] / SHORT)
    short = memo_of(SHORT)
    parsing = statistics.median(milliseconds(lambda: parse_memo(short), 100))
    imported = import_milliseconds()
    rows = [
        Row(
            f"{size:,} characters, median",
            f"{median:.1f} ms",
            f"{LONGEST_MEDIAN_MS:.0f} ms" if size == SHORT else "",
            size != SHORT or median <= LONGEST_MEDIAN_MS,
        )
        for size, median in medians.items()
    ]
    rows.append(Row(f"of which parsing, {SHORT:,} characters, median", f"{parsing:.1f} ms", "", within=True))
    rows.append(
        Row("time per character, 200,000 ÷ 5,000", f"{growth:.2f}", f"{MOST_GROWTH}", growth <= MOST_GROWTH)
    )
    rows.append(
        Row(
            "import in a fresh process",
            f"{imported:.0f} ms",
            f"{LONGEST_IMPORT_MS:.0f} ms",
            imported <= LONGEST_IMPORT_MS,
        )
    )
    return rows


def as_markdown(rows: list[Row]) -> str:
    """Return the rows as a table, with what they were measured on."""
    lines = ["| built-in coach | measured | limit |", "|---|---|---|"]
    lines += [f"| {row.what} | {row.measured} | {row.limit} |" for row in rows]
    where = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return "\n".join([*lines, "", f"Measured with `make bench`, {where}."])


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Measure the built-in coach.")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    rows = measure()
    table = as_markdown(rows)
    sys.stdout.write(table + "\n")
    if arguments.write:
        publish("bench-coach", table)
    slow = [row.what for row in rows if not row.within]
    if slow:
        sys.stderr.write(f"Too slow: {', '.join(slow)}.\n")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
