"""What the pages show on which administrators change the configuration documents."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Sequence

import reflex as rx

from memo_coach.coaching.documents.faults import Fault
from memo_coach.coaching.documents.yaml_documents import LARGEST_DOCUMENT
from memo_coach.coaching.memo.difference import Run
from memo_coach.coaching.rubric.model import Rubric, localised
from memo_coach.services.accounts.principal import Actor
from memo_coach.services.administration.document_kinds import (
    RUBRIC,
    address_part,
    digest_of,
    name_in_address,
)
from memo_coach.services.administration.documents import (
    LONGEST_NOTE,
    DocumentSummary,
    DocumentView,
    VersionLine,
)
from memo_coach.services.administration.documents_health import broken_sentence
from memo_coach.services.administration.errors import DocumentConflict, DocumentRefused, UnknownDocument
from memo_coach.services.container import current
from memo_coach.services.errors import ServiceError
from memo_coach.services.memos.comparison import compare
from memo_coach.translations import current_language, number, text
from memo_coach.translations.sentences import spoken
from memo_coach.ui.states.preview_on_screen import (
    CriterionComparedOnScreen,
    MemoOnScreen,
    criteria_on_screen,
    memo_on_screen,
)
from memo_coach.ui.states.versions import RowOnScreen, rows_of
from memo_coach.web.administrators import administrator_of
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.languages import localised_path
from memo_coach.web.middleware.session import owner_of

MOST_FAULTS = 50
"""That are shown; the rest is told by its number."""


@dataclasses.dataclass
class DocumentOnScreen:
    """A line in the list of documents."""

    name: str
    label: str
    address: str
    version: str
    author: str
    moment: str
    """ISO 8601 in UTC, or empty."""
    state: str
    """A word where something is to be said of it."""
    broken: str
    """A sentence where the version that should hold cannot be read."""


@dataclasses.dataclass
class FaultOnScreen:
    """What is wrong in a line."""

    line: str
    reason: str


@dataclasses.dataclass
class WeightOnScreen:
    """How much a criterion counts."""

    name: str
    weight: str
    share: str
    """Width of its bar."""


@dataclasses.dataclass
class SavedVersionOnScreen:
    """A version in the list."""

    number: int
    label: str
    author: str
    moment: str
    note: str
    holds: bool


def address_of_document(name: str) -> str:
    """Return where a document is changed; a rubric's name is one part of the address."""
    return localised_path(f"/admin/config/{address_part(name)}")


def label_of(name: str) -> str:
    """Return what a document is called."""
    if not name.startswith(RUBRIC):
        return text(f"documents.name_{name}")
    found = current().in_force.snapshot.rubric(name.removeprefix(RUBRIC))
    called = name.removeprefix(RUBRIC) if found is None else localised(found.name, current_language())
    return text("documents.name_rubric", rubric=called)


def document_on_screen(line: DocumentSummary) -> DocumentOnScreen:
    """Return a line of the list."""
    state = "retired" if line.is_retired else "shipped" if not line.version else "changed"
    return DocumentOnScreen(
        line.name,
        label_of(line.name),
        address_of_document(line.name),
        str(line.version) if line.version else "–",
        line.author or "–",
        line.moment.isoformat() if line.moment else "",
        text(f"documents.state_{state}"),
        spoken(broken_sentence(line.broken)) if line.broken else "",
    )


def _version(line: VersionLine, holds: int) -> SavedVersionOnScreen:
    label = text("documents.version", number=line.version) if line.version else text("documents.as_shipped")
    note = line.note
    if line.rolled_back_from is not None:
        note = " ".join((text("documents.rolled_back_from", number=line.rolled_back_from), note)).strip()
    if line.is_retired:
        note = " ".join((text("documents.state_retired"), note)).strip()
    return SavedVersionOnScreen(
        line.version,
        label,
        line.author or "–",
        line.moment.isoformat() if line.moment else "",
        note,
        line.version == holds,
    )


def _compared(runs: Sequence[Run]) -> list[RowOnScreen]:
    return rows_of([piece for piece in compare(runs).pieces if piece.kind != "folded"])


