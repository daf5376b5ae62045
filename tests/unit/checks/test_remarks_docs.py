"""What is written about the remarks of the built-in coach."""

from __future__ import annotations

from memo_coach.coaching.builtin.phrasing import phrases
from tests.checks.remarks_docs import DOCUMENT, document
from tests.checks.repository import ROOT
from tests.some import some


def test_the_page_is_what_the_coach_says_now() -> None:
    written = (ROOT / DOCUMENT).read_text("utf-8")
    assert written == document(), "`make docs` writes it again"


def test_every_kind_of_remark_has_one_row() -> None:
    rows = document().splitlines()
    for kind in some(phrases("en")):
        assert len([row for row in rows if row.startswith(f"| `{kind}` |")]) == 1, kind


def test_no_text_of_an_example_breaks_the_tables() -> None:
    for row in some(row for row in document().splitlines() if row.startswith("| `")):
        columns = row.replace("\\|", "").count(" | ")
        assert columns in {1, 5}, row
