"""The weights that the coach comes with fit its word lists and outputs, and are summed up rightly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Any

import pytest

from memo_coach.coaching.builtin.elements import classifier as weights_module
from memo_coach.coaching.builtin.elements.catalogue import OUTPUTS
from memo_coach.coaching.builtin.elements.classifier import FILE, Model, probability
from memo_coach.coaching.builtin.elements.features import (
    GROUPS_OF_WORDS,
    SHARED_GROUPS,
    Features,
    features_of,
)
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.parser import parse_memo
from tests.checks.repository import ROOT

RAW: dict[str, Any] = json.loads(FILE.read_text("utf-8"))


def units(text: str, language: str) -> Iterator[dict[str, set[str]]]:
    memo = parse_memo(text, language)
    for read in features_of(memo, lexicon_of(language), RAW["lists"]):
        yield {group: set(keys) for group, keys in read.features.items()}


def plain_sums(features: Features, language: str) -> list[float]:
    sums = list(RAW["bias"])
    for group, keys in features.items():
        table = RAW["shared"][group] if group in SHARED_GROUPS else RAW["words"][language].get(group, {})
        for row in (table[key] for key in keys if key in table):
            for output, weight in zip(row[::2], row[1::2], strict=True):
                sums[output] += weight
    return [probability(one / RAW["scale"]) for one in sums]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_list_that_is_a_feature_is_in_each_language(language: str) -> None:
    assert set(RAW["lists"]) <= lexicon_of(language).names()


def test_the_weights_are_of_the_outputs_and_groups_that_the_coach_has() -> None:
    assert RAW["outputs"] == list(OUTPUTS)
    assert len(RAW["bias"]) == len(OUTPUTS)
    assert set(RAW["shared"]) == set(SHARED_GROUPS)
    assert all(set(groups) <= set(GROUPS_OF_WORDS) for groups in RAW["words"].values())


def test_the_weights_are_small() -> None:
    assert FILE.stat().st_size < 600 * 1024


@pytest.mark.parametrize(
    ("name", "language"), [("written-01", "en"), ("written-02", "en"), ("written-03", "es")]
)
def test_packed_sums_are_the_plain_sums(name: str, language: str) -> None:
    # What units share is summed once, and rows are packed when a language is first used: all are asked twice.
    model = Model(RAW)
    asked = list(units((ROOT / "training" / "texts" / f"{name}.md").read_text("utf-8"), language))
    for _ in range(2):
        for features, chances in zip(asked, model.units(asked, language), strict=True):
            assert chances == pytest.approx(plain_sums(features, language))


def test_threads_that_begin_together_see_all_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list(units((ROOT / "training" / "texts" / "written-01.md").read_text("utf-8"), "en"))
    expected = list(Model(RAW).units(asked, "en"))
    model, together, packed = Model(RAW), Barrier(4), weights_module._tables

    def slowly(groups: Any) -> Any:
        sleep(0.01)  # the others come while this one packs
        return packed(groups)

    monkeypatch.setattr(weights_module, "_tables", slowly)

    def judged(_: int) -> list[list[float]]:
        together.wait()
        return list(model.units(asked, "en"))

    with ThreadPoolExecutor(4) as threads:
        assert all(one == expected for one in threads.map(judged, range(4)))


def test_no_amount_is_learned_by_heart() -> None:
    def of(amount: str) -> list[set[str]]:
        text = f"# A request\n\nI ask the board to approve {amount} for new pumps.\n"
        return [unit["words"] for unit in units(text, "en")]

    assert of("£17,940") == of("£9")
    assert any("<money>" in words for words in of("£9"))
