"""The sample memos: there for every rubric and language, and judged as what they are."""

from __future__ import annotations

import re

import pytest

from memo_coach.coaching.memo.language import detect_language
from memo_coach.coaching.samples import Sample, samples

from .base_memo import base_memos
from .judging import RUBRIC_IDS, judge, rubric

ALL = [
    sample for language in ("en", "es") for rubric_id in RUBRIC_IDS for sample in samples(rubric_id, language)
]
each_sample = pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.id)
each_strong_sample = pytest.mark.parametrize(
    "sample", [sample for sample in ALL if sample.quality == "strong"], ids=lambda sample: sample.id
)
each_weak_sample = pytest.mark.parametrize(
    "sample", [sample for sample in ALL if sample.quality == "weak"], ids=lambda sample: sample.id
)


def test_each_rubric_has_a_weak_and_a_strong_sample_in_each_language() -> None:
    assert len(ALL) == 2 * len(RUBRIC_IDS) * 2
    for language in ("en", "es"):
        for rubric_id in RUBRIC_IDS:
            found = samples(rubric_id, language)
            assert [sample.quality for sample in found] == ["weak", "strong"]
            assert {(sample.rubric, sample.language) for sample in found} == {(rubric_id, language)}


def test_ids_are_unique() -> None:
    assert len({sample.id for sample in ALL}) == len(ALL)


def test_a_language_without_samples_gets_the_english_ones() -> None:
    assert samples("decision-memo", "fr") == samples("decision-memo", "en")


@pytest.mark.parametrize(
    ("rubric_id", "language"), [("unknown", "en"), ("../en/decision-memo", "es"), ("", "")]
)
def test_an_unknown_rubric_has_no_samples(rubric_id: str, language: str) -> None:
    assert samples(rubric_id, language) == ()


@each_sample
def test_a_sample_is_in_its_language_and_has_a_title(sample: Sample) -> None:
    assert detect_language(sample.text) == sample.language
    assert sample.title
    assert sample.title in sample.text


@each_sample
def test_a_sample_has_the_length_of_a_real_memo(sample: Sample) -> None:
    assert 350 <= len(re.findall(r"\w+", sample.text)) <= 1_000


@each_strong_sample
def test_a_strong_sample_is_judged_strong(sample: Sample) -> None:
    assert judge(sample.text, sample.rubric).overall >= 4.2


@each_weak_sample
def test_a_weak_sample_is_judged_weak(sample: Sample) -> None:
    assert judge(sample.text, sample.rubric).overall <= 2.4


@each_strong_sample
def test_a_strong_sample_has_no_criterion_below_three(sample: Sample) -> None:
    scores = judge(sample.text, sample.rubric).scores
    assert {name: score for name, score in scores.items() if score is None or score < 3.0} == {}


TEXTS = {sample.id: sample.text for sample in ALL} | {memo.name: memo.text for memo in base_memos()}


@pytest.mark.parametrize("rubric_id", RUBRIC_IDS)
@pytest.mark.parametrize("name", TEXTS)
def test_the_overall_score_is_what_a_writer_works_out_from_scores_and_weights(
    name: str, rubric_id: str
) -> None:
    judged = judge(TEXTS[name], rubric_id)
    evaluation = judged.evaluation
    mean = sum((item.score or 0) * item.effective_weight for item in evaluation.criteria) / 100
    if judged.overall < mean - 0.06:
        reasons = {reason for cap in rubric(rubric_id).caps for reason in cap.reason.values()}
        assert reasons.intersection(evaluation.overall.notices)
    else:
        assert judged.overall == pytest.approx(mean, abs=0.051)


@each_sample
def test_the_summary_begins_with_the_first_opportunity(sample: Sample) -> None:
    evaluation = judge(sample.text, sample.rubric).evaluation
    opportunities = [item for item in evaluation.comments if item.kind == "opportunity" and item.priority > 0]
    change = evaluation.overall.summary.rpartition(". ")[2]
    named = [
        item.id for item in evaluation.criteria if f"“{item.name}”" in change or f"«{item.name}»" in change
    ]
    if opportunities and named:
        assert named == [opportunities[0].criterion]
    if opportunities and (evaluation.overall.score or 0) < 4.5:
        assert named
