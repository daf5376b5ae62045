import json
import os
from pathlib import Path

import pytest

from memo_coach.coaching.memo.language import detect_language
from tests.work import grows_at_most

SHARED_DATA = Path(os.environ.get("MEMO_COACH_SHARED_DATA", Path(__file__).parents[5] / "shared" / "data"))


@pytest.mark.parametrize(
    "text",
    [
        "Approve $1m by May.",
        "We should buy the boiler.",
        "Costs rose sharply.",
        "Please decide today.",
        "Quarterly earnings beat expectations.",
        "Total: $4 million in El Paso and Los Angeles.",
        "Hire three engineers this quarter.",
        "The café in San José needs a new lease.",
        "Shipping delays threaten launch.",
        "Option A saves money; option B buys time.",
    ],
)
def test_one_short_english_sentence_is_recognised(text: str) -> None:
    assert detect_language(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "Aprobar 1 M€ antes de mayo.",
        "Solicito aprobación.",
        "Propongo invertir dos millones.",
        "Contratemos tres ingenieros.",
        "¿Cuanto cuesta?",
        "La caldera falla cada semana.",
        "Comprar la licencia de software.",
        "Reducimos gastos operativos.",
        "El proyecto de Blockchain and Cloud Services necesita fondos.",
        "Mañana decidimos.",
        "Ventas trimestrales superaron pronosticos.",
    ],
)
def test_one_short_spanish_sentence_is_recognised(text: str) -> None:
    assert detect_language(text) == "es"


@pytest.mark.parametrize("text", ["", "1,234 %", "XYZ", "???", "\ud800"])
def test_english_is_assumed_where_nothing_speaks_for_either(text: str) -> None:
    assert detect_language(text) == "en"


def test_a_quotation_in_the_other_language_does_not_turn_a_memo() -> None:
    english = (
        "We recommend the purchase of the plant. The board said: «no hay otra opción para la empresa». " * 3
    )
    assert detect_language(english) == "en"


def test_a_long_english_appendix_does_not_hide_that_start_and_middle_are_spanish() -> None:
    assert (
        detect_language("Solicitamos la compra de la planta para el año que viene. " * 3000 + "the of " * 200)
        == "es"
    )


def test_a_huge_text_takes_no_longer_than_a_long_one() -> None:
    long = "Solicitamos the approval of la compra. " * 500
    huge = long * 100
    assert grows_at_most(
        20, short=lambda: detect_language(long), long=lambda: detect_language(huge), floor=0.002
    )


@pytest.mark.calibration
def test_the_plain_language_sentences_are_all_english() -> None:
    path = SHARED_DATA / "plain_language_pairs.json"
    if not path.exists():
        pytest.skip("the shared plain language pairs are not on this machine")
    pairs = json.loads(path.read_text("utf-8"))
    assert [pair["after"] for pair in pairs if detect_language(pair["after"]) != "en"] == []
