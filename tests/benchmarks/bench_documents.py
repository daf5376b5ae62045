"""Measure reading files that are handed in: ten pages of Word and of PDF, each in its process, and its start.

python tests/benchmarks/bench_documents.py            prints a table
python tests/benchmarks/bench_documents.py --write    writes it into docs/performance.md as well
"""

from __future__ import annotations

import argparse
import io
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import docx as word  # noqa: E402 - the path first
from reportlab.lib.pagesizes import A4  # noqa: E402 - the path first
from reportlab.lib.styles import getSampleStyleSheet  # noqa: E402 - the path first
from reportlab.platypus import Paragraph, SimpleDocTemplate  # noqa: E402 - the path first

from memo_coach.services.memos.uploads import read_upload  # noqa: E402 - the path first
from tests.benchmarks.machine import machine  # noqa: E402 - the path first
from tests.benchmarks.publishing import publish  # noqa: E402 - the path first
from tests.documents import docx, pdf  # noqa: E402 - the path first

RUNS = 21
LIMIT_SECONDS = 2.0
SECTIONS_OF_WORD, SECTIONS_OF_PDF = 26, 14
PROSE = (
    "We recommend that the committee approves the lease of the warehouse in Getafe, because the one that we "
    "have is full since March and each pallet that we store elsewhere costs four euros a day. The owner "
    "keeps the offer open until the end of May, and two others have asked. "
)
IN_PROCESS = (
    "import sys, resource, time; from memo_coach.documents.reading.{kind}.reader import read; "
    "content = sys.stdin.buffer.read(); begin = time.process_time(); read(content); "
    "print(time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


def ten_pages_of_word() -> bytes:
    document, content = word.Document(), io.BytesIO()
    for number in range(SECTIONS_OF_WORD):
        document.add_heading(f"Section {number}", 1)
        for _ in range(3):
            document.add_paragraph(PROSE * 2)
        document.add_paragraph(PROSE, style="List Bullet")
    document.save(content)
    return content.getvalue()


def ten_pages_of_pdf() -> bytes:
    styles, content = getSampleStyleSheet(), io.BytesIO()
    flow = []
    for number in range(SECTIONS_OF_PDF):
        flow.append(Paragraph(f"Section {number}", styles["Heading1"]))
        flow += [Paragraph(PROSE * 3, styles["BodyText"]) for _ in range(4)]
    SimpleDocTemplate(content, pagesize=A4).build(flow)
    return content.getvalue()


def seconds(content: bytes) -> float:
    begin = time.perf_counter()
    read_upload("memo", content)
    return time.perf_counter() - begin


def alone(kind: str, content: bytes) -> tuple[float, int]:
    """Return the processor's seconds for the reading alone, and the most memory of its process, in MB."""
    program = [sys.executable, "-c", IN_PROCESS.format(kind=kind)]
    answer = subprocess.run(program, cwd=ROOT, input=content, capture_output=True, check=True).stdout.split()
    return float(answer[0]), int(answer[1]) // 1024


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    options = parser.parse_args()
    files = {"docx": (ten_pages_of_word(), docx()), "pdf": (ten_pages_of_pdf(), pdf())}
    rows, worst = [], 0.0
    for kind, (long, short) in files.items():
        characters = len(read_upload("memo", long).text)
        whole = statistics.median(seconds(long) for _ in range(RUNS))
        start = statistics.median(seconds(short) for _ in range(RUNS))
        reading, memory = alone(kind, long)
        worst = max(worst, whole)
        rows.append(
            f"| .{kind}, {characters:,} characters | {whole * 1000:.0f} ms | {start * 1000:.0f} ms "
            f"| {reading * 1000:.0f} ms | {memory} MB |"
        )
    table = "\n".join(
        (
            "| ten pages | file to text, median | one sentence, median | reading alone, of a core | memory |",
            "|---|---:|---:|---:|---:|",
            *rows,
            "",
            f"At most {LIMIT_SECONDS:g} s; {RUNS} times each. {machine()}",
        )
    )
    sys.stdout.write(f"{table}\n")
    if options.write:
        publish("bench-documents", table)
    return int(worst > LIMIT_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
