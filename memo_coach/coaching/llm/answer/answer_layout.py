"""Where a criterion stands in an answer: models wrap, list and name things in more ways than asked.

Taken are the object that is asked for, the same within one other object or list, a bare list of criteria
(also within an object), criteria as an object with their ids for keys, and a single criterion.
"""

from __future__ import annotations

from collections.abc import Collection

from memo_coach.coaching.llm.answer.json_stream import Found, Path

LISTED = "criteria"
OVERALL = "overall"
OWN_KEYS = frozenset({"id", "reason", "score", "evidence", "comments"})


def criterion_depth(found: Found, known: Collection[str]) -> int | None:
    """Return the length of the path to the criterion that a value is or belongs to; ``None`` for others."""
    path = found.path
    if LISTED in path[:2]:
        depth = path.index(LISTED) + 2
        return depth if len(path) >= depth else None
    if not path:
        return 0 if isinstance(found.value, dict) and "score" in found.value else None
    if isinstance(path[0], int) or (path[0] in known and not _is_own(found, path)):
        return 1
    if path[0] in OWN_KEYS:
        return 0
    if len(path) > 1 and (isinstance(path[1], int) or path[1] in known):
        return 2
    return None


def _is_own(found: Found, path: Path) -> bool:
    """Tell the evidence of a criterion from a criterion with the id ``evidence``: the one is a list."""
    if path[0] not in OWN_KEYS:
        return False
    return isinstance(path[1], int) if len(path) > 1 else not isinstance(found.value, dict)
