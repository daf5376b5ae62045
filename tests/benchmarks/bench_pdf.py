"""Measure the PDF of an evaluation: time from the report to the bytes, its process included, and memory.

    python tests/benchmarks/bench_pdf.py            prints a table
    python tests/benchmarks/bench_pdf.py --write    writes it into docs/performance.md as well

The exit status is 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import os
import pickle
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.evaluation import Provenance
from memo_coach.coaching.rubric.reader import shipped_rubric
from memo_coach.coaching.samples import samples
from memo_coach.documents.pdf.report import Report
from tests.benchmarks.bench_coach import memo_of
from tests.benchmarks.machine import machine
from tests.benchmarks.publishing import publish
from tests.pdf_reading import pages_of

LONGEST_MEDIAN_MS = 300.0
"""Median for a document of two pages."""
LONGEST_MEMO_SECONDS = 10.0
"""For a memo of 200,000 characters."""
WRITER = "memo_coach.documents.pdf.compiling:compiled"


@dataclass(frozen=True)
class Measured:
    """What a document took."""

    what: str
    pages: int
    kilobytes: float
    milliseconds: float
    computing: float
    """Of which the process computed, in milliseconds: what others do on the machine matters less to it."""
    megabytes: float
    limit: float | None

    @property
    def within(self) -> bool:
        return self.limit is None or self.milliseconds <= self.limit


def report_on(text: str) -> Report:
    """Let the built-in coach judge a text."""
    rubric = shipped_rubric("investment-memo")
    evaluation = evaluate_text(text, rubric)
    return Report(
        title="A memo",
        text=text,
        language=evaluation.language,
        words=len(text.split()),
        rubric=dict(rubric.name),
        rubric_version=rubric.version,
        provenance=Provenance("builtin"),
        overall=evaluation.overall,
        criteria=evaluation.criteria,
        comments=evaluation.comments,
    )


def made(report: Report) -> tuple[bytes, float, float, float]:
    """Return a document, the seconds that passed and that its process computed, and its megabytes."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "memo_coach.documents.writing_program",
            "memo_coach.documents.pdf.compiling:compiled",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={},
        cwd=Path(__file__).resolve().parents[2],
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(pickle.dumps(report))
    process.stdin.close()
    content = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return content, time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measured(what: str, report: Report, runs: int, limit: float | None = None) -> Measured:
    """Make a document a few times after once that does not count."""
    made(report)
    results = [made(report) for _ in range(runs)]
    content = results[0][0]
    median = 1000 * statistics.median(passed for _content, passed, _computed, _memory in results)
    computing = 1000 * statistics.median(computed for _content, _passed, computed, _memory in results)
    most = max(memory for _content, _passed, _computed, memory in results)
    return Measured(what, pages_of(content), len(content) / 1000, median, computing, most, limit)


def two_pages() -> Report:
    """Return the weak sample with the remarks that matter most, shortened until it fits on two pages."""
    sample = next(each for each in samples("investment-memo", "en") if each.quality == "weak")
    report = report_on(sample.text[:1_000])
    few = [comment for comment in report.comments if comment.rank < 1]
    return replace(report, comments=few)


def measure() -> list[Measured]:
    """Measure everything."""
    rows = [measured("two pages", two_pages(), 15, LONGEST_MEDIAN_MS)]
    rows += [
        measured(f"the {sample.quality} sample, every remark", report_on(sample.text), 9)
        for sample in samples("investment-memo", "en")
    ]
    rows.append(
        measured("200,000 characters of prose", report_on(memo_of(200_000)), 3, 1000 * LONGEST_MEMO_SECONDS)
    )
    lines = replace(report_on("Words.\n"), text="a\n" * 100_000, comments=())
    rows.append(measured("100,000 lines of one letter", lines, 3, 1000 * LONGEST_MEMO_SECONDS))
    ideographs = replace(lines, text="我们建议批准这个项目。\n\n" * 15_000)
    rows.append(measured("195,000 ideographs", ideographs, 3, 1000 * LONGEST_MEMO_SECONDS))
    return rows


def as_markdown(rows: list[Measured]) -> str:
    """Return the rows as a table, with what they were measured on."""
    lines = [
        "| PDF | pages | kB | median | of which computing | memory | at most |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.what} | {row.pages} | {row.kilobytes:,.0f} | {row.milliseconds:,.0f} ms |"
        f" {row.computing:,.0f} ms | {row.megabytes:.0f} MB |"
        f" {'' if row.limit is None else f'{row.limit:,.0f} ms'} |"
        for row in rows
    ]
    return "\n".join([*lines, "", f"With the start of its process, on {machine()}."])


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Measure the PDF of an evaluation.")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    write = parser.parse_args().write
    rows = measure()
    table = as_markdown(rows)
    sys.stdout.write(f"{table}\n")
    if write:
        publish("pdf", table)
    return 0 if all(row.within for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
