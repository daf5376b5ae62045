"""What figures, dates, owners and real sentences are, in both languages and their number formats."""

from __future__ import annotations

import gc
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memo_coach.coaching.builtin.analysis.figures import numbers_in, parse_number
from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.memo.parser import parse_memo


def facts_about(text: str, language: str) -> tuple[Memo, MemoFacts]:
    memo = parse_memo(text, language)
    return memo, facts_of(memo, lexicon_of(language))


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("It costs $1.2m in all.", 1_200_000, "USD"),
        ("It costs USD 40k in all.", 40_000, "USD"),
        ("It costs €1,234.50 in all.", 1234.5, "EUR"),
        ("It costs 1.2 million dollars in all.", 1_200_000, "USD"),
        ("It costs £3 million a year.", 3_000_000, "GBP"),
        ("It costs 12K DAI in all.", 12_000, "DAI"),
        ("It costs €1.2–1.5m in all.", 1_200_000, "EUR"),
        ("It costs 1,500,000 EUR in all.", 1_500_000, "EUR"),
    ],
)
def test_english_amounts_are_read_in_every_usual_form(text: str, value: float, currency: str) -> None:
    amount = next(figure for figure in numbers_in(text, lexicon_of("en")) if figure.kind == "money")
    assert (amount.value, amount.unit) == (pytest.approx(value), currency)


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("Cuesta 1,2 M€ en total.", 1_200_000, "EUR"),
        ("Cuesta 3 millones de euros.", 3_000_000, "EUR"),
        ("Cuesta 1.234,50 € al mes.", 1234.5, "EUR"),
        ("Cuesta 40.000 € al año.", 40_000, "EUR"),
        ("Cuesta 240 000 € al año.", 240_000, "EUR"),
        ("Cuesta US$1,234.50 al mes.", 1234.5, "USD"),
        ("Cuesta 3 mil millones de pesos.", 3_000_000_000, "MXN"),
        ("Cuesta 1.200 M€ en total.", 1_200_000_000, "EUR"),
    ],
)
def test_spanish_amounts_are_read_in_every_usual_form(text: str, value: float, currency: str) -> None:
    amount = next(figure for figure in numbers_in(text, lexicon_of("es")) if figure.kind == "money")
    assert (amount.value, amount.unit) == (pytest.approx(value), currency)


def test_a_lone_sign_before_three_digits_is_read_by_the_language() -> None:
    assert parse_number("1.234", ",") == 1234
    assert parse_number("1.234", ".") == pytest.approx(1.234)
    assert parse_number("1,234", ",") == pytest.approx(1.234)
    assert parse_number("1.234.567", ".") == 1_234_567


def test_parts_of_names_ordinals_and_list_numbers_are_no_figures() -> None:
    text = "1. We passed ISO-9001 in Q3 with version 2.1.3 on the 3rd try."
    assert [text[f.span.start : f.span.end] for f in numbers_in(text, lexicon_of("en"))] == []


def test_a_percentage_and_a_quantity_keep_what_they_count() -> None:
    found = numbers_in("Orders rose 12.5% and took 40 hours.", lexicon_of("en"))
    assert [(figure.kind, figure.value, figure.unit) for figure in found] == [
        ("percent", 12.5, "%"),
        ("quantity", 40.0, "hours"),
    ]


@pytest.mark.parametrize(
    ("text", "language", "quoted", "deadline"),
    [
        ("Please answer by 29 May 2026.", "en", "29 May 2026", True),
        ("We meet on May 3.", "en", "May 3", False),
        ("It ends in the third quarter of 2027.", "en", "third quarter of 2027", False),
        ("Answer within 30 days.", "en", "30 days", True),
        ("It is due 2026-05-29.", "en", "2026-05-29", True),
        ("Work ends in week 3.", "en", "week 3", False),
        ("Responda antes del 29 de mayo de 2026.", "es", "29 de mayo de 2026", True),
        ("A más tardar el viernes se decide.", "es", "viernes", True),
        ("Termina en el tercer trimestre de 2027.", "es", "tercer trimestre de 2027", False),
        ("Se firma el 29/05/2026.", "es", "29/05/2026", False),
    ],
)
def test_dates_are_found_with_their_deadline_words(
    text: str, language: str, quoted: str, deadline: bool
) -> None:
    memo, columns = facts_about(text, language)
    assert [(memo.quote(date.span), date.deadline) for date in columns.dates] == [(quoted, deadline)]


