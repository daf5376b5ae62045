"""What does not bear on the writing changes no score: names, blank lines, markers, line ends."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pytest

from .base_memo import BaseMemo, base_memos
from .judging import RUBRIC_IDS, judge


def other_names(memo: BaseMemo) -> str:
    text = memo.text
    for name, other in memo.names.items():
        assert name in text
        text = text.replace(name, other)
    return text


def extra_blank_lines(memo: BaseMemo) -> str:
    return re.sub(r"\n\n+", "\n\n\n\n", memo.text) + "\n\n\n"


def blank_lines_with_spaces(memo: BaseMemo) -> str:
    return memo.text.replace("\n\n", "\n  \n")


def numbers_with_brackets(memo: BaseMemo) -> str:
    return re.sub(r"(?m)^(\d)\. ", r"\1) ", memo.text)


def dashes_for_numbers(memo: BaseMemo) -> str:
    return re.sub(r"(?m)^\d\. ", "- ", memo.text)


def other_bullets(memo: BaseMemo) -> str:
    return re.sub(r"(?m)^- ", "* ", memo.text)


def typed_bullets(memo: BaseMemo) -> str:
    return re.sub(r"(?m)^- ", "• ", memo.text)


def windows_line_ends(memo: BaseMemo) -> str:
    return memo.text.replace("\n", "\r\n")


def old_mac_line_ends(memo: BaseMemo) -> str:
    return memo.text.replace("\n", "\r")


def decomposed_accents(memo: BaseMemo) -> str:
    return unicodedata.normalize("NFD", memo.text)


def a_byte_order_mark(memo: BaseMemo) -> str:
    return "\ufeff" + memo.text


CHANGES: tuple[Callable[[BaseMemo], str], ...] = (
    other_names,
    extra_blank_lines,
    blank_lines_with_spaces,
    numbers_with_brackets,
    dashes_for_numbers,
    other_bullets,
    typed_bullets,
    windows_line_ends,
    old_mac_line_ends,
    decomposed_accents,
    a_byte_order_mark,
)


@pytest.mark.parametrize("rubric_id", RUBRIC_IDS)
@pytest.mark.parametrize(
    ("change", "memo"),
    [
        pytest.param(change, memo, id=f"{change.__name__.replace('_', '-')}-{memo.name}")
        for change in CHANGES
        for memo in base_memos()
        if change(memo) != memo.text
    ],
)
def test_a_change_of_form_changes_no_score(
    change: Callable[[BaseMemo], str], memo: BaseMemo, rubric_id: str
) -> None:
    before = judge(memo.text, rubric_id)
    after = judge(change(memo), rubric_id)
    assert after.scores == before.scores
    assert after.overall == before.overall


def test_every_change_of_form_changes_some_memo() -> None:
    for change in CHANGES:
        assert any(change(memo) != memo.text for memo in base_memos()), change.__name__
