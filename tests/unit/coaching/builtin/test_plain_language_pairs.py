"""The criterion clarity agrees with plain language editors on which text is the clearer."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from memo_coach.coaching.builtin.clarity import FEATURES, clarity_features, clarity_of
from memo_coach.coaching.builtin.scoring import score_memo
from memo_coach.coaching.memo.parser import parse_memo
from tests.metamorphic.judging import RUBRIC_IDS, judge

SHARED_DATA = Path(os.environ.get("MEMO_COACH_SHARED_DATA", Path(__file__).parents[5] / "shared" / "data"))
PAIRS = SHARED_DATA / "plain_language_pairs.json"


OWN = yaml.safe_load((Path(__file__).parent / "clarity_pairs.yaml").read_text("utf-8"))


def criterion_score(text: str, language: str, rubric_id: str) -> float:
    """Return the score that the criterion earns, before the ceiling for thin text and the rounding."""
    judged = judge(text, rubric_id, language)
    scored = score_memo(judged.rubric, judged.indicators)
    earned = next(one.earned for one in scored.criteria if one.criterion.id == "clarity")
    assert earned is not None
    return earned


def missed(pairs: list[dict[str, str]], language: str, rubric_id: str = "investment-memo") -> list[str]:
    return [
        pair["after"]
        for pair in pairs
        if criterion_score(pair["before"], language, rubric_id)
        >= criterion_score(pair["after"], language, rubric_id)
    ]


@pytest.mark.calibration
@pytest.mark.parametrize("rubric_id", RUBRIC_IDS)
def test_the_edited_text_is_judged_clearer_in_nineteen_pairs_of_twenty(rubric_id: str) -> None:
    if not PAIRS.is_file():
        pytest.skip(f"the shared folder with {PAIRS.name} is absent")
    pairs = json.loads(PAIRS.read_text("utf-8"))
    assert len(pairs) > 60
    wrong = missed(pairs, "en", rubric_id)
    assert len(wrong) <= 0.05 * len(pairs), wrong


@pytest.mark.parametrize(("language", "count"), [("en", 60), ("es", 20)])
def test_so_it_is_on_pairs_that_nothing_was_set_by(language: str, count: int) -> None:
    assert len(OWN[language]) == count
    wrong = missed(OWN[language], language)
    assert len(wrong) <= 0.05 * count, wrong


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
