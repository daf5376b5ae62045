"""One's own account on the settings page: the password, and where one is signed in."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from typing import Any

import reflex as rx

from memo_coach.services.accounts.principal import Principal
from memo_coach.services.container import current
from memo_coach.services.errors import NotFound, ServiceError
from memo_coach.translations import text
from memo_coach.ui.browser_names import browser_name
from memo_coach.web.events.authorisation import allow
from memo_coach.web.middleware.session import address_of, principal_of


@dataclasses.dataclass
class SessionOnScreen:
    """A browser in which one is signed in."""

    id: str
    browser: str
    address: str
    used: str
    """The moment, in ISO 8601."""
    is_this: bool


class AccountState(rx.State):
    """The account on the screen."""

    is_account: bool = False
    """Whether there is one at all: where each browser is a visitor there is not."""
    lede: str = ""
    sessions: list[SessionOnScreen] = []
    told: str = ""
    """What has just been done."""
    problem: str = ""
    changed: int = 0
    """How often the password was changed from this tab: each time the form is a new one."""

    async def _fetch(self, principal: Principal) -> None:
        self.is_account = principal.user is not None
        if principal.user is None:
            return
        services = current()
        user = await services.users.get(principal.user)
        self.lede = text("sign_in.account_lede", name=user.name, email=user.email)
        self.sessions = [
            SessionOnScreen(
                each.id, browser_name(each.agent), each.address, each.last_used.isoformat(), each.is_this
            )
            for each in await services.sessions.list(principal)
        ]

    @rx.event
    async def open(self) -> None:
        """Show it at each visit."""
        self.told = self.problem = ""
        try:
            await self._fetch(await principal_of(self))
        except ServiceError as error:
            self.problem = error.message

    @rx.event
    async def change_password(self, form: dict[str, Any]) -> None:
        """Take another password; all other browsers are signed out by it."""
        self.told = self.problem = ""
        principal = await principal_of(self)
        old, new = (str(form.get(name) or "") for name in ("old", "new"))
        revokes = bool(form.get("tokens"))
        try:
            await current().sign_in.change_password(
                principal, old, new, address=address_of(self), revokes_tokens=revokes
            )
            await self._fetch(principal)
        except ServiceError as error:
            self.problem = error.message
            return
        self.told = text("sign_in.changed_with_tokens" if revokes else "sign_in.changed")
        self.changed += 1

    @rx.event
    async def end(self, session_id: str) -> None:
        """End one of one's sessions."""
        self.told = self.problem = ""
        principal = await principal_of(self)
        try:
            with suppress(NotFound):  # it has ended by itself
                await current().sessions.end(principal, session_id)
            self.told = text("sign_in.ended_one")
            await self._fetch(principal)
        except ServiceError as error:
            self.problem = error.message

    @rx.event
    async def end_others(self) -> None:
        """End all sessions but this."""
        self.told = self.problem = ""
        principal = await principal_of(self)
        try:
            count = await current().sessions.end_others(principal)
            self.told = text("sign_in.ended_others", count=count) if count else text("sign_in.ended_none")
            await self._fetch(principal)
        except ServiceError as error:
            self.problem = error.message


allow(AccountState, "open", storing=("change_password", "end", "end_others"))
