"""A memo with passages in another language is judged in its main one and says so."""

import os
from pathlib import Path

import pytest

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.memo.mixed_languages import language_notice, languages_of
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.reader import shipped_rubric
from memo_coach.coaching.samples import samples
from tests.unit.coaching.foreign_memos import sentences

SHARED = Path(os.environ.get("MEMO_COACH_SHARED_DATA", Path(__file__).parents[5] / "shared" / "data")).parent
RUBRIC = "investment-memo"
STRONG = {language: samples(RUBRIC, language)[1].text for language in ("en", "es")}
SPANISH = (
    "El proveedor ha propuesto tres soluciones, pero solo una cumple el calendario de la dirección. "
    "Si no hacemos nada, la producción se detendrá al menos seis días durante el invierno."
)
ENGLISH = (
    "The supplier has offered three solutions, but only one of them meets the schedule of the board. "
    "If we do nothing, the plant will stop for at least six days in the winter."
)


@pytest.mark.parametrize(
    ("main", "passage", "told"),
    [
        ("en", SPANISH, "is in Spanish (“El proveedor ha propuesto"),
        ("es", ENGLISH, "está en inglés («The supplier"),
    ],
)
def test_a_passage_of_two_sentences_is_told_and_changes_no_language(
    main: str, passage: str, told: str
) -> None:
    text = f"{STRONG[main]}\n\n{passage}\n"
    evaluation = evaluate_text(text, shipped_rubric(RUBRIC))
    assert evaluation.language == main
    (notice,) = [each for each in evaluation.overall.notices if told in each]
    assert notice.count(". ") == 1
    (_, other) = languages_of(parse_memo(text))
    (span,) = other.passages
    assert text[span.start : span.end] == passage


def test_one_sentence_or_a_quotation_is_not_told() -> None:
    first = SPANISH.partition(". ")[0] + "."
    quoted = "\n".join(f"> {line}" for line in SPANISH.split(". "))
    for passage in (first, quoted):
        assert language_notice(parse_memo(f"{STRONG['en']}\n\n{passage}\n")) is None


def test_a_fifth_of_the_words_is_told_wherever_it_stands() -> None:
    one = "The supplier has offered three solutions, but only one of them meets the schedule of the board."
    other = "Si no hacemos nada, la producción se detendrá al menos seis días durante el invierno."
    memo = parse_memo("\n\n".join([one, other, one, one, other, one, one]))
    assert memo.language == "en"
    (_, part) = languages_of(memo)
    assert part.language == "es"
    assert len(part.passages) == 2


def test_a_passage_in_a_third_language_is_told_too() -> None:
    notice = language_notice(parse_memo(f"{STRONG['en']}\n\n{' '.join(sentences()['fr'][:3])}\n"))
    assert notice is not None
    assert "French" in notice


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("rubric", [RUBRIC, "decision-memo", "status-update", "policy-memo"])
def test_no_sample_is_taken_for_mixed(rubric: str, language: str) -> None:
    for sample in samples(rubric, language):
        assert language_notice(parse_memo(sample.text)) is None


@pytest.mark.calibration
def test_hardly_a_real_document_is_taken_for_mixed() -> None:
    documents = sorted((SHARED / "data" / "documents").glob("*.md"))
    if not documents:
        pytest.skip("the shared documents are not on this machine")
    told = [
        path.name for path in documents if language_notice(parse_memo(path.read_text("utf-8", "replace")))
    ]
    assert len(told) <= 0.02 * len(documents), told
