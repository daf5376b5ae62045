"""Compare the built-in coach with that of other checkouts: processor time side by side, in the same minute.

    git worktree add ../before 3a6339b
    python tests/benchmarks/compare_coach.py ../before        prints a table

Each checkout runs in a process of its own, and they take turns at the same texts, so what else the machine
does meets all alike. The first one named is what the others, and this one last, are put in relation to.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.bench_coach import memo_of

ROOT = Path(__file__).resolve().parents[2]
SIZES = (3_000, 5_000, 20_000)
_ROUNDS = 40
_IN_A_ROUND = 3
_IMPORTS = 7
_IMPORT = (
    "import time; begin = time.process_time(); import memo_coach.coaching.builtin.coach; "
    "print(1000 * (time.process_time() - begin))"
)
_EVALUATE = """
import json, sys, time
from memo_coach.coaching.builtin.coach import evaluate_text
try:
    from memo_coach.coaching.rubric.reader import shipped_rubric
except ImportError:  # until the rubrics had a package of their own
    from memo_coach.coaching.rubric_documents import shipped_rubric
rubric = shipped_rubric("investment-memo")
for line in sys.stdin:
    runs, text = json.loads(line)
    evaluate_text(text, rubric)
    times = []
    for _ in range(runs):
        begin = time.process_time()
        evaluate_text(text, rubric)
        times.append(1000 * (time.process_time() - begin))
    print(times, flush=True)
"""
"""What a process does: a line of how often and which text in, a line of milliseconds out."""


@dataclass(frozen=True)
class Checkout:
    """A checkout of the project with a process that judges texts by its coach."""

    path: Path
    process: subprocess.Popen[str]

    @classmethod
    def at(cls, path: Path) -> Checkout:
        """Start the process. Only the folder itself is on its path, so it can import no other coach."""
        command = [sys.executable, "-c", _EVALUATE]
        process = subprocess.Popen(
            command, cwd=path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return cls(path, process)

    def milliseconds(self, text: str) -> list[float]:
        """Judge a text a few times after a warm-up, and return what each took."""
        if self.process.stdin is None or self.process.stdout is None:
            raise AssertionError("the process was started with pipes")
        self.process.stdin.write(json.dumps([_IN_A_ROUND, text]) + "\n")
        self.process.stdin.flush()
        times: list[float] = json.loads(self.process.stdout.readline())
        return times

    def import_milliseconds(self) -> float:
        """Import the coach in fresh processes; the quickest counts, as in the benchmark."""
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        command = [sys.executable, "-c", _IMPORT]
        runs = [
            subprocess.run(
                command, cwd=self.path, check=True, capture_output=True, text=True, env=environment
            ).stdout
            for _ in range(1 + _IMPORTS)
        ]
        return min(map(float, runs[1:]))


def compared(checkouts: list[Checkout], size: int) -> list[float]:
    """Return the median of each checkout on a memo of ``size`` characters, taking turns."""
    text = memo_of(size)
    times: list[list[float]] = [[] for _ in checkouts]
    for _ in range(max(8, _ROUNDS * SIZES[0] // size)):
        for own, checkout in zip(times, checkouts, strict=True):
            own.extend(checkout.milliseconds(text))
    return [statistics.median(own) for own in times]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Compare the built-in coach with that of other checkouts.")
    parser.add_argument("checkout", nargs="+", type=Path, help="a folder with another state of the project")
    paths = [*(path.resolve() for path in parser.parse_args().checkout), ROOT]
    checkouts = [Checkout.at(path) for path in paths]
    write = sys.stdout.write
    write(f"| milliseconds of the processor | {' | '.join(path.name for path in paths)} |\n")
    write("|---|" + "---|" * len(paths) + "\n")
    for size in SIZES:
        medians = compared(checkouts, size)
        cells = [f"{median:.1f} ({median / medians[0]:.2f} ×)" for median in medians]
        write(f"| {size:,} characters, median | {' | '.join(cells)} |\n")
    imports = [f"{checkout.import_milliseconds():.0f}" for checkout in checkouts]
    write(f"| import in a fresh process | {' | '.join(imports)} |\n")
    for checkout in checkouts:
        checkout.process.communicate()


if __name__ == "__main__":
    main()
