"""What is quoted in a hint carries no Markdown, and its words stay as they are."""

from __future__ import annotations

import pytest

from memo_coach.ui.plain_words import plain_words


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("## **The ask**", "The ask"),
        ("- *Approve* the `budget`", "Approve the budget"),
        ("> See [the plan](https://example.org/plan)", "See the plan"),
        ("| Option | Cost |", "Option · Cost"),
        (
            "Late | Medium | A penalty |\n|---|:---:|\n| Lost | Low | A",
            "Late · Medium · A penalty\nLost · Low · A",
        ),
        ("begins within** bold", "begins within bold"),
        ("“**Ship** it” is what __we__ ask", "“Ship it” is what we ask"),
        (
            "3 * 4 is 12 - and snake_case, #1 and 5 > 4 stay",
            "3 * 4 is 12 - and snake_case, #1 and 5 > 4 stay",
        ),
    ],
)
def test_marks_go_and_words_stay(marked: str, plain: str) -> None:
    assert plain_words(marked) == plain


def test_hostile_marks_cost_time_in_proportion_to_the_text() -> None:
    for mark in ("*", "[", "`", "|", "> ", "__"):
        assert len(plain_words(mark * 60_000)) <= 120_000
