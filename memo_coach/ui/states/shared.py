"""What somebody with a link sees. The token stands behind ``#`` in the address, and is told to no address."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import Any, Final

import reflex as rx

from memo_coach.coaching.rubric.model import localised
from memo_coach.services.container import current
from memo_coach.services.errors import NotFound, ServiceError
from memo_coach.services.sharing.service import LONGEST_NAME, LONGEST_PASSAGE, LONGEST_REMARK
from memo_coach.services.sharing.views import RemarkToLeave, SharedEvaluation
from memo_coach.translations import current_language, number, text
from memo_coach.ui.annotated_blocks import AnnotatedTexts
from memo_coach.ui.annotated_text import paragraphs_of
from memo_coach.ui.manuscript import Block, blocks_of
from memo_coach.ui.reader_remarks import ReaderRemarkOnScreen, reader_remarks
from memo_coach.ui.remark_cards import CardOnScreen, cards_of, numbered
from memo_coach.ui.states.feedback import CriterionOnScreen, criteria_on_screen
from memo_coach.web.events.authorisation import allow
from memo_coach.web.middleware.session import address_of

_TEXTS = AnnotatedTexts()
_TO_REFUSE: Final = 4
"""So many times too long a field may be and still come to the service, which says so."""


@dataclasses.dataclass
class PassageOnScreen:
    """A passage that a remark may be about: that of a numbered comment."""

    id: str
    label: str


class SharedState(rx.State):
    """The evaluation behind the link in the address."""

    status: str = "loading"
    """``loading``, ``missing``, ``unavailable`` or ``open``."""
    title: str = ""
    language: str = ""
    rubric_name: str = ""
    judged_by: str = ""
    expires: str = ""
    """The moment, in ISO 8601."""
    score: str = ""
    summary: str = ""
    strengths: list[str] = []
    opportunities: list[str] = []
    notices: list[str] = []
    criteria: list[CriterionOnScreen] = []
    blocks: list[Block] = []
    cards: list[CardOnScreen] = []
    """The comments that matter first, whose passages are marked."""
    more: list[CardOnScreen] = []
    """All others, once they are asked for: they are the greater part of the page."""
    more_count: int = 0
    passages: list[PassageOnScreen] = []
    remarks: list[ReaderRemarkOnScreen] = []
    told: str = ""
    problem: str = ""
    sent: int = 0
    """How many remarks were left from this tab: each time the form is a new one."""

    _unfolded: bool = False
    _opened_with: str = ""
    """The token; it stays on the server."""

    @rx.event
    async def open(self) -> None:
        """Show it at each visit, reload and reconnection."""
        # Where the address has lost the token, by a link to a place on this page, the tab still knows it.
        token = str(self.router.url.fragment) or self._opened_with
        if token != self._opened_with:
            self.reset()  # type: ignore[no-untyped-call]  # the framework's own, without types
            self._opened_with = token
        await self._fetch()

    async def _fetch(self) -> None:
        try:
            await self._show(await current().sharing.view(self._opened_with))
        except NotFound:
            self._miss()
        except ServiceError as error:
            self.status, self.problem = "unavailable", error.message

    def _miss(self) -> None:
        """Show that the link leads nowhere, and nothing of what it led to."""
        self.reset()  # type: ignore[no-untyped-call]  # the framework's own, without types
        self.status = "missing"

    async def _show(self, shared: SharedEvaluation) -> None:
        overall, provenance = shared.overall, shared.provenance
        self.title, self.language = shared.title, shared.language
        self.rubric_name = _name_of(shared.rubric)
        self.judged_by = (provenance and provenance.model) or text("feedback.builtin")
        self.expires = shared.expires.isoformat()
        score = None if overall is None else overall.score
        self.score = "" if score is None else number(score, digits=1)
        self.summary = "" if overall is None else overall.summary
        self.strengths = [] if overall is None else list(overall.strengths)
        self.opportunities = [] if overall is None else list(overall.opportunities)
        self.notices = [] if overall is None else list(overall.notices)
        self.criteria = criteria_on_screen(shared.criteria)
        names = {criterion.id: criterion.name for criterion in shared.criteria}
        cards = numbered(sorted(cards_of(shared.comments, names), key=lambda card: not card.first))
        self.cards = [card for card in cards if card.first]
        others = [card for card in cards if not card.first]
        self.more_count, self.more = len(others), others if self._unfolded else []
        self.passages = _passages(cards)
        pieces = await _TEXTS.pieces_of_text((_key_of(shared.text), 0, shared.language), shared.text)
        numbers = {card.id: card.number for card in self.cards}
        self.blocks = blocks_of(paragraphs_of(shared.text, pieces, shared.comments, numbers))
        self.remarks = reader_remarks(shared.remarks)
        self.status = "open"

    @rx.event
    async def unfold(self) -> None:
        """Show the comments beyond those that matter first."""
        if not self._unfolded:
            self._unfolded = True
            await self._fetch()

    @rx.event
    async def look(self) -> None:
        """Show that the link has ended, where it has: what is on the screen is not the reader's any more."""
        if self.status != "open":
            return
        try:
            await current().sharing.view(self._opened_with)
        except NotFound:
            self._miss()
        except ServiceError:
            # What cannot be told now is told the next time.
            return

    @rx.event
    async def leave(self, form: dict[str, Any]) -> None:
        """Leave a remark."""
        self.told = self.problem = ""
        left = RemarkToLeave(
            **{name: str(form.get(name) or "") for name in ("text", "name", "about", "passage")}
        )
        try:
            await current().sharing.leave_remark(self._opened_with, left, address=address_of(self))
        except NotFound:
            self._miss()
            return
        except ServiceError as error:
            self.problem = error.message
            return
        self.sent += 1
        self.told = text("shared.left")
        await self._fetch()


def _key_of(memo: str) -> str:
    """Return a name for a text: which memo it is, nobody here knows."""
    return hashlib.sha256(memo.encode()).hexdigest()


def _passages(cards: Sequence[CardOnScreen]) -> list[PassageOnScreen]:
    label = text("details.comment")
    return [
        PassageOnScreen(card.id, f"{label} {card.number}: {card.quote[:60]}") for card in cards if card.placed
    ]


def _name_of(rubric: str) -> str:
    try:
        return localised(current().rubrics.get(rubric).name, current_language())
    except ServiceError:
        # The rubric may have been taken away since; the evaluation keeps its id.
        return rubric


allow(
    SharedState,
    "open",
    "unfold",
    "look",
    storing=("leave",),
    lengths={
        "leave": {
            "text": _TO_REFUSE * LONGEST_REMARK,
            "name": _TO_REFUSE * LONGEST_NAME,
            "passage": _TO_REFUSE * LONGEST_PASSAGE,
        }
    },
    for_readers=True,
)
