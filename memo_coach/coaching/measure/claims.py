"""What a comment claims: that an element of the memo is missing, that it is weak, or that it is there.

A comment that says so itself is taken at its word. For one that does not, ``claims.yaml`` knows what its kind
of finding claims; of all others nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from memo_coach.coaching.evaluation import Claim, Comment

CLAIMS = Path(__file__).with_name("claims.yaml")


@dataclass(frozen=True, slots=True)
class Claimed:
    """An element, and what is claimed of it; ``claim`` is ``None`` where the element is only named."""

    element: str
    claim: Claim | None


def claim_of(comment: Comment) -> Claimed | None:
    """Return what a comment claims, or ``None`` where it is about no element."""
    if comment.element:
        return Claimed(comment.element, comment.claim)
    return claims_of_findings().get(comment.finding)


@cache
def claims_of_findings() -> Mapping[str, Claimed]:
    """Return what each kind of finding claims, by its name; read once."""
    import yaml  # noqa: PLC0415 - its import is slow, and only a measure needs it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, dict[Claim, list[str]]]
    document = yaml.load(CLAIMS.read_text("utf-8"), Loader=loader)  # noqa: S506 - CSafeLoader is a safe loader
    return {
        finding: Claimed(element, claim)
        for element, claims in document.items()
        for claim, findings in claims.items()
        for finding in findings
    }
