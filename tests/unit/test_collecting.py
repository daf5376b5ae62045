"""What was collected is left out of the search for garbage, and the search goes on."""

from __future__ import annotations

import gc


def test_garbage_is_searched_for_but_not_among_what_was_collected() -> None:
    assert gc.isenabled()
    # A module with its tests is thousands of objects.
    assert gc.get_freeze_count() > 10_000
