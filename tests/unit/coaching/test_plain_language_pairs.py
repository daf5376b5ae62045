"""The composite measure of clarity agrees with plain language editors on which text is the clearer."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from memo_coach.coaching.builtin.clarity import FEATURES, clarity_features, clarity_of
from memo_coach.coaching.parsing import parse_memo

SHARED_DATA = Path(os.environ.get("MEMO_COACH_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
PAIRS = SHARED_DATA / "plain_language_pairs.json"


@pytest.mark.calibration
@pytest.mark.parametrize("level", ["sentence", "passage"])
def test_the_edited_text_is_judged_clearer_in_nine_pairs_of_ten(level: str) -> None:
    if not PAIRS.is_file():
        pytest.skip(f"the shared folder with {PAIRS.name} is absent")
    pairs = [pair for pair in json.loads(PAIRS.read_text("utf-8")) if pair["level"] == level]
    assert len(pairs) > 20
    missed = [
        pair["after"]
        for pair in pairs
        if clarity_of(parse_memo(pair["before"], "en")) >= clarity_of(parse_memo(pair["after"], "en"))
    ]
    assert len(missed) <= 0.1 * len(pairs), missed


@pytest.mark.parametrize(
    ("language", "officialese", "plain"),
    [
        (
            "en",
            "A decision was made by the board in order to effect a reduction of costs.",
            "The board cut costs.",
        ),
        (
            "en",
            "It should be noted that receipts, which shall be submitted prior to May, are required.",
            "Send us your receipts before May.",
        ),
        (
            "es",
            "Por parte de la dirección se procedió a la realización de un análisis de los gastos.",
            "La dirección analizó los gastos.",
        ),
        (
            "es",
            "Los recibos, que deberán ser remitidos con anterioridad al mes de mayo, son necesarios.",
            "Envíenos sus recibos antes de mayo.",
        ),
    ],
)
def test_plain_wording_is_clearer_than_officialese(language: str, officialese: str, plain: str) -> None:
    assert clarity_of(parse_memo(officialese, language)) < clarity_of(parse_memo(plain, language)) - 0.05


def test_a_text_said_twice_is_no_clearer_than_said_once() -> None:
    text = "The board cut costs by a fifth. Nobody lost a job."
    once, twice = parse_memo(text, "en"), parse_memo(f"{text}\n\n{text}", "en")
    assert clarity_of(once) == clarity_of(twice)


def test_clarity_and_its_features_stay_between_nought_and_one() -> None:
    for text in ("", "¿?", "Yes.", "word " * 500, "a\n\n" * 50):
        memo = parse_memo(text, "en")
        assert 0.0 <= clarity_of(memo) <= 1.0
        assert all(0.0 <= value <= 1.0 for value in clarity_features(memo).values())


def test_no_feature_rules_the_composite_alone() -> None:
    total = sum(feature.weight for feature in FEATURES)
    assert max(feature.weight for feature in FEATURES) <= total / 4
