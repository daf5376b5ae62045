"""Short memos that say all they have to (a status, a request, a notice), and short texts that say nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.evaluation import Evaluation
from memo_coach.coaching.rubric.reader import shipped_rubric

TEXTS: Final[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("short_memos.yaml").read_text("utf-8"))


def judged(text: str, rubric: str) -> Evaluation:
    return evaluate_text(text, shipped_rubric(rubric))


def overall(text: str, rubric: str) -> float:
    score = judged(text, rubric).overall.score
    assert score is not None
    return score


@pytest.mark.parametrize("name", TEXTS["sound"])
def test_a_short_memo_that_says_what_it_has_to_earns_points_for_it(name: str) -> None:
    evaluation = judged(**TEXTS["sound"][name])
    assert (evaluation.overall.score or 0) >= 3.0
    assert [each.id for each in evaluation.criteria if (each.score or 0) >= 4.0]


@pytest.mark.parametrize("name", TEXTS["empty"])
def test_a_short_text_that_says_nothing_earns_nothing(name: str) -> None:
    assert overall(**TEXTS["empty"][name]) <= 1.4


def test_a_paragraph_over_and_over_earns_no_more_than_once() -> None:
    request = TEXTS["sound"]["request"]
    paragraph = request["text"].split("\n\n")[3]
    often = "\n\n".join([paragraph] * 12)
    assert overall(often, request["rubric"]) <= overall(paragraph, request["rubric"])
