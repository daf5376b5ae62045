"""What the list of memos shows."""

from __future__ import annotations

import dataclasses

import reflex as rx

from memo_coach.services.container import current
from memo_coach.services.errors import ServiceError
from memo_coach.services.views import EvaluationSummary, MemoSummary
from memo_coach.translations import number, text
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.languages import localised_path
from memo_coach.web.middleware.session import owner_of


@dataclasses.dataclass
class VersionOnScreen:
    """An evaluation of one version, as a link."""

    address: str
    label: str
    outcome: str


@dataclasses.dataclass
class MemoOnScreen:
    """One memo of the list."""

    id: str
    title: str
    continue_address: str
    versions_address: str
    """Where its versions are compared; empty for a memo that has none."""
    changed: str
    """ISO 8601 in UTC; the browser shows it in its own zone."""
    word_count: str
    """How many words it has, in words."""
    draft: bool
    versions: list[VersionOnScreen]


def _version(evaluation: EvaluationSummary) -> VersionOnScreen:
    outcomes = {
        "queued": text("memos.running"),
        "running": text("memos.running"),
        "failed": text("memos.failed"),
        "cancelled": text("memos.cancelled"),
    }
    score = "–" if evaluation.score is None else number(evaluation.score, digits=1)
    return VersionOnScreen(
        address=localised_path(f"/feedback/{evaluation.evaluation_id}"),
        label=f"{text('memos.version_short')}{evaluation.version}",
        outcome=outcomes.get(evaluation.status, score),
    )


def _memo(memo: MemoSummary) -> MemoOnScreen:
    return MemoOnScreen(
        id=memo.memo_id,
        title=memo.title or text("memos.untitled"),
        continue_address=localised_path(f"/?memo={memo.memo_id}"),
        versions_address=localised_path(f"/versions/{memo.memo_id}") if memo.evaluations else "",
        changed=memo.changed.isoformat(),
        word_count=text("memos.words", count=memo.words),
        draft=memo.has_unsubmitted_draft,
        versions=[_version(evaluation) for evaluation in memo.evaluations],
    )


class MemosState(rx.State):
    """The list of memos on the screen."""

    loaded: bool = False
    problem: str = ""
    memos: list[MemoOnScreen] = []
    condemned: str = ""
    """The id of the memo that the writer is asked about before it is deleted."""
    condemned_title: str = ""
    told: str = ""
    """What has just been done, for those who do not see it."""

    async def _fetch(self) -> None:
        owner = await owner_of(self)
        self.memos = [_memo(memo) for memo in await current().memos.list(owner)]
        self.loaded = True

    @rx.event
    async def open(self) -> None:
        """Fetch the list at each visit."""
        self.problem = self.condemned = self.condemned_title = self.told = ""
        try:
            await self._fetch()
        except Refused:
            self.memos, self.loaded, self.problem = [], True, text("problem.no_session")
        except ServiceError as error:
            self.memos, self.loaded, self.problem = [], True, error.message

    @rx.event
    def ask_before_deleting(self, memo: str) -> None:
        """Ask whether a memo is really to go."""
        self.condemned = memo
        self.condemned_title = next((one.title for one in self.memos if one.id == memo), "")

    @rx.event
    def keep(self) -> None:
        """Do not delete it after all."""
        self.condemned = self.condemned_title = ""

    @rx.event
    async def delete(self) -> None:
        """Delete the memo that was asked about, with all its versions and feedback."""
        condemned, title = self.condemned, self.condemned_title
        self.condemned = self.condemned_title = ""
        if not condemned:
            return
        try:
            await current().memos.delete(await owner_of(self), condemned)
            await self._fetch()
            self.told = text("memos.deleted", title=title)
        except ServiceError as error:
            self.problem = error.message
        except Refused:
            self.problem = text("problem.no_session")


allow(MemosState, "open", "ask_before_deleting", "keep", storing=("delete",))
