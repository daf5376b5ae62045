"""What a load finds in the database: nothing where all is as acknowledged, else a sentence for each thing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.load.people import Kept
from tests.load.stored import Rows, faults

ANN = Kept(evaluations=["a1"], memo="am", text="Ann's draft")
BEN = Kept(evaluations=["b1", "b2"], memo="bm", text="Ben's version")
ROWS = Rows(
    evaluations=[("a1", "ann", "done", 1), ("b1", "ben", "done", 2), ("b2", "ben", "done", 1)],
    memos=[("am", "ann", "Ann's draft"), ("bm", "ben", None)],
    versions=[("bm", "an older one"), ("bm", "Ben's version")],
)


def test_nothing_is_found_where_all_is_as_it_was_acknowledged() -> None:
    assert faults(ROWS, [ANN, BEN, Kept()]) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (replace(ROWS, evaluations=ROWS.evaluations[1:]), "evaluation a1 is missing"),
        (
            replace(ROWS, evaluations=[*ROWS.evaluations, ("x", "ann", "done", 1)]),
            "4 evaluations, and 3 were",
        ),
        (replace(ROWS, evaluations=[("a1", "ann", "failed", 3), *ROWS.evaluations[1:]]), "a1 is failed"),
        (replace(ROWS, evaluations=[("a1", "cy", "done", 1), *ROWS.evaluations[1:]]), "has 2 owners"),
        (replace(ROWS, memos=[("am", "ann", "older"), ROWS.memos[1]]), "draft of am is not what"),
        (replace(ROWS, versions=ROWS.versions[:1]), "draft of bm is not what"),
        (replace(ROWS, memos=[ROWS.memos[0]]), "draft of bm is not what"),
        (
            Rows(
                [(name, "ann", "done", 1) for name in ("a1", "b1", "b2")],
                [("am", "ann", ANN.text), ("bm", "ann", BEN.text)],
                [],
            ),
            "2 people share an owner",
        ),
    ],
)
def test_what_is_lost_doubled_or_somebody_elses_is_said(rows: Rows, said: str) -> None:
    assert any(said in each for each in faults(rows, [ANN, BEN]))
