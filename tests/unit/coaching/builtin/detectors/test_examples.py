"""Every kind of remark has two examples: a text that earns it, and one like it that does not."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.coach import _OF_NO_ELEMENT
from memo_coach.coaching.builtin.elements.remarks import BURIED, INDICATORS
from memo_coach.coaching.builtin.findings import Detector, registered_detectors
from memo_coach.coaching.builtin.phrasing import phrases
from memo_coach.coaching.builtin.remarks import REMARKS
from tests.remark_examples import entries, examples, kinds_on, unspoken
from tests.some import some

KINDS = sorted(phrases("en"))
OF_ELEMENTS = {kind for kinds in REMARKS.values() for kind in kinds} | {BURIED}


def detector_of(kind: str) -> Detector:
    name = kind.partition(".")[0]
    return next(detector for detector in registered_detectors() if detector.name == name)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_remark_is_made_on_its_one_example_and_not_on_the_other(kind: str) -> None:
    if kind in unspoken():
        assert kind not in examples()
        return
    assert kind in examples(), f"{kind} has no example: docs/coach.md says where to write one"
    example = examples()[kind]
    assert kind in kinds_on(example.fires, example.judge)
    assert kind not in kinds_on(example.silent, example.judge)


def test_examples_stand_with_the_detector_whose_name_the_kind_begins_with() -> None:
    for folder, kinds in some(entries().items()):
        for kind in some(kinds):
            assert kind in KINDS, kind
            assert detector_of(kind).read.__module__.split(".")[-2] == folder, kind


@pytest.mark.parametrize("kind", sorted(set(unspoken()) - OF_ELEMENTS))
def test_what_a_detector_says_in_vain_is_left_to_the_model_in_every_memo(kind: str) -> None:
    assert set(detector_of(kind).indicators) <= INDICATORS
    assert kind not in _OF_NO_ELEMENT
    assert any(f"`{other}`" in unspoken()[kind] for other in OF_ELEMENTS)


def test_what_is_said_to_be_unspoken_is_said_of_no_example() -> None:
    for example in some(examples().values()):
        for text in (example.fires, example.silent):
            assert not kinds_on(text, example.judge) & set(unspoken()), example.kind
