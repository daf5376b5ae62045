"""The remarks of an evaluation as cards, in the order of what matters or in that of the memo."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence

from memo_coach.coaching.evaluation import Comment
from memo_coach.translations import contents, text
from memo_coach.ui.annotated_text import quoted

FIRST = 5
"""Opportunities shown at first: people act on three to five remarks, not on thirty."""
FIRST_STRENGTHS = 2


@dataclasses.dataclass
class CardOnScreen:
    """One remark, ready to show."""

    id: str
    number: str
    criterion: str
    criterion_name: str
    kind: str
    quote: str
    placed: bool
    """False for a remark on the memo as a whole."""
    place: str
    """Where what is missing belongs: a sentence, or empty."""
    comment: str
    questions: list[str]
    suggestion: str
    first: bool
    """True for those that are shown before "show all"."""


def cards_of(
    comments: Sequence[Comment], names: Mapping[str, str], *, by_place: bool = False
) -> list[CardOnScreen]:
    """Return the remarks as cards: opportunities, then strengths, each by what matters or by its place.

    What concerns no passage comes before what concerns one: it is what the memo does not say at all.
    """
    limits = {"opportunity": FIRST, "strength": FIRST_STRENGTHS}

    def place(comment: Comment) -> tuple[bool, bool, bool, int, str]:
        later = not by_place and comment.rank >= limits[comment.kind]
        then = (comment.start or 0) if by_place else comment.rank
        return comment.kind == "strength", later, comment.start is not None, then, comment.id

    return [
        CardOnScreen(
            id=comment.id,
            number="",
            criterion=comment.criterion,
            criterion_name=names.get(comment.criterion, comment.criterion),
            kind=comment.kind,
            quote=quoted(comment.quote or ""),
            placed=comment.start is not None,
            place=_place_of(comment),
            comment=comment.comment,
            questions=list(comment.questions),
            suggestion=comment.suggestion or "",
            first=comment.rank < limits[comment.kind],
        )
        for comment in sorted(comments, key=place)
    ]


def numbered(cards: Sequence[CardOnScreen]) -> list[CardOnScreen]:
    """Return the cards that are shown with their numbers, which their passages have, too."""
    return [dataclasses.replace(card, number=str(number)) for number, card in enumerate(cards, start=1)]


def _place_of(comment: Comment) -> str:
    if comment.claim != "missing" or comment.element not in contents("places"):
        return ""
    return text("details.belongs", place=text(f"places.{comment.element}"))


def marks_of(comments: Sequence[Comment], cards: Sequence[CardOnScreen]) -> str:
    """Return the passages of the cards as the review editor reads them, in JSON."""
    shown = {card.id: card for card in cards}
    marks = [
        {
            "id": comment.id,
            "start": comment.start,
            "end": comment.end,
            "kind": comment.kind,
            "number": shown[comment.id].number,
            "label": shown[comment.id].criterion_name,
        }
        for comment in comments
        if comment.id in shown and comment.start is not None
    ]
    return json.dumps(marks, ensure_ascii=False)
