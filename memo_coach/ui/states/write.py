"""What the writing page shows beside the editor. The text itself is the browser's and the draft's."""

from __future__ import annotations

import dataclasses
from typing import Any

import reflex as rx

from memo_coach.services.composition import current
from memo_coach.services.errors import ServiceError
from memo_coach.ui.translations import text
from memo_coach.web.errors import Refused
from memo_coach.web.event_authorisation import allow
from memo_coach.web.session import owner_of

LONGEST_FOR_HINTS = 60_000
"""Characters. Beyond it a pause in typing would send more than is worth reading at that moment."""


@dataclasses.dataclass
class HintOnScreen:
    """One hint: the passage it is about, what the reader notices, and a question."""

    quote: str
    comment: str
    question: str


class WriteState(rx.State):
    """Hints and errors of the writing page."""

    problem: str = ""
    rubric: str = ""
    """The rubric that was chosen, or empty for the first."""
    hints: list[HintOnScreen] = []
    reviewed: str = "never"
    """``never``, ``done`` or ``long``."""

    def _rubric(self) -> str:
        return self.rubric or current().rubrics.all()[0].id

    @rx.event
    def choose_rubric(self, rubric: str) -> None:
        """Take another rubric for the hints."""
        self.rubric = rubric
        self.problem = ""

    @rx.event
    async def review(self, memo: str) -> None:
        """Renew the hints. The browser calls this after a pause in typing, never at a key."""
        try:
            await owner_of(self)
        except Refused:
            self.problem = text("problem.no_session")
            return
        if len(memo) > LONGEST_FOR_HINTS:
            self.hints, self.reviewed = [], "long"
            return
        if not memo.strip():
            self.hints, self.reviewed = [], "never"
            return
        try:
            hints = await current().hints.of(memo, self._rubric())
        except ServiceError:
            # A memo too short to judge yet is no fault of the writer in the middle of a word.
            self.hints, self.reviewed = [], "never"
            return
        self.hints = [HintOnScreen(hint.quote or "", hint.comment, hint.question or "") for hint in hints]
        self.reviewed = "done"

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
                memo_id=str(form.get("memo_id") or "") or None,
                base_revision=_revision(form.get("revision")),
            )
        except Refused:
            self.problem = text("problem.no_session")
            return None
        except ServiceError as error:
            self.problem = error.message
            return None
        return rx.redirect(f"/feedback/{evaluation}")


def _revision(sent: object) -> int | None:
    """Read what the hidden field says; anything else than a number is as good as no revision."""
    return (
        int(sent) if isinstance(sent, str) and sent.isascii() and sent.isdigit() and len(sent) < 10 else None
    )


allow(WriteState, "choose_rubric", "review", "evaluate")
