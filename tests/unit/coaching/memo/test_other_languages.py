"""Texts that are in neither English nor Spanish are told from those that are, also from odd ones."""

import os
from pathlib import Path

import pytest

from memo_coach.coaching.errors import LanguageNotRead
from memo_coach.coaching.memo.other_languages import (
    UNNAMED,
    foreign_language,
    language_name,
    refuse_other_languages,
)
from memo_coach.coaching.samples import samples
from tests.unit.coaching.foreign_memos import foreign_texts, sentences
from tests.work import grows_at_most

SHARED = Path(os.environ.get("MEMO_COACH_SHARED_DATA", Path(__file__).parents[5] / "shared" / "data")).parent
RUBRICS = ("investment-memo", "decision-memo", "status-update", "policy-memo")
IN_CHINESE = {"application-template-cn.md"}


@pytest.mark.parametrize("language", sorted(sentences()))
def test_a_memo_in_another_language_is_recognised_and_named(language: str) -> None:
    texts = list(foreign_texts(language))
    assert [foreign_language(text) for text in texts] == [language] * len(texts)
    assert [foreign_language(text.upper()) for text in texts] == [language] * len(texts)
    for spoken in ("en", "es"):
        assert language_name(language, spoken)


@pytest.mark.parametrize("rubric", RUBRICS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_sample_is_taken_for_another_language(rubric: str, language: str) -> None:
    for sample in samples(rubric, language):
        assert foreign_language(sample.text) is None
        assert foreign_language(sample.text.upper()) is None
        for line in sample.text.splitlines():
            assert foreign_language(line) is None, line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Q3 budget",
        "Solicito aprobación.",
        "Ines Okafor, Tom Reyes, Priya Nair",
        "Kubernetes, Docker, Postgres",
        "Déjà vu at the café",
        "Plan de inversión",
        "Memo do comité",
        "La Défense: 4 étages",
        "São Paulo, Curitiba e Porto Alegre",
        "東京",
        "| Tarea | Ana | Luis | Marta |\n|---|---|---|---|\n" + "| Diseño de la base | R | A | I |\n" * 12,
        "# Otros\n\n* Definición de alcance\n* Plan de actividad\n* Control de cambio\n" * 3,
        "1.2.3 → 4 ✓ 😀😀😀😀😀😀😀😀😀😀",
        "| Łódź | Gdańsk | Wrocław |\n|---|---|---|\n"
        + "| Paweł Żak | Zoë Łuć | Agnieszka Dąbrowska |\n" * 12,
        "```\nfor (i in de.la.les) { und(der, die, das); }\n```\nRun the job." * 9,
        "https://le.de/la/les/des/une/est/pour/dans/avec\n" * 9,
    ],
)
def test_titles_names_and_code_are_no_other_language(text: str) -> None:
    assert foreign_language(text) is None


def test_in_a_text_of_two_languages_the_one_with_more_words_counts() -> None:
    english = "We ask the board to approve the budget of the plant by March, because the boilers are old. "
    french = " ".join(sentences()["fr"][:3])
    assert foreign_language(english * 6 + french) is None
    assert foreign_language(english + french * 3) == "fr"


def test_a_language_that_is_not_known_by_name_is_told_by_its_letters() -> None:
    czech = (
        "Žádáme představenstvo, aby do konce března schválilo rozpočet na nové kotle v závodě. Poruchy jsou "
        "stále častější a každá odstávka nás stojí přibližně dvanáct tisíc. Dodavatel navrhl řešení, které "
        "odpovídá našemu časovému plánu, a měsíčně bychom ušetřili značnou částku peněz."
    )
    assert foreign_language(czech) is not None
    with pytest.raises(LanguageNotRead, match="neither in English nor in Spanish"):
        refuse_other_languages(
            "Просимо комісію: ъгъл, ђак, џеп, љубав, њива, ћуп, ђурђевак.".replace("і", "и")
        )


def test_the_refusal_names_the_language_in_both_that_are_read() -> None:
    with pytest.raises(LanguageNotRead) as refusal:
        refuse_other_languages(" ".join(sentences()["de"]))
    assert refusal.value.language == "de"
    assert set(refusal.value.messages) == {"en", "es"}
    assert "German" in refusal.value.messages["en"]
    assert "alemán" in refusal.value.messages["es"]
    assert "\n" not in str(refusal.value)
    assert UNNAMED == ""


def test_a_huge_text_takes_no_longer_than_a_long_one() -> None:
    long = " ".join(sentences()["pt"]) * 10
    huge = long * 30
    assert grows_at_most(
        15, short=lambda: foreign_language(long), long=lambda: foreign_language(huge), floor=0.002
    )


@pytest.mark.parametrize("piece", ["<", "`", "```", "a@", "http://", "~~~", "Ł", "<a", "@.", "中"])
def test_no_repeated_mark_is_slow(piece: str) -> None:
    text = piece * 6_000
    assert grows_at_most(
        60, short=lambda: foreign_language("word " * 1200), long=lambda: foreign_language(text)
    )


@pytest.mark.calibration
def test_no_real_document_in_english_or_spanish_is_refused() -> None:
    documents = [
        path
        for folder in ("data/documents", "data/proposals", "annotated/dev")
        for path in sorted((SHARED / folder).rglob("*.md"))
        if path.name not in IN_CHINESE
    ]
    if not documents:
        pytest.skip("the shared documents are not on this machine")
    assert [
        path for path in documents if foreign_language(path.read_text("utf-8", "replace")) is not None
    ] == []
