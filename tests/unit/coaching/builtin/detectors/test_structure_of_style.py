"""Style above the word: sentence and paragraph length, headings, readability, repetition."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.detectors.headings.detector import heading_worth, read_headings
from memo_coach.coaching.builtin.detectors.long_paragraphs.detector import read_long_paragraphs
from memo_coach.coaching.builtin.detectors.long_sentences.detector import read_long_sentences
from memo_coach.coaching.builtin.detectors.readability.detector import (
    read_readability,
    reading_ease,
    syllables,
)
from memo_coach.coaching.builtin.detectors.repetition.detector import read_repetition, repeated_sentences
from memo_coach.coaching.builtin.findings import Read, Reading
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.parser import parse_memo
from tests.some import some

LANGUAGES = ("en", "es")
WORDS = {
    "en": ["the", "vans", "need", "new", "tyres", "and", "the", "depot", "pays", "for", "them"],
    "es": ["las", "naves", "piden", "puertas", "y", "la", "planta", "paga", "el", "gasto"],
}


def read(reader: Read, text: str, language: str = "en") -> Reading:
    return reader(parse_memo(text, language), lexicon_of(language))


def kinds(reading: Reading) -> list[str]:
    return [finding.kind for finding in reading.findings if finding.polarity == "opportunity"]


def sentence(words: int, language: str = "en", seed: int = 0) -> str:
    """Make a sentence of so many words; another seed makes another sentence."""
    stock = WORDS[language]
    body = [stock[(seed + index) % len(stock)] for index in range(words - 1)]
    return " ".join([f"N{seed}x", *body]) + "."


def paragraph(count: int, words: int, language: str = "en", seed: int = 0) -> str:
    return " ".join(sentence(words, language, seed + index) for index in range(count))


# --- sentences --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "fine", "long", "very_long"), [("en", 24, 30, 40), ("es", 29, 35, 45)])
def test_each_language_has_its_own_limit(language: str, fine: int, long: int, very_long: int) -> None:
    rest = paragraph(6, 12, language, 20)
    assert kinds(read(read_long_sentences, f"{rest} {sentence(fine, language)}", language)) == []
    assert kinds(read(read_long_sentences, f"{rest} {sentence(long, language)}", language)) == [
        "long-sentences.long"
    ]
    reading = read(read_long_sentences, f"{rest} {sentence(very_long, language)}", language)
    assert kinds(reading) == ["long-sentences.very-long"]
    assert reading.findings[0].values["words"] == str(very_long)


@pytest.mark.parametrize("language", LANGUAGES)
def test_merging_sentences_lowers_the_indicator(language: str) -> None:
    apart = paragraph(12, 12, language)
    merged = apart.replace(". N", ", and n").replace(", and n6x", ". N6x")
    high = read(read_long_sentences, apart, language).indicators["sentence-length"]
    low = read(read_long_sentences, merged, language).indicators["sentence-length"]
    assert high == 1.0
    assert low < 0.2


def test_many_short_items_do_not_make_up_for_endless_sentences() -> None:
    endless = paragraph(3, 60)
    items = "\n".join(f"- Item {number} is due" for number in range(20))
    assert read(read_long_sentences, f"{endless}\n\n{items}").indicators["sentence-length"] < 0.3


# --- paragraphs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wall_of_text_is_pointed_at_and_breaking_it_helps(language: str) -> None:
    wall = paragraph(14, 14, language)
    broken = "\n\n".join(paragraph(4, 14, language, seed) for seed in (0, 4, 8, 12))
    before, after = read(read_long_paragraphs, wall, language), read(read_long_paragraphs, broken, language)
    assert kinds(before) == ["long-paragraphs.block"]
    assert kinds(after) == []
    assert before.indicators["paragraph-length"] < 0.3
    assert after.indicators["paragraph-length"] > 0.9


def test_seven_short_sentences_are_no_wall() -> None:
    assert kinds(read(read_long_paragraphs, paragraph(7, 7))) == []


# --- headings ---------------------------------------------------------------------------------------------

TITLES = {
    "en": (
        "Approve €80,000 by 3 May",
        "Repairs take nine days today",
        "Northgate is 26 % cheaper",
        "Two risks, both covered",
    ),
    "es": (
        "Aprobar 80.000 € antes del 3 de mayo",
        "Hoy se tarda nueve días",
        "Ruiz cobra un 26 % menos",
        "Dos riesgos, ambos cubiertos",
    ),
}
LABELS = {
    "en": ("Introduction", "General", "Miscellaneous", "Other"),
    "es": ("Introducción", "Generalidades", "Varios", "Otros"),
}


def headed(titles: tuple[str, ...], language: str, words: int = 9) -> str:
    bodies = (paragraph(words, 11, language, 10 * index) for index in range(len(titles)))
    return "\n\n".join(f"## {title}\n\n{body}" for title, body in zip(titles, bodies, strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_memo_without_headings_is_told_so(language: str) -> None:
    text = "\n\n".join(paragraph(9, 11, language, 10 * index) for index in range(4))
    reading = read(read_headings, text, language)
    assert kinds(reading) == ["headings.missing"]
    assert reading.findings[0].span is None
    assert reading.indicators["headings-present"] == 0.0
    assert reading.indicators["headings-informative"] == 0.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_memo_needs_no_headings(language: str) -> None:
    reading = read(read_headings, paragraph(10, 11, language), language)
    assert kinds(reading) == []
    assert reading.indicators["headings-present"] == 1.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_that_say_something_beat_labels(language: str) -> None:
    telling = read(read_headings, headed(TITLES[language], language), language)
    empty = read(read_headings, headed(LABELS[language], language), language)
    assert kinds(telling) == []
    assert "headings.informative" in {finding.kind for finding in telling.findings}
    assert set(kinds(empty)) == {"headings.empty-label"}
    assert telling.indicators["headings-informative"] > 0.8
    assert empty.indicators["headings-informative"] < 0.3


@pytest.mark.parametrize("language", LANGUAGES)
def test_deleting_one_heading_lowers_both_indicators(language: str) -> None:
    text = headed(TITLES[language], language)
    whole = read(read_headings, text, language).indicators
    without = read(read_headings, text.replace(f"## {TITLES[language][2]}\n\n", ""), language).indicators
    assert all(without[name] < whole[name] for name in some(whole))


@pytest.mark.parametrize(
    ("title", "language", "worth"),
    [
        ("Background", "en", 0.5),
        ("2. Risks and mitigations", "en", 0.5),
        ("Misc", "en", 0.15),
        ("Churn fell 12 % after the pilot", "en", 1.0),
        ("Recommendation: approve", "en", 1.0),
        ("Antecedentes", "es", 0.5),
        ("Varios", "es", 0.15),
        ("Las bajas cayeron un 12 %", "es", 1.0),
        ("Recomendación: aprobar", "es", 1.0),
    ],
)
def test_a_heading_is_worth_what_it_tells(title: str, language: str, worth: float) -> None:
    assert heading_worth(title, lexicon_of(language)) == worth


# --- readability ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("the", 1),
        ("make", 1),
        ("table", 2),
        ("planned", 1),
        ("wanted", 2),
        ("implementation", 5),
        ("area", 3),
        ("business", 3),
        ("analysis", 4),
        ("various", 3),
        ("material", 4),
        ("nation", 2),
        ("people", 2),
        ("company", 3),
        ("committee", 3),
        ("employees", 3),
        ("society", 4),
        ("client", 2),
        ("houses", 2),
        ("sales", 1),
        ("services", 3),
    ],
)
def test_english_syllables_are_counted(word: str, count: int) -> None:
    assert syllables(word, "en") == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("que", 1),
        ("guía", 2),
        ("día", 2),
        ("país", 2),
        ("ciudad", 2),
        ("leído", 3),
        ("maíz", 2),
        ("cuyo", 2),
        ("pingüino", 3),
        ("averiguáis", 4),
        ("administración", 5),
        ("buey", 1),
        ("y", 1),
        ("reúne", 3),
        ("aéreo", 4),
        ("siguiente", 3),
        ("influyó", 3),
        ("teatro", 3),
        ("viuda", 2),
        ("oía", 3),
        ("construir", 2),
        ("guion", 1),
    ],
)
def test_spanish_syllables_follow_diphthong_and_hiatus(word: str, count: int) -> None:
    assert syllables(word, "es") == count


def test_the_formulas_give_what_their_authors_define() -> None:
    english = parse_memo("The cat sat on the mat.", "en")
    assert reading_ease(english, english.sentences, lexicon_of("en")) == pytest.approx(
        206.835 - 6 * 1.015 - 84.6
    )
    spanish = parse_memo("El gato come pan.", "es")
    assert reading_ease(spanish, spanish.sentences, lexicon_of("es")) == pytest.approx(
        206.835 - 4 - 62.3 * 6 / 4
    )


HARD = {
    "en": "Institutional prioritisation considerations necessitate comprehensive organisational "
    "reconfiguration "
    "methodologies, notwithstanding administrative implementation difficulties experienced internationally. ",
    "es": "Consideraciones institucionales relativas a la priorización organizativa exigen metodologías "
    "integrales de "
    "reconfiguración administrativa, independientemente de dificultades experimentadas internacionalmente. ",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_hard_prose_is_told_so_as_a_whole_and_at_its_paragraph(language: str) -> None:
    text = "".join(HARD[language].replace(".", f" numb{letter}.") for letter in "abcdefghijkl")
    reading = read(read_readability, text, language)
    assert reading.indicators["readability"] < 0.1
    assert set(kinds(reading)) == {"readability.hard", "readability.hard-paragraph"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_short_text_readability_is_drawn_to_the_middle(language: str) -> None:
    assert 0.3 < read(read_readability, HARD[language], language).indicators["readability"] < 0.5


# --- repetition -------------------------------------------------------------------------------------------

DISTINCT = {
    "en": "The depot loses 14 vans a month. Northgate repairs a van in two days. Anna runs the change.",
    "es": "El taller pierde 14 naves al mes. Ruiz repara cada nave en dos días. Ana dirige el cambio.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_repeated_sentence_is_flagged_at_its_second_place(language: str) -> None:
    once = DISTINCT[language]
    text = f"{once}\n\n{once.split('. ')[1].upper()}."
    memo = parse_memo(text, language)
    reading = read(read_repetition, text, language)
    assert repeated_sentences(memo) == frozenset({3})
    assert kinds(reading) == ["repetition.sentence"]
    assert reading.findings[0].span == memo.sentences[3].span
    assert reading.indicators["freshness"] < read(read_repetition, once, language).indicators["freshness"]


def test_a_passage_said_again_in_other_company_is_flagged() -> None:
    text = (
        "Northgate repairs a van in two days and charges £310 for it. Anna runs the change.\n\n"
        "As we said, Northgate repairs a van in two days and charges us less."
    )
    assert kinds(read(read_repetition, text)) == ["repetition.passage"]


@pytest.mark.parametrize(
    "text", ["To be confirmed. We wait. To be confirmed.", "- Duration: two months\n- Duration: two months"]
)
def test_short_entries_may_come_back(text: str) -> None:
    assert kinds(read(read_repetition, text)) == []
