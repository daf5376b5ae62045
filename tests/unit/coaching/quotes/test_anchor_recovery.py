"""Quotes of real documents are found after they were changed as models change them; foreign ones are not.

``docs/coach.md`` publishes the figures of a larger sample (``tests/benchmarks/describe_anchors.py``).
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.benchmarks.describe_anchors import MOST_FOREIGN, REQUIRED, SHARED, documents, foreign_total
from tests.benchmarks.quote_corruption import KINDS, Document, foreign_accepted, form_runs, recovered

pytestmark = pytest.mark.calibration

SEED = 4
EACH = 12


@cache
def real_documents() -> list[Document]:
    found = documents()
    if not found:
        pytest.skip(f"the real documents are not here: {SHARED}")
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_quote_is_found_at_the_right_place(kind: str) -> None:
    held_out = real_documents()[1::2]
    assert recovered(held_out, KINDS[kind], each=EACH, seed=SEED).percent >= REQUIRED[kind]


def test_a_foreign_quote_is_hardly_ever_found() -> None:
    every = real_documents()
    rates = foreign_accepted(every[1::2], form_runs(every), each=EACH, seed=SEED)
    assert foreign_total(rates, with_form=False).percent <= MOST_FOREIGN
