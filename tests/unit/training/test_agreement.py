"""The figures on how readers agree are those that the labels give."""

from __future__ import annotations

from tests.checks.repository import ROOT
from training.agreement import ranks, report, spearman


def test_ranks_of_equal_values_are_their_mean() -> None:
    assert ranks([3.0, 1.0, 3.0]) == [1.5, 0.0, 1.5]
    assert spearman([1, 2, 3], [10, 20, 30]) == 1.0
    assert spearman([1, 2, 3], [30, 20, 10]) == -1.0


def test_the_readme_has_the_figures_of_the_labels() -> None:
    readme = (ROOT / "training" / "README.md").read_text("utf-8")
    assert all(f"    {line}\n" in readme for line in report().splitlines())
