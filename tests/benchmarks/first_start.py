"""Measure what the first command of the README takes: from a fresh clone to the first answer, and once more.

    python tests/benchmarks/first_start.py            prints a table
    python tests/benchmarks/first_start.py --write    writes it into docs/performance.md as well

The clone is the work tree's files in a folder of their own; packages come from the index that pip and npm are
set to, with empty caches. The exit status is 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from memo_coach.web.site import SITE, STAMP_FILE
from tests.benchmarks.machine import machine
from tests.benchmarks.publishing import publish
from tests.installation.fresh_clone import FreshClone

FIRST_LIMIT = 75.0
LATER_LIMIT = 3.0


def measured(clone: FreshClone) -> list[tuple[str, float]]:
    """Return each part of a first start with its seconds, the whole, and a later start."""
    began = time.time()
    with clone.running() as first:
        installed = next(clone.python.parents[1].glob("running-*")).stat().st_mtime - began
        built = (clone.folder / SITE / STAMP_FILE).stat().st_mtime - began
    with clone.running() as later:
        pass
    return [
        ("Python packages fetched and installed", installed),
        ("npm packages fetched, pages built", built - installed),
        ("server started", first - built),
        (f"**`make run` in a fresh clone, at most {FIRST_LIMIT:.0f} s**", first),
        (f"**`make run` again, at most {LATER_LIMIT:.0f} s**", later),
    ]


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Measure the first start of a fresh clone.")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        parts = measured(FreshClone(Path(place)))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = ["| to the first answer | s |", "|---|---:|"]
    lines += [f"| {name} | {seconds:.1f} |" for name, seconds in parts]
    lines.append(f"| computed by all processes of both starts | {used.ru_utime + used.ru_stime:.1f} |")
    table = "\n".join([*lines, "", f"On {machine()}."])
    sys.stdout.write(f"{table}\n")
    if arguments.write:
        publish("first-start", table)
    first, later = parts[-2][1], parts[-1][1]
    return 0 if first <= FIRST_LIMIT and later <= LATER_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
