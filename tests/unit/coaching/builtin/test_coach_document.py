"""What docs/coach.md says is true: its table, its example, its message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from memo_coach.cli import main
from memo_coach.cli.measure_report import TABLES
from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.builtin.findings import registered_detectors
from memo_coach.coaching.builtin.scoring import FULL_SUBSTANCE, SCORE_CURVE
from memo_coach.coaching.errors import BrokenRubric
from memo_coach.coaching.measure.annotations import read_annotations
from memo_coach.coaching.measure.elements import ELEMENTS
from memo_coach.coaching.rubric.reader import load_rubric, shipped_rubrics
from memo_coach.translations import text
from tests.some import some

DOCUMENT = (Path(__file__).resolve().parents[4] / "docs" / "coach.md").read_text("utf-8")


def example(name: str = "rubric", language: str = "yaml") -> str:
    match = re.search(rf"<!-- example: {name} -->\n```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    assert match is not None
    return match[1]


def test_the_table_names_every_detector_with_its_indicators_and_source() -> None:
    for detector in some(registered_detectors()):
        line = next((line for line in DOCUMENT.splitlines() if line.startswith(f"| `{detector.name}` |")), "")
        assert all(f"`{name}`" in line for name in detector.indicators), detector.name
        assert detector.source in line, detector.name


def test_the_example_rubric_can_be_used() -> None:
    rubric = load_rubric(example(), source="site-visit.yaml")
    text = (
        "The warehouse in Leeds is not safe and should close on 1 May. We counted 12 blocked exits on 3 "
        "April, and two accidents were reported in March (site log, page 4).\n"
    )
    evaluation = evaluate_text(text, rubric, "en")
    assert [criterion.score is None for criterion in evaluation.criteria] == [False, True]


def test_the_message_for_a_misspelt_indicator_is_the_one_shown() -> None:
    with pytest.raises(BrokenRubric) as caught:
        load_rubric(example().replace("bottom-line: 2", "bottom-lin: 2"), source="site-visit.yaml")
    assert str(caught.value) in DOCUMENT


def test_the_curve_is_that_of_the_code() -> None:
    flat = " ".join(DOCUMENT.split())
    assert ", ".join(f"{point:g} → {score}" for point, score in SCORE_CURVE) in flat
    assert f"(substance ÷ {FULL_SUBSTANCE})" in flat


def test_the_example_of_annotations_can_be_measured(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    text, annotations = example("annotated text", "markdown"), example("annotations", "json")
    read = read_annotations(annotations, text, name="example", rubrics=shipped_rubrics())
    assert {found.status for found in read.elements.values()} == {"present", "partial", "absent"}
    (tmp_path / "example.md").write_text(text, "utf-8")
    (tmp_path / "example.json").write_text(annotations, "utf-8")
    assert main(["eval", str(tmp_path)]) == 0
    assert capfdbinary.readouterr().out.startswith(b"Built-in coach: 1 document, 1 run\n")


def test_every_element_is_told() -> None:
    for element, what in some(ELEMENTS.items()):
        assert f"| `{element}` | {what} |" in DOCUMENT


def test_every_figure_is_told() -> None:
    section = DOCUMENT.partition("### How to read the figures")[2]
    for name in some([text(name) for _, columns in TABLES for name, _, _ in columns]):
        assert any(name in line.split("|")[1] for line in section.splitlines() if line.startswith("| ")), name
