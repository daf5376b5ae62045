"""Normalising is linear in the text: no long run of marks is ever put in order."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import memo_coach
from memo_coach.coaching.builtin.chat.vocabulary import folded_words
from memo_coach.coaching.builtin.coach import without_instructions
from memo_coach.coaching.llm.answer.sanitiser import Sanitiser
from memo_coach.coaching.memo.normalisation import LONGEST_RUN, Form, normalised
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.quotes.anchors import Anchors
from memo_coach.services.memos.input import draft_text, metadata_of

FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
ACUTE, GRAVE_BELOW, CEDILLA = "\u0301", "\u0316", "\u0327"
ORDINARY = [
    "Tiê\u0301ng Viê\u0323t co\u0301 nhiê\u0300u dâ\u0301u",
    "בְּרֵאשִׁית בָּרָא אֱלֹהִים",
    "الْعَرَبِيَّة",
    "ภาษาไทยที่นี่",
    "हिन्दी में लिखा हुआ",
    "e\u0301te\u0301 Å ﬁn Ⅳ ½ ２０",
    "Z" + "\u0300\u0323\u0334" * 6 + "algo, a little",
    "\u1112\u1161\u11ab한글",
    "\uff76\uff9e\uff8a\uff9f",
]


_normalize = unicodedata.normalize


@cache
def is_mark(char: str) -> bool:
    return unicodedata.combining(_normalize("NFKD", char)[0]) > 0


def longest_run(text: str) -> int:
    """Count the characters that would be put in order among each other."""
    runs = groupby(text, is_mark)
    return max((len(list(run)) for are_marks, run in runs if are_marks), default=0)


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what is normalised."""
    texts: list[str] = []

    def noted(form: str, text: str) -> str:
        texts.append(text)
        return _normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", noted)
    return texts


@pytest.mark.parametrize("text", ORDINARY)
@pytest.mark.parametrize("form", FORMS)
def test_text_of_any_language_is_normalised_as_unicode_has_it(form: Form, text: str) -> None:
    assert normalised(form, text) == unicodedata.normalize(form, text)


@given(
    st.text(st.sampled_from("aé" + ACUTE + GRAVE_BELOW + CEDILLA + "\u0345\u0f73\uff9e \u05b0"), max_size=30)
)
def test_up_to_thirty_marks_in_a_row_are_normalised_as_unicode_has_it(text: str) -> None:
    for form in FORMS:
        assert normalised(form, text) == unicodedata.normalize(form, text)


def test_a_longer_run_stays_and_what_is_around_it_is_normalised() -> None:
    run = (ACUTE + GRAVE_BELOW) * LONGEST_RUN
    assert normalised("NFC", f"e\u0301 a{run}b e\u0301") == f"é a{run}b é"
    assert normalised("NFD", f"é{run}é") == f"e\u0301{run}e\u0301"


HOSTILE = [
    "a" + (ACUTE + GRAVE_BELOW) * 200_000,
    ("word a" + (CEDILLA + ACUTE + GRAVE_BELOW) * 70 + " ") * 1_800,
    "א" + "\u05b0\u05bc\u05b4" * 130_000,
    "\u0f73\u0301" * 50_000,
    "\uff9e\u0301" * 10_000,
    (ACUTE + GRAVE_BELOW) * 200_000,
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
@pytest.mark.parametrize("form", FORMS)
def test_no_run_of_more_than_thirty_marks_is_put_in_order(
    form: Form, number: int, reached: list[str]
) -> None:
    text = HOSTILE[number]
    normalised(form, text)
    assert max(map(longest_run, reached), default=0) <= LONGEST_RUN


def _quotes(text: str) -> object:
    return Anchors(text).locate(text[:3_000] + "x")


@pytest.mark.parametrize(
    "entry",
    [
        draft_text,
        normalise_text,
        lambda text: metadata_of("A memo", title=text),
        lambda text: metadata_of(draft_text(text)),
        folded_words,
        _quotes,
        lambda text: Sanitiser(text).paragraph(text, longest=len(text)),
        lambda text: Sanitiser(text).chat(text, longest=len(text), growing=True),
        lambda text: without_instructions(parse_memo(text[:60_000], "en")),
    ],
)
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_whichever_way_a_text_comes_in(
    entry: Callable[[str], object], number: int, reached: list[str]
) -> None:
    entry(HOSTILE[number][:400_000])
    assert max(map(longest_run, reached), default=0) <= LONGEST_RUN


@pytest.mark.parametrize("text", HOSTILE)
def test_the_stored_form_of_marks_in_a_row_is_stable(text: str) -> None:
    stored = normalise_text(text)
    assert normalise_text(stored) == stored


BOUNDED = {"services/accounts/account_names.py", "services/accounts/password_hashing.py"}
"""They look at a few hundred characters at most."""


def test_nothing_else_asks_for_a_normalisation_form() -> None:
    package = Path(memo_coach.__file__).parent
    modules = {str(path.relative_to(package)): path.read_text("utf-8") for path in package.rglob("*.py")}
    asking = {
        name
        for name, source in modules.items()
        if re.search(r"\.(?:is_)?normaliz|import (?:is_)?normaliz", source)
    }
    assert asking == {"coaching/memo/normalisation.py"} | BOUNDED


def test_no_mark_stands_where_none_is_looked_for() -> None:
    beyond = (chr(point) for point in range(0x20000, sys.maxunicode + 1))
    assert not any(unicodedata.combining(char) for char in beyond)
    assert not any(unicodedata.combining(chr(point)) for point in range(0x300))
