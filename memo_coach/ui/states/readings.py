"""Who of the administrators has read what a model was told of the memo in the address."""

from __future__ import annotations

import dataclasses

import reflex as rx

from memo_coach.services.container import current
from memo_coach.services.errors import ServiceError
from memo_coach.translations import text
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.middleware.session import owner_of


@dataclasses.dataclass
class ReadingOnScreen:
    """An administrator, and when they last read it."""

    sentence: str
    moment: str
    """In ISO 8601."""


class ReadingsState(rx.State):
    """The readings on the screen of the memo's owner."""

    readings: list[ReadingOnScreen] = []

    @rx.event
    async def open(self) -> None:
        """Fetch them at each visit."""
        asked_for = str(self.router.url.path).rstrip("/").rpartition("/")[2]
        try:
            found = await current().debug.readings(await owner_of(self), asked_for)
        except (ServiceError, Refused):
            # The page itself says what is wrong.
            found = ()
        shown = [
            ReadingOnScreen(text("administration.has_read", reader=each.reader), each.moment.isoformat())
            for each in found
        ]
        if shown != self.readings:
            self.readings = shown


allow(ReadingsState, "open")
