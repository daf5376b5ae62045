"""What the administrators' page of the audit log shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from memo_coach.services.administration.audit_log import AuditChange, AuditEntryView, AuditQuestion
from memo_coach.services.container import current
from memo_coach.services.errors import ServiceError
from memo_coach.translations import contents, text
from memo_coach.ui.states.administration import administrator
from memo_coach.web.events.authorisation import allow

LONGEST_VALUE = 400
"""Characters of a value that are shown; the CSV has all of it."""


@dataclasses.dataclass
class AuditChangeOnScreen:
    """A value that was changed."""

    name: str
    before: str
    """Empty where there was nothing at all before."""
    after: str


@dataclasses.dataclass
class ActionOnScreen:
    """An action that can be asked for."""

    name: str
    words: str


@dataclasses.dataclass
class AuditEntryOnScreen:
    """An entry, ready to show."""

    key: str
    moment: str
    """For the browser to tell in its reader's own time."""
    actor: str
    action: str
    """In words."""
    target: str
    origin: str
    """From where, and in which request."""
    changes: list[AuditChangeOnScreen]


class AuditState(rx.State):
    """The audit log on the screen."""

    status: str = "loading"
    problem: str = ""
    entries: list[AuditEntryOnScreen] = []
    actions: list[ActionOnScreen] = []
    action: str = ""
    actor: str = ""
    target: str = ""
    cursor: str = ""
    """Where the shown entries begin; empty at the newest."""
    next_cursor: str = ""
    file: str = ""
    """The address of the CSV file."""

    async def _show(self, cursor: str) -> None:
        who = administrator(self)
        if isinstance(who, str):
            self.reset()  # type: ignore[no-untyped-call]  # the framework's own, without types
            self.status, self.problem = "refused", who
            return
        question = AuditQuestion(self.action, self.actor, self.target)
        try:
            page = await current().audit.page(question, cursor)
            self.actions = [ActionOnScreen(each, _in_words(each)) for each in await current().audit.actions()]
        except ServiceError as error:
            self.status, self.problem = "unavailable", error.message
            return
        self.entries = [_entry(each) for each in page.entries]
        self.cursor, self.next_cursor = cursor, page.next_cursor or ""
        asked = {"action": self.action, "actor": self.actor, "target": self.target}
        self.file = f"/admin/audit.csv?{urlencode({name: value for name, value in asked.items() if value})}"
        self.status = "here"

    @rx.event
    async def open(self) -> None:
        """Show the newest entries at each visit."""
        await self._show("")

    @rx.event
    async def search(self, form: dict[str, Any]) -> None:
        """Show the newest entries that are asked for."""
        asked: Mapping[str, str] = {name: value for name, value in form.items() if isinstance(value, str)}
        self.action, self.actor = asked.get("action", ""), asked.get("actor", "").strip()
        self.target = asked.get("target", "").strip()
        await self._show("")

    @rx.event
    async def older(self) -> None:
        """Show the entries behind those on the screen."""
        await self._show(self.next_cursor)


def _entry(entry: AuditEntryView) -> AuditEntryOnScreen:
    origin = []
    if entry.address:
        origin.append(text("audit.from", address=entry.address))
    if entry.request_id:
        origin.append(text("audit.request", id=entry.request_id))
    return AuditEntryOnScreen(
        key=entry.id,
        moment=entry.moment.isoformat(),
        actor=entry.actor,
        action=_in_words(entry.action),
        target=entry.target if entry.target_name is None else f"{entry.target_name} ({entry.target})",
        origin=" · ".join(origin),
        changes=[_change(each, is_first=entry.is_first) for each in entry.changes],
    )


def _in_words(action: str) -> str:
    name = action.replace(".", "_")
    return text(f"audit.action_{name}") if f"action_{name}" in contents("audit") else action


def _change(change: AuditChange, *, is_first: bool) -> AuditChangeOnScreen:
    before = "" if is_first else _value(change.before)
    return AuditChangeOnScreen(change.name, before, _value(change.after))


def _value(value: str | None) -> str:
    if value is None:
        return text("audit.nothing")
    return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"


allow(AuditState, "open", "search", "older")
