"""What the built-in coach found in a memo, as a few short lines: for another reader of the same memo.

The lines are made from the comments of an evaluation that exists already, so nothing is read twice. They hold
no scores, and no words but the names of the elements and the memo's own.
"""

from __future__ import annotations

from typing import Final

from memo_coach.coaching.builtin.elements.catalogue import NAMES
from memo_coach.coaching.evaluation import Comment, Evaluation

LONGEST_EVIDENCE: Final = 2_500
"""Characters of all lines together."""
LONGEST_QUOTE: Final = 160
"""Characters of the passage in one line."""


def evidence_of(evaluation: Evaluation, shown: str) -> str:
    """Return a line for each element that something was said of: its name, the claim, how sure, a passage.

    A passage stands in one line, as white space is one blank, and ends with a whole word. Where there is no
    room for all, what ranks lowest is left out. The lines are in the order of the catalogue.

    Args:
        evaluation: what the built-in coach said of the memo; the comments of others are passed over.
        shown: the text as the other reader may see it, with each position as in the memo that was judged.
    """
    lines: dict[tuple[str, str], str] = {}
    room = LONGEST_EVIDENCE
    for comment in sorted(evaluation.comments, key=lambda each: each.rank):
        if comment.element not in NAMES or comment.claim is None:
            continue
        key = comment.element, comment.claim
        line = _line(comment, shown)
        if key in lines or len(line) >= room:
            continue
        lines[key] = line
        room -= len(line) + 1
    return "\n".join(lines[key] for key in sorted(lines, key=lambda key: (NAMES.index(key[0]), key[1])))


def _line(comment: Comment, shown: str) -> str:
    sure = "" if comment.confidence is None else f" {comment.confidence:.2f}"
    told = f"{comment.element}: {comment.claim}{sure}"
    if comment.start is None or comment.end is None:
        return told
    # From the memo as it is shown: a passage may reach over words that the other reader is not to see.
    quote = _shortened(" ".join(shown[comment.start : comment.end].split()))
    return f"{told} | {quote}" if quote else told


def _shortened(quote: str) -> str:
    """Cut a text behind its last whole word that there is room for; a word that is too long is cut."""
    if len(quote) <= LONGEST_QUOTE:
        return quote
    cut = quote[: LONGEST_QUOTE + 1]
    return cut.rpartition(" ")[0] or cut[:LONGEST_QUOTE]
