"""The ask, the bottom line and the situation: what earns them, and what only looks as if it did."""

from __future__ import annotations

import pytest
from substance_memos import ENGLISH, SPANISH, STUFFING

from memo_coach.coaching.builtin.detectors.ask.detector import read_ask
from memo_coach.coaching.builtin.detectors.bottom_line.detector import place_score, read_bottom_line
from memo_coach.coaching.builtin.detectors.situation.detector import read_situation
from memo_coach.coaching.builtin.findings import Read, Reading
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.parser import parse_memo

STRONG = pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (SPANISH, "es")])
ASK_OF = {
    "en": "We ask the Investment Committee to approve €1.2 million for a second packing line at Leeds "
    "by 29 May 2026.",
    "es": "Solicitamos que el Comité de Dirección apruebe 480.000 € para sustituir doce furgonetas antes del "
    "29 de mayo de 2026.",
}


def read(detector: Read, text: str, language: str) -> Reading:
    return detector(parse_memo(text, language), lexicon_of(language))


def kinds(reading: Reading) -> set[str]:
    return {finding.kind for finding in reading.findings}


@STRONG
def test_a_complete_ask_earns_everything_and_is_praised(text: str, language: str) -> None:
    reading = read(read_ask, text, language)
    assert reading.indicators == {"ask-verb": 1.0, "ask-amount": 1.0, "ask-deadline": 1.0, "ask-decider": 1.0}
    assert kinds(reading) == {"ask.clear"}


@STRONG
def test_a_memo_without_its_ask_is_told_that_it_asks_for_nothing(text: str, language: str) -> None:
    without = text.replace(ASK_OF[language] + " ", "")
    assert without != text
    reading = read(read_ask, without, language)
    assert reading.indicators["ask-verb"] <= 0.3
    assert reading.indicators["ask-amount"] == reading.indicators["ask-deadline"] == 0
    assert "ask.verb-missing" in kinds(reading)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            ENGLISH.replace("approve €1.2 million for", "approve").replace(
                "Approve €1.2 million for", "Approve"
            ),
            "en",
        ),
        (
            SPANISH.replace("apruebe 480.000 € para sustituir", "apruebe sustituir").replace(
                "Aprobar 480.000 € para", "A"
            ),
            "es",
        ),
    ],
)
def test_an_ask_without_an_amount_is_flagged_at_the_ask(text: str, language: str) -> None:
    memo = parse_memo(text, language)
    reading = read_ask(memo, lexicon_of(language))
    assert reading.indicators["ask-amount"] <= 0.3
    finding = next(finding for finding in reading.findings if finding.kind == "ask.amount-missing")
    assert finding.span is not None
    assert memo.quote(finding.span).startswith(("We ask", "Solicitamos"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH.replace(" by 29 May 2026", ""), "en"),
        (SPANISH.replace(" antes del 29 de mayo de 2026", ""), "es"),
    ],
)
def test_an_ask_without_a_date_is_flagged(text: str, language: str) -> None:
    reading = read(read_ask, text, language)
    assert reading.indicators["ask-deadline"] <= 0.3
    assert "ask.deadline-missing" in kinds(reading)


def test_an_ask_of_nobody_is_flagged() -> None:
    reading = read(read_ask, "We request approval of €40,000 for the repair of the roof by 3 May.", "en")
    assert "ask.decider-missing" in kinds(reading)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("We recommend that the Board approve the purchase of the site.", "en"),
        ("Please approve the purchase of the site.", "en"),
        ("Approval is sought for the purchase of the site.", "en"),
        ("Decision requested: approve the purchase of the site.", "en"),
        ("I am asking you to decide between the two sites.", "en"),
        ("The Board should approve the purchase of the site.", "en"),
        ("Solicito la aprobación de la compra del solar.", "es"),
        ("Se solicita autorización para comprar el solar.", "es"),
        ("Proponemos que el Comité apruebe la compra del solar.", "es"),
        ("Recomendamos aprobar la compra del solar.", "es"),
        ("Pido autorización para comprar el solar.", "es"),
    ],
)
def test_the_usual_ways_of_asking_are_recognised(sentence: str, language: str) -> None:
    assert read(read_ask, sentence, language).indicators["ask-verb"] >= 0.9


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("The Board approved the purchase of the site last year.", "en"),
        ("Customers request refunds when parcels arrive late.", "en"),
        ("The approval took nine weeks in all.", "en"),
        ("We asked the supplier for a quotation.", "en"),
        ("El Consejo aprobó la compra del solar el año pasado.", "es"),
        ("La aprobación tardó nueve semanas en llegar.", "es"),
        ("La directora financiera debe firmar los pedidos de más de 30.000 euros.", "es"),
    ],
)
def test_talk_of_approvals_is_no_ask(sentence: str, language: str) -> None:
    assert read(read_ask, sentence, language).indicators["ask-verb"] == 0


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("We hope you will consider this proposal.", "en"),
        ("Se agradecería su apoyo a esta propuesta.", "es"),
    ],
)
def test_a_hint_earns_little_and_is_called_one(sentence: str, language: str) -> None:
    reading = read(read_ask, sentence, language)
    assert 0 < reading.indicators["ask-verb"] < 0.5
    assert kinds(reading) == {"ask.oblique"}


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("We ask the director to approve two engineers for the project by 3 May.", "en"),
        ("We ask the director to approve the change at no extra cost by 3 May.", "en"),
        ("Pedimos a la directora que autorice dos técnicos para el proyecto antes del 3 de mayo.", "es"),
        ("Pedimos a la directora que autorice el cambio sin coste adicional antes del 3 de mayo.", "es"),
    ],
)
def test_people_hours_and_no_cost_are_amounts_too(sentence: str, language: str) -> None:
    assert read(read_ask, sentence, language).indicators["ask-amount"] == 1


