"""An owner's webhooks on the settings page: a new one, its secret shown once, and those that there are."""

from __future__ import annotations

import dataclasses
from typing import Any

import reflex as rx

from memo_coach.services.container import current
from memo_coach.services.errors import NotFound, ServiceError
from memo_coach.services.webhooks.destinations import LONGEST_URL
from memo_coach.services.webhooks.service import WebhookView
from memo_coach.translations import text
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.middleware.session import address_of, owner_of


@dataclasses.dataclass
class WebhookOnScreen:
    """A webhook, without its secret, which nobody knows any more."""

    id: str
    url: str
    made: str
    """The moment, in ISO 8601."""
    told: str
    """How it went in the last thirty days."""
    problem: str
    """Why the newest evaluation could not be told so far; empty where it could."""


class WebhooksState(rx.State):
    """The webhooks on the screen."""

    webhooks: list[WebhookOnScreen] = []
    new_secret: str = ""
    """The secret of the webhook that was made just now; it is shown once."""
    told: str = ""
    """What has just been done."""
    problem: str = ""

    async def _fetch(self) -> None:
        self.webhooks = [_shown(each) for each in await current().webhooks.of_owner(await owner_of(self))]

    @rx.event
    async def open(self) -> None:
        """Show them at each visit, reload and reconnection; a secret that was shown is shown no more."""
        self.new_secret = self.told = self.problem = ""
        try:
            await self._fetch()
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            self.problem = error.message

    @rx.event
    async def make(self, form: dict[str, Any]) -> None:
        """Make a webhook, and show its secret."""
        self.told = self.problem = self.new_secret = ""
        try:
            made = await current().webhooks.make(
                await owner_of(self), str(form.get("url") or ""), address=address_of(self)
            )
            self.new_secret, self.told = made.secret, text("webhooks.made")
            await self._fetch()
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            self.problem = error.message

    @rx.event
    async def test(self, webhook: str) -> None:
        """Send a webhook a test, and say what came of it."""
        self.new_secret = self.told = self.problem = ""
        try:
            try:
                came = await current().webhook_tests.send(await owner_of(self), webhook)
            except NotFound:
                self.told = text("webhooks.gone")
                await self._fetch()
                return
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            self.problem = error.message
        else:
            if came.is_accepted:
                self.told = text("webhooks.tested", status=came.answered)
            else:
                self.problem = text("webhooks.test_failed", problem=came.problem or "")

    @rx.event
    async def remove(self, webhook: str) -> None:
        """Tell an address nothing any more."""
        self.new_secret = self.told = self.problem = ""
        try:
            try:
                await current().webhooks.remove(await owner_of(self), webhook)
                self.told = text("webhooks.removed")
            except NotFound:
                self.told = text("webhooks.gone")
            await self._fetch()
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            self.problem = error.message


def _shown(webhook: WebhookView) -> WebhookOnScreen:
    counts = webhook.counts
    told = [text("webhooks.delivered", count=counts.get("delivered", 0))]
    told += [text("webhooks.waiting", count=counts["waiting"])] if counts.get("waiting") else []
    told += [text("webhooks.given_up", count=counts["given_up"])] if counts.get("given_up") else []
    problem = "" if webhook.problem is None else text("webhooks.last_problem", problem=webhook.problem)
    return WebhookOnScreen(
        webhook.webhook_id, webhook.url, webhook.made.isoformat(), told=", ".join(told), problem=problem
    )


allow(WebhooksState, "open", storing=("make", "test", "remove"), lengths={"make": {"url": LONGEST_URL}})
