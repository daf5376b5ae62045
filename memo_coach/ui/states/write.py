"""What the writing page shows beside the editor. The text itself is the browser's and the draft's."""

from __future__ import annotations

import dataclasses
from typing import Any

import reflex as rx

from memo_coach.coaching.memo.language import SUPPORTED_LANGUAGES, detect_language
from memo_coach.coaching.rubric.model import localised
from memo_coach.coaching.rubric.reader import shipped_rubrics
from memo_coach.services.coaches.service import CoachRequest
from memo_coach.services.container import current
from memo_coach.services.errors import LanguageNotRead, ServiceError
from memo_coach.services.preferences.service import PreferencesView
from memo_coach.services.views import CoachOffer, Hint
from memo_coach.translations import current_language, number, text
from memo_coach.ui.annotated_text import shortened
from memo_coach.ui.plain_words import plain_words
from memo_coach.ui.states.draft_form import revision_of
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.events.socket_frames import FRAME_BYTES
from memo_coach.web.languages import localised_path
from memo_coach.web.middleware.session import address_of, owner_of

HEAD = 60
"""Characters by which a passage is found again after the text before it has changed."""
LONGEST_FOR_HINTS = 60_000
"""Characters. Beyond it a pause in typing would send more than is worth reading at that moment."""


@dataclasses.dataclass
class HintOnScreen:
    """One hint: the passage it is about, what the reader notices, and a question."""

    quote: str
    comment: str
    question: str
    start: int
    """Where the passage begins in the text as it was sent, and its length, in code points."""
    characters: int
    head: str
    """Its first words."""


@dataclasses.dataclass
class ChoiceOnScreen:
    """A coach, or a rubric, to choose."""

    kind: str
    label: str


