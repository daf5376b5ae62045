"""Write what docs/coach.md says of how quotes are found in a memo: recovery of corrupted and foreign quotes.

    python tests/benchmarks/describe_anchors.py            prints it
    python tests/benchmarks/describe_anchors.py --write    puts it between its markers in docs/coach.md

The real documents are looked for in the folder that MEMO_COACH_SHARED_DATA names, or in ``shared/data``
beside the checkout; without them the figures stay as they are. Every second document is kept out of the
tuning: the figures are of those, only the trade-off of the threshold is of the others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.quotes import anchors
from tests.benchmarks.describe_coach import DOCUMENT, SHARED, with_sections
from tests.benchmarks.quote_corruption import (
    FORM,
    FORM_DOCUMENTS,
    FORM_RUN,
    KINDS,
    LEAST_OVERLAP,
    LONGEST,
    SHORTEST,
    Document,
    Rate,
    foreign_accepted,
    form_runs,
    recovered,
)

SEED = 20
EACH = 100
"""Quotes of each kind from each document."""
REQUIRED = {"typographic": 98.0, "elided": 95.0, "two words changed": 85.0}
MOST_FOREIGN = 1.0
THRESHOLDS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9)


def documents() -> list[Document]:
    """Read the real documents, in the order of their names; empty where they are absent."""
    paths = [
        path for path in sorted((SHARED / "proposals").rglob("*")) if path.is_file() and path.stat().st_size
    ]
    return [Document(path.name, normalise_text(path.read_text("utf-8", errors="replace"))) for path in paths]


def foreign_total(rates: dict[str, Rate], *, with_form: bool) -> Rate:
    """Add the kinds of foreign quotes up, with those from the common form or without."""
    counted = [rate for kind, rate in rates.items() if with_form or kind != FORM]
    return Rate(sum(rate.hits for rate in counted), sum(rate.drawn for rate in counted))


def section(every: Sequence[Document], each: int) -> str:
    """Measure, and give the text with its two tables."""
    form = form_runs(every)
    held_out, tuned = every[1::2], every[0::2]
    opening = (
        f"{len(held_out)} documents that were not looked at while tuning, {each} quotes of each kind from "
        f"each (fragments of {SHORTEST} to {LONGEST} words, whole sentences, passages over line breaks and "
        f"markdown), seed {SEED}. “Found” is the right place: the letters covered by the anchor and by the "
        f"true passage overlap by at least {100 * LEAST_OVERLAP:.0f} % of their union; where the same words "
        "stand again after the same 32 characters, either place is right."
    )
    about_form = (
        "The documents were written on one form. A passage counts as the form's where it has a run of "
        f"{FORM_RUN} words that {FORM_DOCUMENTS} documents share; taken from another document it differs "
        "from this one's by a word or two, as a changed quote does (“Duration: 2 months”, “Duration: 3 "
        "months”). Foreign quotes whose words do stand in the document, in this order, are left out."
    )
    lines = [
        opening,
        "",
        "| quotes | drawn | found at the right place | required |",
        "|---|---|---|---|",
    ]
    for kind, corrupt in KINDS.items():
        rate = recovered(held_out, corrupt, each=each, seed=SEED)
        lines.append(f"| {kind} | {rate.drawn:,} | {rate.percent:.1f} % | ≥ {REQUIRED[kind]:.0f} % |")
    rates = foreign_accepted(held_out, form, each=each, seed=SEED)
    lines += ["", "| foreign quotes | drawn | found all the same | required |", "|---|---|---|---|"]
    for kind in sorted(rates, key=lambda kind: (kind == FORM, kind)):
        lines.append(f"| {kind} | {rates[kind].drawn:,} | {rates[kind].percent:.2f} % | |")
    for name, with_form in (("all but those of the form", False), ("all", True)):
        total = foreign_total(rates, with_form=with_form)
        limit = "" if with_form else f"≤ {MOST_FOREIGN:.0f} % "
        lines.append(f"| **{name}** | {total.drawn:,} | {total.percent:.2f} % | {limit}|")
    lines += [
        "",
        about_form,
        "",
        f"The threshold of {anchors.THRESHOLD} was chosen on the other {len(tuned)} documents:",
        "",
        *_trade_off(tuned, form, each),
    ]
    return "\n".join(lines)


def _trade_off(tuned: Sequence[Document], form: frozenset[tuple[str, ...]], each: int) -> Iterator[str]:
    yield "| threshold | two words changed, found | foreign, all but the form's | foreign, all |"
    yield "|---|---|---|---|"
    for threshold in THRESHOLDS:
        with _threshold(threshold):
            found = recovered(tuned, KINDS["two words changed"], each=each, seed=SEED)
            rates = foreign_accepted(tuned, form, each=each, seed=SEED)
        shown = [f"{foreign_total(rates, with_form=with_form).percent:.2f} %" for with_form in (False, True)]
        chosen = "**" if threshold == anchors.THRESHOLD else ""
        yield f"| {chosen}{threshold}{chosen} | {found.percent:.1f} % | {shown[0]} | {shown[1]} |"


@contextmanager
def _threshold(value: float) -> Iterator[None]:
    usual = anchors.THRESHOLD
    anchors.THRESHOLD = value
    try:
        yield
    finally:
        anchors.THRESHOLD = usual


def main() -> int:
    """Print the section, or write it."""
    parser = argparse.ArgumentParser(description="Measure how quotes are found in a memo.")
    parser.add_argument("--write", action="store_true", help="write into docs/coach.md")
    parser.add_argument("--each", type=int, default=EACH, help="quotes of each kind from each document")
    arguments = parser.parse_args()
    every = documents()
    if not every:
        sys.stderr.write(f"The real documents are not here: {SHARED}\n")
        return 1
    text = section(every, arguments.each)
    if arguments.write:
        DOCUMENT.write_text(with_sections(DOCUMENT.read_text("utf-8"), {"anchors": text}), "utf-8")
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
