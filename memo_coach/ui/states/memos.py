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
    going: str
    """When it is deleted because nobody uses it, as ``changed``; empty where that is not soon."""


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
        going="" if memo.going is None else memo.going.isoformat(),
    )


class MemosState(rx.State):
    """The list of memos on the screen."""

    loaded: bool = False
    problem: str = ""
    memos: list[MemoOnScreen] = []

    async def _try_to_fetch(self) -> None:
        self.problem = ""
        try:
            self.memos = [_memo(memo) for memo in await current().memos.list(await owner_of(self))]
            self.loaded = True
        except Refused:
            self.memos, self.loaded, self.problem = [], True, text("problem.no_session")
        except ServiceError as error:
            self.memos, self.loaded, self.problem = [], True, error.message

    @rx.event
    async def open(self) -> None:
        """Fetch the list at each visit."""
        await self._try_to_fetch()

    @rx.event
    async def refresh(self) -> None:
        """Fetch the list anew after something was deleted or came back."""
        await self._try_to_fetch()


allow(MemosState, "open", "refresh")
