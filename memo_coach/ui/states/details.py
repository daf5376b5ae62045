"""What the page of the detailed feedback shows: the memo in passages, and the comments as cards."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import reflex as rx

from memo_coach.coaching.evaluation import Comment
from memo_coach.services.views import EvaluationView
from memo_coach.translations import number
from memo_coach.ui.annotated_blocks import AnnotatedTexts
from memo_coach.ui.annotated_text import paragraphs_of, quoted
from memo_coach.ui.manuscript import Block, blocks_of
from memo_coach.ui.states.evaluations import EvaluationStateMixin
from memo_coach.web.events.authorisation import allow

FIRST = 5
"""Opportunities shown at first: people act on three to five remarks, not on thirty."""
FIRST_STRENGTHS = 2
_ANNOTATED_TEXTS = AnnotatedTexts()


@dataclasses.dataclass
class CardOnScreen:
    """One comment, ready to show."""

    id: str
    number: str
    criterion: str
    criterion_name: str
    kind: str
    quote: str
    placed: bool
    """False for a remark on the memo as a whole."""
    comment: str
    questions: list[str]
    suggestion: str
    first: bool
    """True for those that are shown before "show all"."""


@dataclasses.dataclass
class ChoiceOnScreen:
    """A criterion to filter by."""

    id: str
    label: str


def cards_of(comments: Sequence[Comment], names: Mapping[str, str]) -> list[CardOnScreen]:
    """Return the comments in the order of the memo; what concerns the whole of it comes first."""
    limits = {"opportunity": FIRST, "strength": FIRST_STRENGTHS}
    ordered = sorted(
        comments, key=lambda comment: (comment.start is not None, comment.start or 0, comment.id)
    )
    return [
        CardOnScreen(
            id=comment.id,
            number=str(place),
            criterion=comment.criterion,
            criterion_name=names.get(comment.criterion, comment.criterion),
            kind=comment.kind,
            quote=quoted(comment.quote or ""),
            placed=comment.start is not None,
            comment=comment.comment,
            questions=list(comment.questions),
            suggestion=comment.suggestion or "",
            first=comment.rank < limits[comment.kind],
        )
        for place, comment in enumerate(ordered, start=1)
    ]


class DetailsState(EvaluationStateMixin, rx.State):
    """The detailed feedback on the screen."""

    score: str = ""
    blocks: list[Block] = []
    cards: list[CardOnScreen] = []
    choices: list[ChoiceOnScreen] = []
    chosen: str = ""
    """The criterion to show, or empty for all."""
    everything: bool = False
    """Whether comments beyond those that matter first are shown."""
    hidden: int = 0
    """How many comments "show all" would add."""
    has_second: bool = False
    """Whether the built-in coach's comments can be shown in place of the model's."""
    second: bool = False
    """Whether they are."""
    first_reading: bool = False
    """Whether they are shown because the model's are still to come."""

    async def _show(self, view: EvaluationView) -> None:
        await super()._show(view)
        overall, other = view.overall, view.second_opinion
        self._assign(
            score="" if overall is None or overall.score is None else number(overall.score, digits=1),
            first_reading=other is not None and overall is None and not view.comments,
            has_second=other is not None and view.provenance is not None and view.provenance.kind == "llm",
        )
        criteria, comments = view.criteria, view.comments
        if other is not None and (self.first_reading or (self.has_second and self.second)):
            criteria, comments = other.criteria, other.comments
        every = cards_of(comments, {criterion.id: criterion.name for criterion in criteria})
        counted = {criterion.id: 0 for criterion in criteria}
        for card in every:
            counted[card.criterion] = counted.get(card.criterion, 0) + 1
        choices = [
            ChoiceOnScreen(criterion.id, f"{criterion.name} ({counted[criterion.id]})")
            for criterion in criteria
            if counted[criterion.id]
        ]
        matching = [card for card in every if self.chosen in ("", card.criterion)]
        shown = [card for card in matching if self.everything or self.chosen or card.first]
        hidden = len(matching) - len([card for card in matching if card.first])
        self._assign(choices=choices, hidden=hidden, cards=shown)
        pieces = await _ANNOTATED_TEXTS.pieces(view)
        numbers = {card.id: card.number for card in shown}
        self._assign(blocks=blocks_of(paragraphs_of(view.text, pieces, comments, numbers)))

    @rx.event
    async def choose(self, criterion: str) -> Any:
        """Show the comments on one criterion, or on all."""
        self.chosen = criterion
        return await self._fetch()

    @rx.event
    async def show_everything(self, everything: bool) -> Any:
        """Show all comments, or only those that matter first."""
        self.everything = everything
        return await self._fetch()

    @rx.event
    async def show_second(self, second: bool) -> Any:
        """Show the built-in coach's comments, or the model's."""
        self.second = second
        return await self._fetch()


allow(
    DetailsState,
    "open",
    "follow",
    "choose",
    "show_everything",
    "show_second",
    storing=("cancel", "again"),
)
