"""A memo's title is its subject, its first heading, or its first words, on one line."""

from __future__ import annotations

import pytest

from memo_coach.services.memos.input import LONGEST_TITLE, UNTITLED, metadata_of


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("To: Board\nFrom: Ann\nSubject: Replace the pump\n\n# Summary\n\nBuy it.", "Replace the pump"),
        ("Asunto: Sustituir la bomba\n\nSolicitamos la aprobación.", "Sustituir la bomba"),
        ("# Replace the pump\n\nBuy it.", "Replace the pump"),
        ("# Memorandum\n\n## Replace the pump\n\nBuy it.", "Replace the pump"),
        ("We should replace the pump. It fails.", "We should replace the pump."),
        ("", UNTITLED),
    ],
)
def test_the_title_is_what_says_most(text: str, title: str) -> None:
    assert metadata_of(text).title == title


def test_a_long_title_is_cut_between_words() -> None:
    title = metadata_of("word " * 100).title
    assert len(title) <= LONGEST_TITLE
    assert title.endswith("word…")


def test_a_given_title_wins_and_is_put_on_one_line() -> None:
    assert metadata_of("# Other", title=" Mine\n and\tmine ").title == "Mine and mine"
