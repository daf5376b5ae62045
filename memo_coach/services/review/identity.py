"""Which remarks of two versions of a memo are the same one.

A remark is known by what it says (criterion and finding; of a model's, criterion, element and claim) and by
the passage that it quotes, however that is spaced or capitalised. Where the passage was rewritten it is known
if it is the only one that says this, then and now.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from memo_coach.coaching.evaluation import Comment

WORD_FINDINGS: Final = frozenset({"acronyms.unexplained", "jargon.word"})
"""Findings about the very word that they quote: another word is another remark."""


@dataclass(frozen=True, slots=True)
class RemarkIdentity:
    """By what a remark is known in another version."""

    key: str
    """A hash of what it says and of its passage; of those that share both, of which one it is, in order."""
    only_of: str | None
    """What it says, where no other remark of the version says the same; ``None`` for one about a word."""


def identities(comments: Iterable[Comment]) -> dict[str, RemarkIdentity]:
    """Map the id of each comment of an evaluation to its identity."""
    in_order = sorted(
        comments, key=lambda comment: (-1 if comment.start is None else comment.start, comment.id)
    )
    how_many = Counter(map(_says, in_order))
    seen: Counter[tuple[str, str]] = Counter()
    found = {}
    for comment in in_order:
        says, passage = _says(comment), normalised(comment.quote or "")
        seen[says, passage] += 1
        key = "\0".join((says, passage, str(seen[says, passage])))
        is_only = how_many[says] == 1 and comment.finding not in WORD_FINDINGS
        found[comment.id] = RemarkIdentity(_hashed(key), says if is_only else None)
    return found


def same_remarks(before: Mapping[str, RemarkIdentity], now: Mapping[str, RemarkIdentity]) -> dict[str, str]:
    """Map the ids of remarks of one version to the ids that the same ones have in another."""
    by_key = {identity.key: comment_id for comment_id, identity in now.items()}
    by_kind = {identity.only_of: comment_id for comment_id, identity in now.items() if identity.only_of}
    found = {}
    for comment_id, identity in before.items():
        same = by_key.get(identity.key) or (by_kind.get(identity.only_of) if identity.only_of else None)
        if same is not None:
            found[comment_id] = same
    return found


def kind_of(comment: Comment) -> str:
    """Return what is muted where remarks like this one are: the finding, or a model's criterion."""
    return comment.finding or comment.criterion


def normalised(text: str) -> str:
    """Return a passage without what makes no difference: white space and capitals."""
    return " ".join(text.split()).casefold()


def _says(comment: Comment) -> str:
    what = comment.finding or f"{comment.kind}:{comment.element or ''}:{comment.claim or ''}"
    return f"{comment.criterion}/{what}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
