"""Places in the Help page that other pages point to."""

from __future__ import annotations

from typing import Final

RUBRICS: Final = "rubrics"


def criterion_anchor(rubric_id: str, criterion_id: str) -> str:
    """Return the id of what a rubric says of a criterion."""
    return f"{rubric_id}-{criterion_id}"