class DocumentState(rx.State):
    """One document that is changed."""

    status: str = "loading"
    """``loading``, ``refused``, ``missing``, ``unavailable`` or ``here``."""
    problem: str = ""
    told: str = ""
    """What has just been done."""
    name: str = ""
    title: str = ""
    text: str = ""
    """The text as it was when the page was opened, or another version was taken."""
    key: str = ""
    """Changes with that text: the field is made anew."""
    base: int = 0
    """The version that the person's text is made from."""
    broken: str = ""
    is_rubric: bool = False
    is_retired: bool = False
    model: str = ""
    """What the model is called that can be measured; empty where none is configured."""
    faults: list[FaultOnScreen] = []
    more_faults: str = ""
    checked: str = ""
    """A sentence: that there is no fault."""
    weights: list[WeightOnScreen] = []
    versions: list[SavedVersionOnScreen] = []
    compared: str = ""
    """What the rows below compare, in words; empty where nothing is compared."""
    rows: list[RowOnScreen] = []
    previewing: str = ""
    """How far the preview is, in words; empty where none is running."""
    preview_of: str = ""
    memos: list[MemoOnScreen] = []
    criteria: list[CriterionComparedOnScreen] = []
    _opened: int = 0
    _answered: str = ""
    """The digest of the text that was saved, or refused, last."""

    def _actor(self) -> Actor | None:
        try:
            return administrator_of(self)
        except Refused:
            self.reset()  # type: ignore[no-untyped-call]  # the framework's own, without types
            self.status = "refused"
            return None

    @rx.event
    async def open(self) -> None:
        """Show the document in the address."""
        if self._actor() is None:
            return
        self.reset()  # type: ignore[no-untyped-call]  # another document may have been here
        await self._load(name_in_address(str(self.router.url.path).rstrip("/").rpartition("/")[2]))

    async def _load(self, name: str) -> None:
        try:
            await current().in_force.renewed()
            view = await current().documents.current(name)
            await self._show(view)
        except UnknownDocument:
            self.status = "missing"
        except ServiceError as error:
            self.status, self.problem = "unavailable", error.message

    async def _show(self, view: DocumentView) -> None:
        summary = view.summary
        self._opened += 1
        self.name, self.title, self.text = summary.name, label_of(summary.name), view.text
        self.base, self.key = summary.version, f"{summary.name} {self._opened}"
        self.is_rubric, self.is_retired = summary.is_rubric, summary.is_retired
        self.broken = spoken(broken_sentence(summary.broken)) if summary.broken else ""
        self.compared, self.rows = "", []
        model = current().agreement.model
        self.model = text("agreement.coach_model", model=model) if model else ""
        await self._list_versions()
        await self._check(view.text)
        self.checked = ""
        self.status = "here"

    async def _list_versions(self) -> None:
        lines = await current().documents.versions(self.name)
        self.versions = [_version(line, self.base) for line in lines]

    async def _check(self, document: str) -> Rubric | None:
        """Show what is wrong in a text; give the rubric where it is one."""
        try:
            content = await current().documents.read(self.name, document)
        except DocumentRefused as refused:
            self._show_faults(refused.faults)
            return None
        self.faults, self.more_faults, self.checked = [], "", text("documents.no_fault")
        if not isinstance(content, Rubric):
            return None
        self.weights = [
            WeightOnScreen(
                localised(each.name, current_language()), f"{number(each.weight)} %", f"{each.weight:g}%"
            )
            for each in content.criteria
        ]
        return content

    def _show_faults(self, faults: Sequence[Fault]) -> None:
        self.checked = ""
        self.faults = [
            FaultOnScreen(str(fault.line), fault.reason.spoken()) for fault in faults[:MOST_FAULTS]
        ]
        more = len(faults) - MOST_FAULTS
        self.more_faults = text("documents.more_faults", count=more) if more > 0 else ""

    @rx.event
    async def check(self, document: str) -> None:
        """Say what is wrong in what is being typed."""
        if self._actor() is None or not self.name:
            return
        if digest_of(document) != self._answered:
            # A check that comes late, of what was saved or refused just now, takes no sentence away.
            self.told = self.problem = ""
        try:
            await self._check(document)
        except ServiceError as error:
            self.problem = error.message

    @rx.event
    async def save(self, document: str, note: str, base: int) -> None:
        """Save what was typed, where it has no fault and nobody saved meanwhile."""
        actor = self._actor()
        if actor is None or not self.name:
            return
        self.problem = self.told = self.compared = ""
        self.rows, self._answered = [], digest_of(document)
        try:
            version = await current().documents.save(actor, self.name, document, base=base, note=note)
        except DocumentRefused as refused:
            self.problem = refused.message
            self._show_faults(refused.faults)
        except DocumentConflict as conflict:
            # The next save is on top of theirs, once what they changed was shown.
            self.problem, self.base = conflict.message, conflict.version
            self.compared, self.rows = text("documents.they_changed"), _compared(conflict.runs)
            await self._list_versions()
        except ServiceError as error:
            self.problem = error.message
        else:
            same = version == base
            self.base, self.broken = version, ""
            self.told = text("documents.nothing_changed" if same else "documents.saved", version=version)
            await self._check(document)
            await self._list_versions()

    @rx.event
    async def compare_with(self, version: int) -> None:
        """Show what turned an earlier version into the one that holds."""
        if self._actor() is None or not self.name:
            return
        self.problem = ""
        try:
            runs = await current().documents.difference(self.name, version, self.base)
        except ServiceError as error:
            self.problem = error.message
            return
        self.compared = text("documents.compared_with_shipped", new=self.base)
        if version:
            self.compared = text("documents.compared", old=version, new=self.base)
        self.rows = _compared(runs)

    @rx.event
    async def roll_back(self, version: int, base: int) -> None:
        """Make an earlier version the newest again."""
        actor = self._actor()
        if actor is None or not self.name:
            return
        await self._do(
            current().documents.roll_back(actor, self.name, to=version, base=base),
            text("documents.rolled_back", number=version),
        )

    @rx.event
    async def set_retired(self, retired: bool, base: int) -> None:
        """Offer the rubric to nobody any more, or again."""
        actor = self._actor()
        if actor is None or not self.is_rubric:
            return
        change = current().documents.retire_rubric if retired else current().documents.offer_rubric
        await self._do(
            change(actor, self.name.removeprefix(RUBRIC), base=base),
            text("documents.retired" if retired else "documents.offered"),
        )

    async def _do(self, change: Awaitable[int], told: str) -> None:
        self.problem = self.told = ""
        try:
            await change
        except DocumentRefused as refused:
            self.problem = refused.message
            self._show_faults(refused.faults)
        except ServiceError as error:
            self.problem = error.message
        else:
            await self._load(self.name)
            self.told = told

    @rx.event(background=True)
    async def preview(self, document: str, of: str) -> None:
        """Judge sample memos, or the own newest evaluations' memos, by the rubric as it is typed."""
        async with self:
            if self._actor() is None or not self.is_rubric or self.previewing:
                return
            self.problem = self.told = ""
            self.memos, self.criteria, self.preview_of = [], [], of
            rubric = await self._check(document)
            if rubric is None:
                self.problem = text("documents.preview_faulty")
                return
            self.previewing = text("documents.previewing", count=0)
            owner = await owner_of(self)
        try:
            await self._judge(rubric, owner, of)
        except ServiceError as error:
            async with self:
                self.problem = error.message
        finally:
            async with self:
                self.previewing = ""

    async def _judge(self, rubric: Rubric, owner: str, of: str) -> None:
        preview, spoken_here = current().rubric_preview, current_language()
        judged = (
            preview.evaluations(owner, rubric, spoken_here)
            if of == "evaluations"
            else preview.samples(rubric, spoken_here)
        )
        async for memo in judged:
            async with self:
                self.memos = [*self.memos, memo_on_screen(memo)]
                self.previewing = text("documents.previewing", count=len(self.memos))
                if not self.criteria:
                    self.criteria = criteria_on_screen(memo)
        async with self:
            if not self.memos:
                self.problem = text("documents.no_evaluations")


allow(
    DocumentState,
    "open",
    "check",
    "compare_with",
    "preview",
    storing=("save", "roll_back", "set_retired"),
    lengths={
        "check": {"document": LARGEST_DOCUMENT},
        "save": {"document": LARGEST_DOCUMENT, "note": LONGEST_NOTE},
        "preview": {"document": LARGEST_DOCUMENT},
    },
)
