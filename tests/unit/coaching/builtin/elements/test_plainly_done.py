"""What several sentences do together leaves nothing to ask; what is told elsewhere is not missing."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.builtin.elements.praise import is_praiseworthy
from memo_coach.coaching.memo.model import Span
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.reader import shipped_rubric

ROUND_EN = (
    "The bus that brings pupils to the valley school broke down nine times this winter, and each time forty "
    "children waited in the cold for an hour. "
)
ROUND_ES = (
    "El autobús que lleva a los alumnos a la escuela del valle se averió nueve veces este invierno, y cada "
    "vez cuarenta niños esperaron una hora al frío. "
)
BIDS_EN = """| Firm | Price a year | Buses |
|---|---|---|
| Nordlie | £61,000 | 3 |
| Tarrant | £57,500 | 4 |

Tarrant is cheaper than Nordlie by £3,500 and brings one bus more.
"""
BIDS_ES = """| Empresa | Precio al año | Autobuses |
|---|---|---|
| Nordlie | 61.000 € | 3 |
| Tarrant | 57.500 € | 4 |

Tarrant es más barata que Nordlie y trae un autobús más.
"""


def said_of(text: str, element: str, rubric: str = "decision-memo") -> set[str | None]:
    """The claims of the opportunities on an element."""
    comments = evaluate_text(text, shipped_rubric(rubric)).comments
    return {one.claim for one in comments if one.element == element and one.kind == "opportunity"}


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("options", ROUND_EN + "I propose to sign with Tarrant for £57,500 a year.\n\n" + BIDS_EN),
        ("options", ROUND_ES + "Propongo contratar a Tarrant por 57.500 € al año.\n\n" + BIDS_ES),
        ("plan-owners", ROUND_EN + "We should change the firm by August. Solveig would run the change."),
        ("plan-owners", ROUND_ES + "Conviene cambiar de empresa en agosto. Lo sigue Maite, de secretaría."),
        ("plan-dates", ROUND_EN + "We will sign on 3 May 2027 and will train the drivers by 9 July 2027."),
        (
            "risks",
            ROUND_EN + "We ask to change the firm. The main worry is that the drivers do not come along.",
        ),
        (
            "risks",
            ROUND_ES + "Pedimos cambiar de empresa. La principal preocupación es que no vengan los chóferes.",
        ),
        ("mitigations", ROUND_EN + "If more than two buses are late in a month, we go back to the old firm."),
        ("mitigations", ROUND_ES + "Si los retrasos superan los dos al mes, volvemos a la empresa de antes."),
        (
            "next-step",
            ROUND_EN + "\n\nStill to do\n- Check the brakes: Solveig, 3 May 2027\n- Paint the stops",
        ),
    ],
)
def test_what_is_done_on_the_face_of_it_is_not_asked_for(element: str, text: str) -> None:
    assert "missing" not in said_of(text, element)


@pytest.mark.parametrize(
    ("text", "rubric"),
    [
        (ROUND_EN + "All buses run again since Monday. Nothing needed from you this week.", "status-update"),
        (ROUND_ES + "Todo funciona desde el lunes. No se necesita ninguna decisión.", "status-update"),
    ],
)
def test_who_says_that_nothing_is_asked_is_not_asked_what_is(text: str, rubric: str) -> None:
    assert not said_of(text, "ask", rubric)


def test_an_amount_that_is_told_elsewhere_is_not_called_missing() -> None:
    asks = ROUND_EN + "We ask the council to pay for a second bus. "
    assert said_of(asks, "ask-amount", "investment-memo")
    elsewhere = asks + "The budget will be sent separately."
    assert not said_of(elsewhere, "ask-amount", "investment-memo")


def test_who_says_when_the_money_is_back_is_not_asked_when_it_is() -> None:
    text = ROUND_EN + "We ask for £57,500. The new bus saves fuel and pays for itself within four years."
    comments = evaluate_text(text, shipped_rubric("investment-memo")).comments
    said = [one.comment for one in comments if one.element == "return" and one.kind == "opportunity"]
    assert not any("pay for itself" in comment.rpartition("”")[2] for comment in said)


@pytest.mark.parametrize(
    ("element", "praised", "hollow"),
    [
        (
            "situation",
            "The depot in Molde has two fitters.",
            "Significant progress was made in a number of areas.",
        ),
        ("cost-parts", "Bus £40,000, stops £3,000.", "Costs: £40,000"),
        ("plan-dates", "Milestone one ends on 3 May 2027.", "Milestone one ends."),
        ("sources", "According to the depot's log the bus stood 31 days.", "You can find more details here."),
    ],
)
def test_praise_is_for_a_passage_that_holds_what_it_is_praised_for(
    element: str, praised: str, hollow: str
) -> None:
    for text, worth in ((praised, True), (hollow, False)):
        memo = parse_memo(text, "en")
        assert is_praiseworthy(memo, element, Span(0, len(memo.text))) is worth


def test_a_product_that_is_an_alternative_to_another_is_no_option() -> None:
    text = (
        ROUND_EN
        + "Many families look for an alternative to the train, and our bus is one. We ask for £57,500."
    )
    comments = evaluate_text(text, shipped_rubric("investment-memo")).comments
    assert not any(
        "alternative to the train" in (one.quote or "") for one in comments if one.element == "options"
    )
