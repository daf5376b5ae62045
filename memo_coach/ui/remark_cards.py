"""The remarks of an evaluation as cards, in the order of what matters or in that of the memo."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence

from memo_coach.coaching.evaluation import Comment
from memo_coach.services.review.views import Outcome, RemarkMark, ReviewView
from memo_coach.translations import contents, text
from memo_coach.ui.annotated_text import quoted

FIRST = 5
"""Opportunities shown at first: people act on three to five remarks, not on thirty."""
FIRST_STRENGTHS = 2
_OUTCOMES: Sequence[Outcome] = ("addressed", "open", "declined", "not comparable")


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
    state: str = "open"
    """What the writer made of it: ``open``, ``done`` or ``declined``."""
    reason: str = ""
    """Why it was declined."""
    muted: bool = False
    """Whether its kind is muted, or its word in the glossary."""
    mute: str = ""
    """The kind that would be muted with it, or is."""
    word: str = ""
    """The word that would be added to the glossary, or is there."""
    note: str = ""
    """What is said of it beside earlier versions, or empty."""


@dataclasses.dataclass
class EarlierOnScreen:
    """What became of a remark on the version before."""

    outcome: str
    label: str
    criterion_name: str
    comment: str
    reason: str
    now: str
    """The id of the remark that it is in this version, or empty."""


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


def reviewed(cards: Sequence[CardOnScreen], review: ReviewView | None) -> list[CardOnScreen]:
    """Return the cards with what the writer made of their remarks."""
    marks = {} if review is None else review.marks
    return [
        dataclasses.replace(
            card,
            state=mark.state,
            reason=mark.reason,
            muted=mark.muted,
            mute=mark.kind,
            word=mark.word or "",
            note=_note(card, mark, review),
        )
        if (mark := marks.get(card.id)) is not None
        else card
        for card in cards
    ]


def _note(card: CardOnScreen, mark: RemarkMark, review: ReviewView | None) -> str:
    if mark.found_again:
        return text("details.found_again")
    return text("details.is_new") if review is not None and card.id in review.new else ""


def earlier_of(review: ReviewView | None) -> list[EarlierOnScreen]:
    """Return what became of the remarks on the version before: first what the writer has achieved."""
    remarks = () if review is None else review.earlier
    return [
        EarlierOnScreen(
            outcome=remark.outcome.replace(" ", "-"),
            label=text(f"details.outcome_{remark.outcome.replace(' ', '_')}"),
            criterion_name=remark.criterion_name,
            comment=remark.comment,
            reason=remark.reason,
            now=remark.now or "",
        )
        for remark in sorted(remarks, key=lambda remark: _OUTCOMES.index(remark.outcome))
    ]


def told_of_earlier(review: ReviewView | None, comments: Sequence[Comment]) -> str:
    """Return in a sentence what became of the remarks on the version before; empty where there are none.

    Of what is open or new only that counts which is shown at first: small things would hide what was done.
    """
    if review is None or not review.earlier:
        return ""
    first = review.earlier[:FIRST]
    shown = {each.id for each in comments if each.kind == "opportunity" and each.rank < FIRST}
    return text(
        "details.outcomes",
        addressed=text(
            "details.outcomes_addressed", count=sum(each.outcome == "addressed" for each in review.earlier)
        ),
        open=text(
            "details.outcomes_open", count=sum(each.outcome == "open" for each in first), most=len(first)
        ),
        new=text("details.outcomes_new", count=len(review.new & shown)),
    )


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
