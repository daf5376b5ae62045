"""An owner's access tokens on the settings page: a new one, shown once, and those that there are."""

from __future__ import annotations

import dataclasses
from typing import Any

import reflex as rx

from memo_coach.services.accounts.tokens import DEFAULT_DAYS, TokenView
from memo_coach.services.container import current
from memo_coach.services.errors import NotFound, ServiceError
from memo_coach.translations import text
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.middleware.session import address_of, owner_of


@dataclasses.dataclass
class TokenOnScreen:
    """A token, without itself, which nobody knows any more."""

    id: str
    name: str
    may: str
    made: str
    """The moments, in ISO 8601."""
    expires: str
    used: str
    """Empty where it was not used yet."""


class TokensState(rx.State):
    """The tokens on the screen."""

    tokens: list[TokenOnScreen] = []
    new_token: str = ""
    """The token that was made just now; it is shown once."""
    told: str = ""
    """What has just been done."""
    problem: str = ""

    async def _fetch(self) -> None:
        self.tokens = [_shown(each) for each in await current().tokens.of_owner(await owner_of(self))]

    @rx.event
    async def open(self) -> None:
        """Show them at each visit, reload and reconnection; one that was shown is shown no more."""
        self.new_token = self.told = self.problem = ""
        try:
            await self._fetch()
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            self.problem = error.message

    @rx.event
    async def make(self, form: dict[str, Any]) -> None:
        """Make a token, and show it."""
        self.told = self.problem = self.new_token = ""
        days = str(form.get("days") or DEFAULT_DAYS)
        scopes = ("read",) if form.get("may") == "read" else ("read", "write")
        try:
            made = await current().tokens.make(
                await owner_of(self),
                str(form.get("name") or ""),
                scopes,
                days=int(days) if days.isdecimal() else 0,
                address=address_of(self),
            )
            self.new_token, self.told = made.token, text("tokens.made")
            await self._fetch()
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            self.problem = error.message

    @rx.event
    async def revoke(self, token: str) -> None:
        """Let a token open nothing any more."""
        self.new_token = self.told = self.problem = ""
        try:
            try:
                await current().tokens.revoke(await owner_of(self), token, address=address_of(self))
                self.told = text("tokens.revoked")
            except NotFound:
                self.told = text("tokens.gone")
            await self._fetch()
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            self.problem = error.message


def _shown(token: TokenView) -> TokenOnScreen:
    return TokenOnScreen(
        id=token.token_id,
        name=token.name,
        may=", ".join(text(f"tokens.scope_{scope}") for scope in token.scopes),
        made=token.made.isoformat(),
        expires=token.expires.isoformat(),
        used="" if token.last_used is None else token.last_used.isoformat(),
    )


allow(TokensState, "open", storing=("make", "revoke"))
