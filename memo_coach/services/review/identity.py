"""Which remarks of two versions of a memo are the same one.

A remark is known by what it says (criterion and finding; of a model's, criterion, element and claim) and by
the passage that it quotes, however that is spaced or capitalised. Where the passage was edited it is known by
the passage that is most like it; and where it is about the memo rather than about the passage, as one on its
risks is, by being the only one that says this, then and now.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz.fuzz import ratio

from memo_coach.coaching.evaluation import Comment

WORD_FINDINGS: Final = frozenset({"acronyms.unexplained", "jargon.word"})
"""Findings about the very word that they quote."""
LONGEST_PASSAGE: Final = 300
"""Characters of a passage that are compared."""
_SHORTEST_EDITED: Final = 20
"""Characters of a passage below which another is another phrase, not the same one edited."""
_LEAST_ALIKE: Final = 65.0
"""Per cent of two passages that both have, in order; of sentences on different things it is about 45."""


@dataclass(frozen=True, slots=True)
class RemarkIdentity:
    """By what a remark is known in another version."""

    key: str
    """A hash of what it says and of its passage; of those that share both, of which one it is, in order."""
    says: str
    passage: str
    """Without what makes no difference, at most :data:`LONGEST_PASSAGE` of it; empty where it has none."""
    is_only: bool
    """Whether it is about the memo, and no other remark of the version says the same."""


def identities(comments: Iterable[Comment]) -> dict[str, RemarkIdentity]:
    """Map the id of each comment of an evaluation to its identity, the one that stands first first."""
    in_order = sorted(comments, key=lambda each: (-1 if each.start is None else each.start, each.id))
    how_many = Counter(map(_says, in_order))
    seen: Counter[tuple[str, str]] = Counter()
    found = {}
    for comment in in_order:
        says, passage = _says(comment), normalised(comment.quote or "")
        seen[says, passage] += 1
        found[comment.id] = RemarkIdentity(
            key=_hashed("\0".join((says, passage, str(seen[says, passage])))),
            says=says,
            passage=passage[:LONGEST_PASSAGE],
            is_only=how_many[says] == 1 and (comment.quote is None or comment.element is not None),
        )
    return found


def same_remarks(before: Mapping[str, RemarkIdentity], now: Mapping[str, RemarkIdentity]) -> dict[str, str]:
    """Map names of remarks of one version to the names that the same ones have in another."""
    found: dict[str, str] = {}
    for same in (_has_its_key, _likeness, _is_only_one):
        _pair(before, now, found, same)
    return found


def kind_of(comment: Comment) -> str:
    """Return what is muted where remarks like this one are: the finding, or a model's criterion."""
    return comment.finding or comment.criterion


def normalised(text: str) -> str:
    """Return a passage without what makes no difference: white space and capitals."""
    return " ".join(text.split()).casefold()


def _pair(
    before: Mapping[str, RemarkIdentity],
    now: Mapping[str, RemarkIdentity],
    found: dict[str, str],
    same: Callable[[RemarkIdentity, RemarkIdentity], float],
) -> None:
    """Add the pairs of remarks that have no partner yet and are alike, those that are most alike first."""
    taken = set(found.values())
    pairs = [
        (likeness, name, other)
        for name, identity in before.items()
        if name not in found
        for other, current in now.items()
        if other not in taken and identity.says == current.says and (likeness := same(identity, current))
    ]
    for _, name, other in sorted(pairs, key=lambda pair: -pair[0]):
        if name not in found and other not in taken:
            found[name] = other
            taken.add(other)


def _has_its_key(one: RemarkIdentity, other: RemarkIdentity) -> float:
    return float(one.key == other.key)


def _likeness(one: RemarkIdentity, other: RemarkIdentity) -> float:
    if min(len(one.passage), len(other.passage)) < _SHORTEST_EDITED:
        return 0.0
    return ratio(one.passage, other.passage, score_cutoff=_LEAST_ALIKE)


def _is_only_one(one: RemarkIdentity, other: RemarkIdentity) -> float:
    return float(one.is_only and other.is_only)


def _says(comment: Comment) -> str:
    what = comment.finding or f"{comment.kind}:{comment.element or ''}:{comment.claim or ''}"
    return f"{comment.criterion}/{what}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
