"""Which of the shipped rubrics fits a memo: told where it is clear, never of a sample on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.builtin.elements.kinds import (
    FITTING_FROM,
    LEAST_WORDS,
    fitting_kind,
    kind_chances,
    kind_features,
)
from memo_coach.coaching.builtin.elements.memo_features import KINDS, found_of
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.rubric.reader import shipped_rubrics
from memo_coach.coaching.samples import Sample, samples

RUBRICS = {rubric.id: rubric for rubric in shipped_rubrics()}
SAMPLES = [one for language in ("en", "es") for kind in KINDS for one in samples(kind, language)]
ENDS = ("would fit it better.", "le iría mejor.")
RECOGNISED = {"es-investment-memo-strong", "en-policy-memo-strong"}
"""Strong samples that are clearly of their kind; of the others the model is not sure enough to speak."""


def told(text: str, rubric: Rubric, language: str | None = None) -> list[str]:
    notices = evaluate_text(text, rubric, language).overall.notices
    return [notice for notice in notices if notice.endswith(ENDS)]


def sure_of(kind: str, chance: float = 0.99) -> Sequence[float]:
    return [chance if one == kind else (1 - chance) / 3 for one in KINDS]


def test_every_kind_has_a_shipped_rubric() -> None:
    assert set(KINDS) == set(RUBRICS)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_a_sample_on_its_own_rubric_gets_no_notice(sample: Sample) -> None:
    assert told(sample.text, RUBRICS[sample.rubric], sample.language) == []


@pytest.mark.parametrize("in_use", KINDS)
@pytest.mark.parametrize(
    "sample", [one for one in SAMPLES if one.quality == "strong"], ids=lambda one: one.id
)
def test_a_strong_sample_on_another_rubric_gets_the_right_notice_or_none(sample: Sample, in_use: str) -> None:
    notices = told(sample.text, RUBRICS[in_use], sample.language)
    if sample.id not in RECOGNISED or in_use == sample.rubric:
        assert notices == []
        return
    (notice,) = notices
    assert RUBRICS[sample.rubric].name[sample.language] in notice


def test_the_notice_is_in_the_language_of_the_memo() -> None:
    english, spanish = (
        next(one for one in SAMPLES if one.id == name)
        for name in ("en-policy-memo-strong", "es-investment-memo-strong")
    )
    assert told(english.text, RUBRICS["status-update"]) == [
        "This looks like a policy or procedure: the rubric “Policy or procedure memo” would fit it better."
    ]
    assert told(spanish.text, RUBRICS["status-update"]) == [
        "Esto parece una petición de dinero: la rúbrica «Memo de inversión» le iría mejor."
    ]


@pytest.mark.parametrize(
    "changed",
    [{"id": "our-own"}, {"version": "000000000000"}, {"position": 77}, {"name": {"en": "Ours"}}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_custom_rubric_gets_no_notice(changed: dict[str, Any]) -> None:
    text = next(one.text for one in SAMPLES if one.id == "en-policy-memo-strong")
    assert told(text, RUBRICS["status-update"])
    assert told(text, replace(RUBRICS["status-update"], **changed)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_named_from_the_threshold_on_and_in_no_short_text(kind: str) -> None:
    for in_use in KINDS:
        fitting = None if in_use == kind else RUBRICS[kind]

        def asked(chance: float, words: int = LEAST_WORDS, in_use: str = in_use) -> Rubric | None:
            return fitting_kind(sure_of(kind, chance), words, RUBRICS[in_use], shipped_rubrics)

        assert asked(FITTING_FROM) is fitting
        assert asked(FITTING_FROM - 0.01) is None
        assert asked(0.99, LEAST_WORDS - 1) is None


def test_the_shipped_rubrics_are_read_only_where_there_is_something_to_say() -> None:
    def shipped() -> Sequence[Rubric]:
        raise AssertionError("read without need")

    assert fitting_kind(sure_of("policy-memo"), 500, RUBRICS["policy-memo"], shipped) is None
    assert (
        fitting_kind(sure_of("policy-memo"), 500, replace(RUBRICS["policy-memo"], id="own"), shipped) is None
    )


def test_the_chances_make_one_whatever_was_found() -> None:
    for column in ([], [0.0], [1.0] * 50):
        chances = kind_chances(kind_features([0.0] * 12, [found_of(column)] * 35))
        assert len(chances) == len(KINDS)
        assert sum(chances) == pytest.approx(1)
