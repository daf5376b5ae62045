"""What an owner sees of the sharing of an evaluation: its links, and what readers remarked."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable

import reflex as rx

from memo_coach.services.container import current
from memo_coach.services.errors import NotFound, ServiceError
from memo_coach.translations import text
from memo_coach.ui.reader_remarks import ReaderRemarkOnScreen, reader_remarks
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.languages import localised_path
from memo_coach.web.middleware.session import address_of, owner_of


@dataclasses.dataclass
class ShareLinkOnScreen:
    """A link that leads to the evaluation, without its token, which nobody knows any more."""

    id: str
    made: str
    """The moments, in ISO 8601."""
    expires: str


class SharingState(rx.State):
    """The sharing of the evaluation in the address."""

    allowed: bool = False
    """Whether links may be made here."""
    lede: str = ""
    links: list[ShareLinkOnScreen] = []
    new_link: str = ""
    """The address of the link that was made just now; it is shown once."""
    remarks: list[ReaderRemarkOnScreen] = []
    told: str = ""
    """What has just been done."""
    problem: str = ""

    def _asked_for(self) -> str:
        return str(self.router.url.path).rstrip("/").rpartition("/")[2]

    async def _fetch(self) -> None:
        sharing = current().sharing
        view = await sharing.of_evaluation(await owner_of(self), self._asked_for())
        lifetime = sharing.lifetime
        self.allowed = lifetime is not None
        self.lede = "" if lifetime is None else text("sharing.lede", days=lifetime.days)
        self.links = [
            ShareLinkOnScreen(each.link_id, each.made.isoformat(), each.expires.isoformat())
            for each in view.links
        ]
        self.remarks = reader_remarks(view.remarks)

    @rx.event
    async def open(self) -> None:
        """Show it at each visit, reload and reconnection; a link that was shown is shown no more."""
        self.reset()  # type: ignore[no-untyped-call]  # the framework's own, without types
        try:
            await self._fetch()
        except (ServiceError, Refused):
            # Where there is no such evaluation the page says so itself.
            self.allowed = False

    @rx.event
    async def make(self) -> None:
        """Make a link, and show it."""
        self.told = self.problem = self.new_link = ""
        try:
            services, owner = current(), await owner_of(self)
            made = await services.sharing.make(owner, self._asked_for(), address=address_of(self))
            # What stands behind # is never sent to a server, so it comes into no log on the way.
            self.new_link = f"{services.settings.public_url}{localised_path('/share')}#{made.token}"
            self.told = text("sharing.made")
            await self._fetch()
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            self.problem = error.message

    @rx.event
    async def revoke(self, link: str) -> None:
        """Let a link lead nowhere any more."""
        self.new_link = ""
        await self._do(lambda owner: current().sharing.revoke(owner, link), text("sharing.revoked"))

    @rx.event
    async def delete_remark(self, remark: str) -> None:
        """Delete what a reader remarked."""
        await self._do(lambda owner: current().sharing.remove_remark(owner, remark), text("sharing.deleted"))

    async def _do(self, work: Callable[[str], Awaitable[None]], told: str) -> None:
        self.told = self.problem = ""
        try:
            try:
                await work(await owner_of(self))
                self.told = told
            except NotFound:
                self.told = text("sharing.gone")
            await self._fetch()
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            # The evaluation itself may have gone, in another tab.
            self.problem = error.message


allow(SharingState, "open", storing=("make", "revoke", "delete_remark"))