class WriteState(rx.State):
    """Hints and errors of the writing page."""

    coaches: list[ChoiceOnScreen] = []
    """Empty while there is nothing to choose."""
    coach: str = ""
    """The kind that is chosen."""
    destination: str = ""
    """Where the memo goes when it is evaluated, and what that costs at most: a sentence."""

    problem: str = ""
    rubric: str = ""
    """The rubric that is chosen; empty before the page was opened."""
    more_rubrics: list[ChoiceOnScreen] = []
    """Rubrics beside those that the page was built with: id and name."""
    rubric_names: dict[str, str] = {}
    """What those are called that were changed since; by id."""
    retired: list[str] = []
    """Those of them that are not offered any more."""
    language: str = ""
    """The language that was chosen, or empty for the one that the memo is written in."""
    _preferred_coach: str = ""
    """The coach that the writer prefers, as it was when the page was opened last."""
    _has_chosen: bool = False
    """Whether the writer took a rubric by hand, so that no other is proposed."""
    proposed: str = ""
    """The rubric that the text asks for, and the sentence that proposes it; or empty."""
    proposal: str = ""
    hints: list[HintOnScreen] = []
    reviewed: str = "never"
    """``never``, ``done``, ``long``, or ``unread`` where the built-in coach does not read the language."""

    def _rubric(self) -> str:
        return self.rubric or current().rubrics.all()[0].id

    @rx.event
    async def open(self) -> None:
        """Begin as the page does: with the rubric that its writer prefers, and the coaches that there are.

        The coach is the one that was chosen here last, until its writer prefers another one.
        """
        offers = await self._offers()
        self.coaches = (
            [ChoiceOnScreen(offer.kind, _label(offer)) for offer in offers] if len(offers) > 1 else []
        )
        preferred = await self._preferred()
        self._show_rubrics()
        self.rubric, self._has_chosen = preferred.rubric, False
        if self.coach not in {offer.kind for offer in offers} or self._preferred_coach != preferred.coach:
            self.coach = self._preferred_coach = preferred.coach
        self.destination = await self._destination("")

    def _show_rubrics(self) -> None:
        built = {rubric.id: rubric for rubric in shipped_rubrics()}
        offered = {rubric.id: rubric for rubric in current().rubrics.all()}
        names = {key: localised(rubric.name, current_language()) for key, rubric in offered.items()}
        self.more_rubrics = [ChoiceOnScreen(key, name) for key, name in names.items() if key not in built]
        self.rubric_names = {
            key: names[key] for key, rubric in built.items() if key in names and rubric != offered[key]
        }
        self.retired = [key for key in built if key not in offered]

    async def _offers(self) -> tuple[CoachOffer, ...]:
        try:
            return await current().coaches.offers_to(await owner_of(self))
        except (Refused, ServiceError):
            return current().coaches.offers()

    async def _preferred(self) -> PreferencesView:
        preferences = current().preferences
        try:
            return await preferences.of_owner(await owner_of(self))
        except (Refused, ServiceError):
            return preferences.of_nobody()

    async def _destination(self, memo: str) -> str:
        offer = next((each for each in await self._offers() if each.kind == self.coach), None)
        if offer is None or offer.model is None or offer.destination is None:
            return text("write.stays") if self.coaches else ""
        estimate = None
        if memo.strip():
            rubric = current().rubrics.get(self._rubric())
            estimate = await current().coaches.estimate(
                CoachRequest(memo, self.language or detect_language(memo), rubric, models=(offer.model,))
            )
        if estimate is None:
            return text("write.sent_unknown", model=offer.model, destination=offer.destination)
        cost = (
            number(estimate.cost_usd, digits=2)
            if estimate.cost_usd >= 0.1
            else number(estimate.cost_usd, digits=4)
        )
        return text("write.sent", model=offer.model, destination=offer.destination, cost=cost)

    @rx.event
    async def choose_coach(self, coach: str) -> None:
        """Take another coach."""
        if coach in {offer.kind for offer in await self._offers()}:
            self.coach = coach
            self.destination = await self._destination("")

    @rx.event
    async def choose_rubric(self, rubric: str, memo: str = "", chosen: str = "") -> None:
        """Take a rubric, the memo's own or one ``chosen`` by hand, and renew the hints by it."""
        is_other = rubric != self._rubric()
        self.rubric = rubric
        self._has_chosen = bool(chosen)
        self.problem = self.proposed = self.proposal = ""
        if is_other or not memo.strip():
            await self._renew_hints(memo)

    @rx.event
    async def choose_language(self, language: str, memo: str = "") -> None:
        """Take another language, or the one that the memo is written in, and renew the hints by it."""
        self.language = language if language in SUPPORTED_LANGUAGES else ""
        self.problem = ""
        await self._renew_hints(memo)

    @rx.event
    async def review(self, memo: str) -> None:
        """Renew the hints. The browser calls this after a pause in typing, never at a key."""
        await self._renew_hints(memo)

    async def _renew_hints(self, memo: str) -> None:
        self.proposed = self.proposal = ""
        self.hints, self.reviewed = [], "never"
        if not memo.strip():
            return
        if len(memo) > LONGEST_FOR_HINTS:
            self.reviewed = "long"
            return
        try:
            await owner_of(self)
            said = await current().hints.of(memo, self._rubric(), self.language or None)
        except Refused:
            self.problem = text("problem.no_session")
            return
        except LanguageNotRead:
            self.reviewed = "unread"
            return
        except ServiceError:
            # A memo too short to judge yet is no fault of the writer in the middle of a word.
            return
        self.hints = [_on_screen(hint) for hint in said.hints]
        self.reviewed = "done"
        if said.proposed_rubric is not None and not self._has_chosen:
            rubric = current().rubrics.get(said.proposed_rubric)
            self.proposed = rubric.id
            self.proposal = text("write.proposed", rubric=localised(rubric.name, current_language()))
        if self.coaches:
            self.destination = await self._destination(memo)

    @rx.event
    async def evaluate(self, form: dict[str, Any]) -> Any:
        """Submit the memo and go to its feedback."""
        self.problem = ""
        try:
            owner = await owner_of(self)
            evaluation = await current().evaluations.submit(
                owner,
                text=str(form.get("memo") or ""),
                rubric=str(form.get("rubric") or self._rubric()),
                language=str(form.get("language") or "") or None,
                memo_id=str(form.get("memo_id") or "") or None,
                base_revision=revision_of(form.get("revision")),
                coach=str(form.get("coach") or "") or None,
                address=address_of(self),
            )
        except Refused:
            self.problem = text("problem.no_session")
            return None
        except ServiceError as error:
            self.problem = error.message
            return None
        return rx.redirect(localised_path(f"/feedback/{evaluation}"))


def _on_screen(hint: Hint) -> HintOnScreen:
    quote = hint.quote or ""
    start, end = hint.start or 0, hint.end or 0
    return HintOnScreen(
        quote=plain_words(shortened(quote)),
        comment=plain_words(hint.comment),
        question=plain_words(hint.question or ""),
        start=start,
        characters=end - start,
        head=quote[:HEAD],
    )


def _label(offer: CoachOffer) -> str:
    if offer.model is None:
        return text("write.coach_builtin")
    return text("write.coach_model", model=offer.model)


allow(
    WriteState,
    "open",
    "choose_coach",
    "choose_rubric",
    "choose_language",
    "review",
    storing=("evaluate",),
    # Also one that is too long comes to the service, which says so.
    lengths={
        name: {"memo": FRAME_BYTES} for name in ("review", "choose_rubric", "choose_language", "evaluate")
    },
)