def test_may_and_march_as_verbs_are_no_months() -> None:
    _, columns = facts_about("They may march to the office. May said so.", "en")
    assert columns.dates == ()


@pytest.mark.parametrize(
    ("text", "language", "owners"),
    [
        ("Ana Ruiz will sign the contract.", "en", ["Ana Ruiz"]),
        ("Marta will book the venue.", "en", ["Marta"]),
        ("The finance team trains staff.", "en", ["finance team"]),
        ("The pilot will be run by the IT team.", "en", ["IT team"]),
        ("Training for the finance team will start soon.", "en", []),
        ("Train the finance team in spring.", "en", []),
        ("Training will start soon.", "en", []),
        ("Compras firma el pedido.", "es", ["Compras"]),
        ("Ana Ruiz coordina el piloto.", "es", ["Ana Ruiz"]),
        ("La formación para Finanzas empezará pronto.", "es", []),
        ("El piloto se hará en otoño.", "es", []),
        ("El seguimiento queda a cargo de la dirección financiera.", "es", ["dirección financiera"]),
    ],
)
def test_owners_act_and_those_acted_for_do_not(text: str, language: str, owners: list[str]) -> None:
    memo, columns = facts_about(text, language)
    assert [memo.quote(span) for span in columns.owners_in(memo.sentences[0])] == owners


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We ask the board to decide.", "en"),
        ("Costs rose sharply in the last year of the contract.", "en"),
        ("Approve the budget for the second line.", "en"),
        ("Solicitamos la aprobación del presupuesto.", "es"),
        ("Las averías subieron con el paso de los años.", "es"),
        ("Reservamos las rutas largas para los vehículos nuevos.", "es"),
    ],
)
def test_a_sentence_with_a_finite_verb_is_prose(text: str, language: str) -> None:
    memo, columns = facts_about(text, language)
    assert columns.is_prose(memo.sentences[0])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("risk mitigation NPV ROI payback options strategy approve $1M by 1 May", "en"),
        ("- risk mitigation NPV ROI payback options strategy approve $1M by 1 May", "en"),
        ("riesgos mitigación VAN TIR opciones estrategia aprobar 1 M€ antes del 1 de mayo", "es"),
    ],
)
def test_a_line_of_keywords_is_no_evidence(text: str, language: str) -> None:
    memo, columns = facts_about(text, language)
    assert not any(columns.is_evidence(sentence) for sentence in memo.sentences)


def test_a_sentence_said_twice_is_evidence_once() -> None:
    memo, columns = facts_about("We need a second line.\n\nWe need a second line.", "en")
    assert [columns.is_evidence(sentence) for sentence in memo.sentences] == [True, False]


def test_a_memo_is_read_once_and_let_go_with_the_memo() -> None:
    memo, columns = facts_about("We need a second line.", "en")
    assert facts_of(memo, lexicon_of("en")) is columns
    held = weakref.ref(columns)
    gc.collect()
    gc.disable()
    try:
        del memo, columns
        assert held() is None  # at once, without waiting for a collection
    finally:
        gc.enable()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["en", "es"]))
def test_any_text_is_read_without_a_crash_and_every_span_lies_in_it(text: str, language: str) -> None:
    memo, columns = facts_about(text, language)
    for item in (*columns.figures, *columns.dates):
        assert 0 <= item.span.start < item.span.end <= len(text)
    for sentence in memo.sentences:
        columns.owners_in(sentence)
