"""The fonts that come along have what the list says, and the compiler draws it."""

from __future__ import annotations

import json

import pytest

from memo_coach.documents.pdf.characters import FALLBACK_FAMILIES
from tests.pdf_fonts import COVERAGE, FONTS, coverage


def test_the_list_is_what_the_fonts_have() -> None:
    assert json.loads(COVERAGE.read_text("utf-8")) == coverage()


def test_every_family_of_the_list_is_asked_for() -> None:
    own = {"Libertinus Serif", "Source Sans 3"}
    assert set(json.loads(COVERAGE.read_text("utf-8"))) == own | set(FALLBACK_FAMILIES)


@pytest.mark.parametrize("path", sorted(FONTS.glob("*.?tf")), ids=lambda path: path.name)
def test_a_font_is_named_in_the_licence(path: object) -> None:
    name = str(getattr(path, "name", ""))
    licence = (FONTS / "LICENSE.txt").read_text("utf-8")
    series = name if name[-5].isdigit() is False else name.replace(name[-5], "")
    assert name in licence or series.split(".")[0] in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