@STRONG
def test_an_ask_up_front_is_praised_and_a_buried_one_is_flagged(text: str, language: str) -> None:
    strong = read(read_bottom_line, text, language)
    assert strong.indicators["bottom-line"] == 1
    assert kinds(strong) == {"bottom-line.up-front"}
    sentence = ASK_OF[language]
    buried = read(read_bottom_line, text.replace(sentence + " ", "") + "\n" + sentence + "\n", language)
    assert buried.indicators["bottom-line"] <= 0.3
    assert "bottom-line.buried" in kinds(buried)


@STRONG
def test_a_memo_without_a_point_is_told_so_at_its_first_paragraph(text: str, language: str) -> None:
    memo = parse_memo(text.replace(ASK_OF[language] + " ", ""), language)
    reading = read_bottom_line(memo, lexicon_of(language))
    finding = next(finding for finding in reading.findings if finding.kind == "bottom-line.missing")
    assert finding.span is not None
    assert memo.block_at(finding.span.start) is memo.blocks[0]


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("The migration is on track and will finish on 3 May.", "en"),
        ("La migración va según lo previsto y terminará el 3 de mayo.", "es"),
    ],
)
def test_in_a_status_update_the_status_is_the_point(sentence: str, language: str) -> None:
    body = {
        "en": "The team has tested the first part of the data with care. ",
        "es": "El equipo ha probado la primera parte. ",
    }
    text = sentence + "\n\n" + body[language] * 2 + "\n\n" + body[language].replace("first", "second") * 6
    assert read(read_bottom_line, text, language).indicators["bottom-line"] >= 0.75


def test_the_place_of_the_point_is_judged_by_words_and_by_share() -> None:
    assert place_score(0, 100) == 1
    assert place_score(90, 100) == 0
    assert place_score(200, 2000) == 1
    assert place_score(600, 20000) == 0
    assert 0 < place_score(100, 400) < 1


@STRONG
def test_a_present_state_with_figures_and_a_sized_problem_are_praised(text: str, language: str) -> None:
    reading = read(read_situation, text, language)
    assert min(reading.indicators.values()) >= 0.75
    assert kinds(reading) == {"situation.clear", "situation.problem-sized"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Our process is currently slow. However, this is a problem for everybody in the team.", "en"),
        ("Actualmente nuestro proceso es lento. Sin embargo, esto es un problema para todo el equipo.", "es"),
    ],
)
def test_a_lament_without_figures_is_asked_for_figures(text: str, language: str) -> None:
    reading = read(read_situation, text, language)
    assert max(reading.indicators.values()) <= 0.5
    assert {"situation.without-facts", "situation.complication-unsized"} <= kinds(reading)


def test_a_memo_that_begins_with_its_plan_lacks_situation_and_problem() -> None:
    reading = read(read_situation, "We will paint the office blue. The work will be done by Ana.", "en")
    assert kinds(reading) == {"situation.missing", "situation.complication-missing"}


@pytest.mark.parametrize("detector", [read_ask, read_bottom_line, read_situation])
def test_platitudes_and_keywords_earn_nothing(detector: Read) -> None:
    assert set(read(detector, STUFFING, "en").indicators.values()) == {0.0}
