"""What the page of a memo's versions shows: which there are, and what differs between two of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

import reflex as rx

from memo_coach.services.container import current
from memo_coach.services.errors import NotFound, ServiceError
from memo_coach.services.views import ComparedPiece, Comparison, VersionSummary
from memo_coach.translations import text
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.middleware.session import owner_of

MOST_OPENED: Final = 200
"""Folded passages that a page remembers as opened."""
_LONGEST_NUMBER: Final = 9
"""Digits of a version's number in an address."""


@dataclasses.dataclass
class VersionOnScreen:
    """A version to choose and to take along."""

    number: str
    name: str
    word_count: str
    created: str
    """ISO 8601 in UTC; the browser shows it in its own zone."""
    markdown: str
    """The address of the text as a file, and of the Word document."""
    word: str


@dataclasses.dataclass
class PieceOnScreen:
    """A run of text in a row; ``kind`` is ``equal``, ``removed`` or ``added``."""

    kind: str
    text: str
    change: str
    """The number of the change that begins here, or empty."""


@dataclasses.dataclass
class RowOnScreen:
    """A line of the comparison, or in its place a folded passage."""

    pieces: list[PieceOnScreen]
    fold: int
    folded: str
    """How much is folded, in words; empty for a line of text."""


def rows_of(pieces: Sequence[ComparedPiece]) -> list[RowOnScreen]:
    """Put pieces into rows: a row ends with a line that both versions have."""
    rows: list[RowOnScreen] = []
    row: list[PieceOnScreen] = []
    for piece in pieces:
        if piece.kind == "folded":
            if row:
                rows.append(RowOnScreen(row, -1, ""))
            rows.append(RowOnScreen([], piece.fold, text("versions.folded", count=piece.words)))
            row = []
            continue
        row.append(PieceOnScreen(piece.kind, piece.text, str(piece.change) if piece.begins else ""))
        if piece.kind == "equal" and piece.text.endswith("\n"):
            rows.append(RowOnScreen(row, -1, ""))
            row = []
    return [*rows, RowOnScreen(row, -1, "")] if row else rows


def _version(memo: str, version: VersionSummary) -> VersionOnScreen:
    address = f"/memos/{memo}/versions/{version.number}"
    return VersionOnScreen(
        number=str(version.number),
        name=text("versions.version", number=version.number),
        word_count=text("memos.words", count=version.words),
        created=version.created.isoformat(),
        markdown=f"{address}.md",
        word=f"{address}.docx",
    )


class VersionsState(rx.State):
    """The versions of one memo on the screen."""

    status: str = "loading"
    """``loading``, ``missing``, ``shown``."""
    problem: str = ""
    memo_id: str = ""
    title: str = ""
    versions: list[VersionOnScreen] = []
    old: str = ""
    new: str = ""
    beside: bool = False
    """Whether the two stand side by side, on a screen that is wide enough."""
    rows: list[RowOnScreen] = []
    change_count: str = ""
    """How many changes there are, in words."""
    has_changes: bool = False
    part: int = 1
    parts: int = 1
    part_label: str = ""
    _opened: list[int] = []

    def _asked_for(self) -> str:
        return str(self.router.url.path).rstrip("/").rpartition("/")[2]

    def _number_of(self, name: str, fallback: str) -> str:
        """Return the number of a version that the address names, where there is such a version."""
        asked = self.router.url.query_parameters.get(name, "")
        return asked if any(version.number == asked for version in self.versions) else fallback

    def _show(self, comparison: Comparison) -> None:
        self.rows = rows_of(comparison.pieces)
        self.has_changes = comparison.changes > 0
        self.change_count = text("versions.changes", count=comparison.changes)
        self.part, self.parts = comparison.part, comparison.parts
        self.part_label = text("versions.part", part=comparison.part, parts=comparison.parts)

    async def _compare(self) -> None:
        """Show what differs between the versions that are chosen."""
        self.problem = ""
        if not (self.old and self.new):
            return  # nothing to compare is on the screen
        try:
            self._show(
                await current().versions.compare(
                    await owner_of(self),
                    self.memo_id,
                    int(self.old),
                    int(self.new),
                    opened=frozenset(self._opened),
                    part=self.part,
                )
            )
        except (NotFound, Refused):
            self.status = "missing"
        except ServiceError as error:
            self.problem = error.message

    @rx.event
    async def open(self) -> None:
        """Show the versions at each visit: those that the address names, or the last two."""
        asked_for, beside = self._asked_for(), self.beside
        self.reset()  # type: ignore[no-untyped-call]  # the framework's own, without types
        self.beside = beside
        try:
            owner = await owner_of(self)
            found = await current().versions.list(owner, asked_for)
            self.title = await current().versions.title(owner, asked_for) or text("memos.untitled")
        except (NotFound, Refused):
            self.status = "missing"
            return
        except ServiceError as error:
            self.status, self.problem = "missing", error.message
            return
        self.memo_id, self.status = asked_for, "shown"
        self.versions = [_version(asked_for, version) for version in found]
        if len(found) > 1:
            self.new = self._number_of("new", str(found[0].number))
            self.old = self._number_of("old", str(found[1].number))
            await self._compare()

    async def _choose(self, old: str, new: str) -> None:
        if not all(number.isdecimal() and len(number) <= _LONGEST_NUMBER for number in (old, new)):
            return
        self.old, self.new, self.part, self._opened = old, new, 1, []
        await self._compare()

    @rx.event
    async def choose_old(self, number: str) -> None:
        """Compare from another version on."""
        await self._choose(number, self.new)

    @rx.event
    async def choose_new(self, number: str) -> None:
        """Compare with another version."""
        await self._choose(self.old, number)

    @rx.event
    def put_beside(self, beside: bool) -> None:
        """Show the two side by side, or as one text."""
        self.beside = beside

    @rx.event
    async def unfold(self, fold: int) -> None:
        """Show a passage that is folded."""
        if len(self._opened) < MOST_OPENED and fold not in self._opened:
            self._opened = [*self._opened, fold]
        await self._compare()

    @rx.event
    async def go_to_part(self, part: int) -> None:
        """Show another part of a long comparison."""
        self.part = part
        await self._compare()


allow(VersionsState, "open", "choose_old", "choose_new", "put_beside", "unfold", "go_to_part")
