"""What stands in a PDF: everything that the coach says, in the memo's language."""

from __future__ import annotations

from functools import cache

import pytest

from memo_coach.coaching.evaluation import Provenance
from memo_coach.documents.pdf.compiling import compiled
from memo_coach.documents.pdf.content import content_of
from memo_coach.documents.pdf.wording import languages, wording_for
from tests.pdf_reading import opened, text_of
from tests.some_report import some_report


@cache
def words(language: str = "en") -> str:
    return text_of(compiled(some_report(language=language)))


def test_all_that_the_coach_says_is_in_it() -> None:
    for said in (
        "Feedback on “A new pump”",
        "Rubric: Decision memo", "Version 2", "12 March 2027, 09:05 UTC", "40 words",
        "Judged by: built-in coach", "3.4", "It is clear. It could be clearer.", "It asks.", "Give figures.",
        "A notice.", "62.5%", "counts 100%", "Not scored", "It has no plan.", "Opportunity 1", "Strength 2",
        "On the memo as a whole", "What does remark 3 ask?", "What remark 4 suggests.", "some-model",
        "1 March 2027", "0123456789ab",
    ):  # fmt: skip
        assert said in words(), said


def test_the_memo_is_in_it_with_the_number_of_each_remark_at_the_end_of_its_passage() -> None:
    assert "Please approve $5,000 for a new pump by 1 May.2" in words()
    assert "Replace it.3" in words()
    assert "Replace4" in words()  # the passage ends within a row of the table


def test_a_spanish_memo_has_spanish_labels_dates_and_numbers() -> None:
    for said in (
        "Valoración de «A new pump»",
        "Rúbrica: Memo de decisión", "12 de marzo de 2027, 09:05 UTC", "3,4",
        "62,5 %", "Sin puntuar", "Oportunidad 1", "Punto fuerte 2", "coach integrado", "Página 1 de",
    ):  # fmt: skip
        assert said in words("es"), said


def test_a_language_without_texts_gets_english_ones() -> None:
    assert content_of(some_report(language="xx"))["language"] == "en"


def test_every_language_has_the_same_texts() -> None:
    def names(texts: object, above: str = "") -> set[str]:
        if not isinstance(texts, dict):
            return {above}
        return {name for key, value in texts.items() for name in names(value, f"{above}.{key}")}

    assert languages() == {"en", "es"}
    assert names(wording_for("en").texts) == names(wording_for("es").texts)


@pytest.mark.parametrize(
    ("language", "number", "written"),
    [("en", 9_999, "9999"), ("en", 200_000, "200,000"), ("es", 9_999, "9999"), ("es", 200_000, "200.000")],
)
def test_numbers_are_written_as_the_language_writes_them(language: str, number: int, written: str) -> None:
    assert wording_for(language).number(number) == written


def test_it_says_who_should_have_judged_where_somebody_else_did() -> None:
    provenance = Provenance("llm", "openai/second", fallback_from="openai/first", cached=True)
    about = content_of(some_report(provenance=provenance, second_score=2.9, removed_characters=3))
    assert any("openai/first" in line for line in about["about"])
    assert any("given before" in line for line in about["about"])
    assert any("2.9" in notice for notice in about["overall"]["notices"])
    assert "3 characters that nobody can see" in about["overall"]["notices"][0]
    assert about["criteria"][0]["judge"] == "By the built-in coach"


def test_one_evaluation_is_no_progress() -> None:
    assert "Progress" not in text_of(compiled(some_report(progress=some_report().progress[:1])))


def test_the_same_report_gives_the_same_bytes() -> None:
    assert compiled(some_report()) == compiled(some_report())


def test_it_can_be_opened_with_a_table_of_contents() -> None:
    with opened(compiled(some_report())).open_outline() as outline:
        titles = [item.title for item in outline.root[0].children]
    assert titles[:2] == ["Overall feedback", "How the score came about"]
    assert "The memo" in titles
