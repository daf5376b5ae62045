"""Names of files that are made of what a writer wrote."""

from __future__ import annotations

import re

from memo_coach.coaching.memo.normalisation import normalised

_LONGEST = 60


def plain_name(title: str) -> str:
    """Return a safe name: nothing of the title but Latin letters and digits, with hyphens between words."""
    letters = normalised("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters)[:_LONGEST].strip("-") or "memo"
