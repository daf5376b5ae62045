"""What the page shows that lists the configuration documents, and on which rubrics are made."""

from __future__ import annotations

import dataclasses
from typing import Any

import reflex as rx

from memo_coach.services.accounts.principal import Actor
from memo_coach.services.administration.document_kinds import RUBRIC
from memo_coach.services.container import current
from memo_coach.services.errors import ServiceError
from memo_coach.ui.states.documents import DocumentOnScreen, address_of_document, document_on_screen
from memo_coach.web.administrators import administrator_of
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow


class AdministrationState(rx.State):
    """The list of documents, and the making of rubrics."""

    status: str = "loading"
    """``loading``, ``refused``, ``unavailable`` or ``here``."""
    problem: str = ""
    documents: list[DocumentOnScreen] = []
    rubrics: list[DocumentOnScreen] = []
    """Those of them that a new one may be a copy of; their names are the rubrics' ids."""

    def _actor(self) -> Actor | None:
        try:
            return administrator_of(self)
        except Refused:
            self.reset()  # type: ignore[no-untyped-call]  # the framework's own, without types
            self.status = "refused"
            return None

    @rx.event
    async def open(self) -> None:
        """Show the documents."""
        if self._actor() is None:
            return
        self.problem = ""
        try:
            lines = await current().documents.list()
            await current().in_force.renewed()
        except ServiceError as error:
            self.status, self.problem = "unavailable", error.message
            return
        self.documents = [document_on_screen(line) for line in lines]
        self.rubrics = [
            dataclasses.replace(shown, name=shown.name.removeprefix(RUBRIC))
            for shown, line in zip(self.documents, lines, strict=True)
            if line.is_rubric
        ]
        self.status = "here"

    @rx.event
    async def make_rubric(self, form: dict[str, Any]) -> Any:
        """Make a rubric as a copy of another, and go to it."""
        actor = self._actor()
        if actor is None:
            return None
        self.problem = ""
        rubric_id, like = str(form.get("rubric_id", "")).strip(), str(form.get("like", ""))
        try:
            name = await current().documents.make_rubric(actor, rubric_id, like=like)
        except ServiceError as error:
            self.problem = error.message
            return None
        return rx.redirect(address_of_document(name))


allow(AdministrationState, "open", storing=("make_rubric",))
