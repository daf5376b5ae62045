"""What a text says over and over costs the coach time in proportion to its length, whatever it is.

Each of these lines is read by another part, as a head, a step, an amount, a heading or a quotation.
"""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.rubric.reader import shipped_rubric
from tests.work import grows_at_most

LINES = {
    "head": "From: a{n}@b.example\nTo: c{n}@d.example\n",
    "head that goes on": "  and on {n}\n",
    "dated steps": "1. by 3 May 2025 Ana Costa pays £{n},000.\n",
    "rows": "| Item {n} | £{n} | 3 May 2025 |\n",
    "sections": "## Heading {n}\n\nText number {n} here.\n\n",
    "sums": "£{n},000 + £{n},000 = £{n}1,000. ",
    "quotations": '"quoted {n} text that is long enough" said he. ',
    "mail": "On Monday, {n} wrote:\n> quoted {n}\n",
    "words": "word{n} word{n} word{n}. ",
}
SHORT, LONG = 10_000, 80_000


def repeated(line: str, length: int) -> str:
    written = "".join(line.replace("{n}", str(number)) for number in range(length // 8))
    return normalise_text(f"To: the board\n{written[:length]}")


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_time_grows_with_the_length_and_no_faster(line: str) -> None:
    rubric = shipped_rubric("investment-memo")
    short, long = repeated(line, SHORT), repeated(line, LONG)
    assert grows_at_most(
        16,
        short=lambda: evaluate_text(short, rubric, "en"),
        long=lambda: evaluate_text(long, rubric, "en"),
        runs=2,
    )
