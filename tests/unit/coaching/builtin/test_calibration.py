"""The scale on real documents: it is used, and its top is kept for the excellent.

``docs/coach.md`` publishes the figures, and a test keeps it in step.
"""

from __future__ import annotations

import os
import re
import statistics
from functools import cache
from pathlib import Path

import pytest

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.rubric.reader import shipped_rubric

pytestmark = pytest.mark.calibration

CHECKOUT = Path(__file__).resolve().parents[4]
FOLDER = Path(os.environ.get("MEMO_COACH_SHARED_DATA", CHECKOUT.parent / "shared" / "data")) / "proposals"


@cache
def overall_scores() -> tuple[float, ...]:
    rubric = shipped_rubric("investment-memo")
    paths = [path for path in sorted(FOLDER.rglob("*")) if path.is_file() and path.stat().st_size]
    if not paths:
        pytest.skip(f"the real documents are not here: {FOLDER}")
    texts = (normalise_text(path.read_text("utf-8", errors="replace")) for path in paths)
    scores = sorted(evaluate_text(text, rubric).overall.score or 0.0 for text in texts)
    return tuple(scores)


def test_real_documents_use_the_scale() -> None:
    # Fitted to readers' scores, ours lie closer together than theirs: what cannot be told is not guessed.
    assert statistics.stdev(overall_scores()) >= 0.45


def test_the_top_of_the_scale_is_kept_for_the_excellent() -> None:
    assert max(overall_scores()) < 4.8


def test_real_documents_are_not_all_called_poor() -> None:
    assert statistics.median(overall_scores()) >= 1.5
    assert max(overall_scores()) >= 2.8


def test_the_published_figures_are_those_of_this_version() -> None:
    scores = overall_scores()
    published = re.search(
        r"(\d+) documents: mean ([\d.]+), standard deviation ([\d.]+), lowest ([\d.]+), highest (\d\.\d)",
        " ".join((CHECKOUT / "docs" / "coach.md").read_text("utf-8").split()),
    )
    assert published is not None
    assert [float(figure) for figure in published.groups()] == pytest.approx(
        [len(scores), statistics.mean(scores), statistics.stdev(scores), scores[0], scores[-1]], abs=0.051
    )
