"""A loop over nothing proves nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Found = TypeVar("Found")


def some(found: Iterable[Found]) -> list[Found]:
    """Return all that was found, of which there must be something."""
    everything = list(found)
    assert everything, "there is nothing of which it could hold"
    return everything
