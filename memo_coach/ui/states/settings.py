"""What the settings page shows. The theme is the browser's own, and no state knows it."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable

import reflex as rx

from memo_coach.coaching.rubric.model import localised
from memo_coach.services.container import current
from memo_coach.services.errors import ServiceError
from memo_coach.services.review.kinds import title_of
from memo_coach.translations import current_language, text
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.middleware.session import owner_of


@dataclasses.dataclass
class Choice:
    """Something to choose, or to remove."""

    value: str
    label: str


class SettingsState(rx.State):
    """The settings on the screen."""

    loaded: bool = False
    problem: str = ""
    told: str = ""
    """What has just been kept."""
    rubric: str = ""
    rubrics: list[Choice] = []
    coaches: list[Choice] = []
    """Empty where there is nothing to choose."""
    coach: str = ""
    memos: list[Choice] = []
    muted: list[Choice] = []
    glossary: list[str] = []

    async def _fetch(self) -> None:
        services, owner = current(), await owner_of(self)
        chosen = await services.preferences.of_owner(owner)
        self.rubric, self.coach = chosen.rubric, chosen.coach
        self.rubrics = [
            Choice(each.id, localised(each.name, current_language())) for each in services.rubrics.all()
        ]
        offers = await services.coaches.offers_to(owner)
        self.coaches = [Choice(each.kind, _coach(each.model)) for each in offers] if len(offers) > 1 else []
        self.memos = [
            # The value carries the title, so that the question before deleting can name the memo.
            Choice(f"{memo.memo_id} {memo.title}", memo.title or text("memos.untitled"))
            for memo in await services.memos.list(owner)
        ]
        review = await services.review.preferences(owner)
        self.muted = [Choice(kind, title_of(kind)) for kind in review.muted]
        self.glossary = list(review.glossary)

    async def _try(self, *work: Awaitable[None], told: str = "") -> None:
        self.problem = self.told = ""
        try:
            for each in work:
                await each
            self.told = told
            await self._fetch()
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            self.problem = error.message
        self.loaded = True

    @rx.event
    async def open(self) -> None:
        """Fetch the settings at each visit."""
        await self._try()

    @rx.event
    async def refresh(self) -> None:
        """Fetch them anew after something was imported, deleted, or came back."""
        await self._try()

    @rx.event
    async def choose_rubric(self, rubric: str) -> None:
        """Start with another rubric from now on."""
        services, owner = current(), await owner_of(self)
        await self._try(services.preferences.choose_rubric(owner, rubric), told=text("settings.kept"))

    @rx.event
    async def choose_coach(self, coach: str) -> None:
        """Start with another coach from now on."""
        services, owner = current(), await owner_of(self)
        await self._try(services.preferences.choose_coach(owner, coach), told=text("settings.kept"))

    @rx.event
    async def unmute(self, kind: str) -> None:
        """Let a kind of remark be made again."""
        services, owner = current(), await owner_of(self)
        await self._try(services.review.unmute(owner, kind), told=text("settings.kept"))

    @rx.event
    async def remove_word(self, word: str) -> None:
        """Remove a word from the glossary."""
        services, owner = current(), await owner_of(self)
        await self._try(services.review.remove_word(owner, word), told=text("settings.kept"))


def _coach(model: str | None) -> str:
    return text("settings.coach_builtin") if model is None else text("settings.coach_model", model=model)


allow(SettingsState, "open", "refresh", storing=("choose_rubric", "choose_coach", "unmute", "remove_word"))
