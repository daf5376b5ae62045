"""What the review page shows: the memo with its passages, and the remarks as cards."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence
from typing import Any

import reflex as rx

from memo_coach.coaching.evaluation import Comment, CriterionScore
from memo_coach.coaching.memo.language import detect_language
from memo_coach.services.container import current
from memo_coach.services.errors import ServiceError
from memo_coach.services.review.views import ReviewView
from memo_coach.services.views import EvaluationView
from memo_coach.translations import number, text
from memo_coach.ui.annotated_blocks import AnnotatedTexts
from memo_coach.ui.annotated_text import paragraphs_of
from memo_coach.ui.manuscript import Block, blocks_of
from memo_coach.ui.remark_cards import (
    CardOnScreen,
    EarlierOnScreen,
    cards_of,
    earlier_of,
    marks_of,
    numbered,
    reviewed,
    told_of_earlier,
)
from memo_coach.ui.states.draft_form import revision_of
from memo_coach.ui.states.evaluations import EvaluationStateMixin
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.events.socket_frames import FRAME_BYTES
from memo_coach.web.languages import localised_path
from memo_coach.web.middleware.session import address_of, owner_of

_ANNOTATED_TEXTS = AnnotatedTexts()


@dataclasses.dataclass
class ChoiceOnScreen:
    """A criterion to filter by."""

    id: str
    label: str


class DetailsState(EvaluationStateMixin, rx.State):
    """The memo under revision on the screen."""

    score: str = ""
    score_before: str = ""
    _before: float | None = None
    """The score of the version before by the same coach and rubric, or empty."""
    version: int = 0
    rubric: str = ""
    files: str = ""
    """The beginning of the addresses of this version as a file."""
    newest: str = ""
    """The id of the newest evaluation of the memo, where this is one of an earlier version."""
    memo: str = ""
    """The text that was judged, where it can be edited: it is the newest version."""
    marks: str = "[]"
    """Its passages, as the editor reads them."""
    blocks: list[Block] = []
    """The memo with its passages, where it is an earlier version."""
    cards: list[CardOnScreen] = []
    strengths: list[CardOnScreen] = []
    settled: list[CardOnScreen] = []
    """What the writer has done or declined."""
    muted: list[CardOnScreen] = []
    """What they do not want to be told."""
    earlier: list[EarlierOnScreen] = []
    """What became of the remarks on the version before."""
    outcomes: str = ""
    """That in numbers: a sentence, or empty."""
    choices: list[ChoiceOnScreen] = []
    chosen: str = ""
    """The criterion to show, or empty for all."""
    sought: str = ""
    """The criterion that the address asked for last: what is chosen holds until it asks for another."""
    by_place: bool = False
    """Whether the remarks stand in the order of the memo, and not in that of what matters."""
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
    refused: str = ""
    """Why the memo was not evaluated again."""

    async def _show(self, view: EvaluationView) -> None:
        if (self.evaluation_id, self.status) != (view.evaluation_id, view.status):
            await self._place_among_versions(view)
        await super()._show(view)
        overall, other = view.overall, view.second_opinion
        self._assign(
            score="" if overall is None or overall.score is None else number(overall.score, digits=1),
            # Written anew each time: who changes the language stays at the same evaluation.
            score_before="" if self._before is None else number(self._before, digits=1),
            version=view.version,
            rubric=view.rubric,
            files=f"/memos/{view.memo_id}/versions/{view.version}",
            first_reading=other is not None and overall is None and not view.comments,
            has_second=other is not None and view.provenance is not None and view.provenance.kind == "llm",
        )
        criteria, comments = view.criteria, view.comments
        if other is not None and (self.first_reading or (self.has_second and self.second)):
            criteria, comments = other.criteria, other.comments
        review = await self._review(view)
        shown = self._shown(criteria, comments, review)
        if self.newest:
            pieces = await _ANNOTATED_TEXTS.pieces(view)
            numbers = {card.id: card.number for card in shown}
            self._assign(memo="", blocks=blocks_of(paragraphs_of(view.text, pieces, comments, numbers)))
        else:
            self._assign(memo=view.text, marks=marks_of(comments, shown), blocks=[])

    async def _review(self, view: EvaluationView) -> ReviewView | None:
        """Return what the writer made of the remarks; nothing while they are made, or cannot be read now."""
        review = None
        if view.status == "done":
            with contextlib.suppress(Refused, ServiceError):
                review = await current().review.of_evaluation(await owner_of(self), view.evaluation_id)
        self._assign(earlier=earlier_of(review), outcomes=told_of_earlier(review, view.comments))
        return review

    def _shown(
        self, criteria: Sequence[CriterionScore], comments: Sequence[Comment], review: ReviewView | None
    ) -> Sequence[CardOnScreen]:
        """Choose the cards that are shown, and return those whose passages are marked."""
        names = {criterion.id: criterion.name for criterion in criteria}
        cards = reviewed(cards_of(comments, names, by_place=self.by_place), review)
        every = [card for card in cards if card.state == "open" and not card.muted]
        sought = str(self.router.url.query_parameters.get("criterion", ""))
        if sought != self.sought:
            self._assign(sought=sought, chosen=sought if sought in names else "")
        counted = dict.fromkeys(names, 0)
        for card in every:
            counted[card.criterion] = counted.get(card.criterion, 0) + 1
        choices = [
            ChoiceOnScreen(criterion.id, f"{criterion.name} ({counted[criterion.id]})")
            for criterion in criteria
            if counted[criterion.id]
        ]
        matching = [card for card in every if self.chosen in ("", card.criterion)]
        shown = numbered([card for card in matching if self.everything or self.chosen or card.first])
        self._assign(
            choices=choices,
            hidden=len(matching) - len([card for card in matching if card.first]),
            cards=[card for card in shown if card.kind == "opportunity"],
            strengths=[card for card in shown if card.kind == "strength"],
            settled=[card for card in cards if card.state != "open"],
            muted=[card for card in cards if card.state == "open" and card.muted],
        )
        return shown

    async def _place_among_versions(self, view: EvaluationView) -> None:
        """Find out whether this is the newest version, and what the one before scored."""
        try:
            owner = await owner_of(self)
            of_memo = await current().memos.evaluations(owner, view.memo_id)
            history = await current().progress.before(owner, view.evaluation_id)
        except (Refused, ServiceError):
            return
        newest = max(of_memo, key=lambda each: each.version, default=None)
        is_newest = newest is None or newest.version <= view.version
        self._assign(
            newest="" if newest is None or is_newest else newest.evaluation_id,
            _before=None if history is None else history.before,
        )

    @rx.event
    async def renew(self) -> Any:
        """Show what the writer has just made of a remark, which the browser has sent by itself."""
        return await self._fetch()

    @rx.event
    async def choose(self, criterion: str) -> Any:
        """Show the comments on one criterion, or on all."""
        self.chosen = criterion
        return await self._fetch()

    @rx.event
    async def order(self, order: str) -> Any:
        """Put the remarks in the order of the memo, or in that of what matters."""
        self.by_place = order == "place"
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

    @rx.event
    async def evaluate_again(self, form: dict[str, Any]) -> Any:
        """Evaluate the text in the editor as the next version, and go on with that."""
        self.refused = ""
        try:
            owner = await owner_of(self)
            judged = await current().evaluations.get(owner, self._asked_for())
            evaluation = await current().evaluations.submit(
                owner,
                text=str(form.get("memo") or ""),
                rubric=judged.rubric,
                language=_chosen_language(judged),
                memo_id=str(form.get("memo_id") or "") or judged.memo_id,
                base_revision=revision_of(form.get("revision")),
                coach=judged.coach,
                address=address_of(self),
            )
        except Refused:
            self.refused = text("problem.no_session")
            return None
        except ServiceError as error:
            self.refused = error.message
            return None
        return rx.redirect(localised_path(f"/details/{evaluation}"))


def _chosen_language(view: EvaluationView) -> str | None:
    """Return the language that the writer chose: where the memo was taken for it anyway, they did not."""
    return None if detect_language(view.text) == view.language else view.language


allow(
    DetailsState,
    "open",
    "follow",
    "choose",
    "order",
    "renew",
    "show_everything",
    "show_second",
    storing=("cancel", "again", "evaluate_again"),
    # Also one that is too long comes to the service, which says so.
    lengths={"evaluate_again": {"memo": FRAME_BYTES}},
)
