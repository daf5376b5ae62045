"""The configuration documents as administrators work on them: read, checked, saved, compared, rolled back.

What is saved holds from the next evaluation on, in whichever process. Every change is a new version, and is
written into the audit log in the same transaction.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.coaching.documents.faults import Fault
from memo_coach.coaching.memo.difference import Run, difference
from memo_coach.services.accounts.principal import Actor
from memo_coach.services.administration.audit import LONGEST_NAME, record
from memo_coach.services.administration.document_kinds import (
    RUBRIC,
    Content,
    FaultyDocument,
    digest_of,
    is_name,
    is_rubric_id,
    read,
    shipped,
    with_id,
)
from memo_coach.services.administration.documents_in_force import BrokenVersion, DocumentsInForce, Snapshot
from memo_coach.services.administration.errors import (
    DocumentConflict,
    DocumentRefused,
    RubricNotMade,
    UnknownDocument,
)
from memo_coach.services.clock import now
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.documents import DocumentRepository
from memo_coach.storage.tables import DocumentVersion
from memo_coach.translations import text as text_of
from memo_coach.translations.sentences import sentence

MOST_VERSIONS: Final = 200
"""Of a document; the oldest go."""
MOST_RUBRICS: Final = 50
"""Retired ones too."""
LONGEST_NOTE: Final = 300
SHOWN_AT_ONCE: Final = 20
"""Versions in a list."""


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A line in the list of documents."""

    name: str
    version: int
    """0 where it is as it was shipped."""
    author: str
    """Empty where it is as it was shipped."""
    moment: datetime | None
    is_retired: bool
    broken: BrokenVersion | None
    """Where the version that should hold cannot be read."""

    @property
    def is_rubric(self) -> bool:
        """Whether it is a rubric, which can be copied and retired."""
        return self.name.startswith(RUBRIC)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A line in the list of a document's versions."""

    version: int
    author: str
    moment: datetime | None
    note: str
    rolled_back_from: int | None
    is_retired: bool


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document in one version."""

    summary: DocumentSummary
    text: str


class DocumentService:
    """The documents of the installation."""

    def __init__(self, unit_of_work: UnitOfWork, in_force: DocumentsInForce) -> None:
        self._unit_of_work = unit_of_work
        self._in_force = in_force

    async def list(self) -> tuple[DocumentSummary, ...]:
        """Return all documents, the rubrics first.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            documents = DocumentRepository(session)
            holding = await documents.holding()
            stored = [await documents.version(name, version) for name, version in holding.items()]
        broken = {each.name: each for each in await self._in_force.check()} if holding else {}
        lines = {name: _as_shipped(name) for name in shipped()}
        for name, version, row in zip(holding, holding.values(), stored, strict=True):
            if is_name(name):
                lines[name] = _summary(name, version, row, broken.get(name))
        return tuple(sorted(lines.values(), key=lambda line: (not line.is_rubric, line.name)))

    async def current(self, name: str) -> DocumentView:
        """Return a document as it should hold; what cannot be read is shown all the same, to be repaired.

        Raises:
            UnknownDocument: there is none of the name.
            Unavailable: the database cannot be used.
        """
        summary = next((line for line in await self.list() if line.name == name), None)
        if summary is None:
            raise _unknown(name)
        return DocumentView(summary, await self.text(name, summary.version, missing_is_empty=True))

    async def text(self, name: str, version: int, *, missing_is_empty: bool = False) -> str:
        """Return the text of a version; 0 is the shipped one.

        Raises:
            UnknownDocument: there is no such document or version.
            Unavailable: the database cannot be used.
        """
        if not is_name(name):
            raise _unknown(name)
        async with self._unit_of_work.read() as session:
            stored = await DocumentRepository(session).version(name, version)
        if stored is not None:
            return stored.text
        if version == 0 and name in shipped():
            return shipped()[name]
        if missing_is_empty:
            return ""
        raise UnknownDocument(sentence("documents.no_version", version=version))

    async def validate(self, name: str, text: str) -> tuple[Fault, ...]:
        """Return what is wrong in a text, in the order of the lines; nothing where it can be saved.

        Raises:
            UnknownDocument: there is no document of the name.
        """
        try:
            await self.read(name, text)
        except DocumentRefused as refused:
            return refused.faults
        return ()

    async def read(self, name: str, text: str) -> Content:
        """Read a text as a document of the name, without saving it.

        Raises:
            DocumentRefused: it has faults.
            UnknownDocument: there is no document of the name.
        """
        if not is_name(name):
            raise _unknown(name)
        try:
            return await asyncio.to_thread(read, name, _normal(text))
        except FaultyDocument as error:
            raise DocumentRefused(error.faults) from error

    async def save(self, actor: Actor, name: str, text: str, *, base: int, note: str = "") -> int:
        """Save a text that was made from the version ``base``; give the number of the new version.

        A text that is the one of ``base`` becomes no new version.

        Raises:
            DocumentRefused: it has faults.
            DocumentConflict: another version holds by now.
            UnknownDocument: there is no document of the name.
            Unavailable: the database cannot be used.
        """
        await self._known(name)
        text = _normal(text)
        if await self.text(name, base, missing_is_empty=True) == text:
            await self._refuse_conflict(name, base)
            return base
        return await self._change(actor, "document.saved", name, text, base=base, note=note)

    async def roll_back(self, actor: Actor, name: str, *, to: int, base: int, note: str = "") -> int:
        """Make the text of an earlier version the newest again; give the number of the new version.

        Raises:
            DocumentRefused: what was good then has faults by now.
            DocumentConflict: another version than ``base`` holds by now.
            UnknownDocument: there is no such document or version.
            Unavailable: the database cannot be used.
        """
        await self._known(name)
        text = await self.text(name, to)
        return await self._change(
            actor, "document.rolled_back", name, text, base=base, note=note, rolled_back_from=to
        )

    async def versions(self, name: str, *, before: int | None = None) -> tuple[VersionLine, ...]:
        """Return the newest versions, or those older than ``before``; the shipped one is the last.

        Raises:
            UnknownDocument: there is no document of the name.
            Unavailable: the database cannot be used.
        """
        await self._known(name)
        async with self._unit_of_work.read() as session:
            stored = await DocumentRepository(session).newest_first(name, SHOWN_AT_ONCE, before)
        lines = tuple(_line(each) for each in stored)
        if not lines and before is None:
            return (VersionLine(0, "", None, "", None, is_retired=False),)
        return lines

    async def difference(self, name: str, old: int, new: int) -> tuple[Run, ...]:
        """Return what turns one version into another.

        Raises:
            UnknownDocument: there is no such document or version.
            Unavailable: the database cannot be used.
        """
        before, after = await self.text(name, old), await self.text(name, new)
        return tuple(await asyncio.to_thread(difference, before, after))

    async def make_rubric(self, actor: Actor, rubric_id: str, *, like: str) -> str:
        """Make a rubric as a copy of another one; give the name of its document.

        Raises:
            RubricNotMade: the id cannot be used, or there are as many as can be.
            UnknownDocument: there is no rubric ``like``.
            Unavailable: the database cannot be used.
        """
        if not is_rubric_id(rubric_id):
            raise RubricNotMade(sentence("documents.no_id"))
        name = f"{RUBRIC}{rubric_id}"
        lines = await self.list()
        if any(line.name == name for line in lines):
            raise RubricNotMade(sentence("documents.id_taken"))
        if sum(line.is_rubric for line in lines) >= MOST_RUBRICS:
            raise RubricNotMade(sentence("documents.too_many_rubrics", most=MOST_RUBRICS))
        model = await self.current(f"{RUBRIC}{like}")
        text = with_id(model.text, rubric_id)
        await self._refuse_faulty(name, text)
        async with self._unit_of_work.write(adds=True) as session:
            made = _version(name, 1, text, actor, note=text_of("documents.copied", rubric=like))
            if not await DocumentRepository(session).begin(made):
                raise RubricNotMade(sentence("documents.id_taken"))
            await record(session, actor, "rubric.made", f"document:{name}", after=_told(made))
        await self._in_force.renewed()
        return name

    async def retire_rubric(self, actor: Actor, rubric_id: str, *, base: int) -> int:
        """Offer a rubric to nobody from now on; what it judged stays. Give the number of the new version.

        Raises:
            RubricNotMade: it is the last one that is offered.
            DocumentConflict: another version than ``base`` holds by now.
            UnknownDocument, Unavailable: as everywhere here.
        """
        lines = await self.list()
        offered = [line.name for line in lines if line.is_rubric and not line.is_retired]
        if offered == [f"{RUBRIC}{rubric_id}"]:
            raise RubricNotMade(sentence("documents.last_rubric"))
        return await self._set_retired(actor, rubric_id, base=base, is_retired=True)

    async def offer_rubric(self, actor: Actor, rubric_id: str, *, base: int) -> int:
        """Offer a retired rubric again; as :meth:`retire_rubric`."""
        return await self._set_retired(actor, rubric_id, base=base, is_retired=False)

    async def _set_retired(self, actor: Actor, rubric_id: str, *, base: int, is_retired: bool) -> int:
        name = f"{RUBRIC}{rubric_id}"
        await self._known(name)
        text = await self.text(name, base)
        action = "rubric.retired" if is_retired else "rubric.offered"
        return await self._change(actor, action, name, text, base=base, is_retired=is_retired)

    async def _change(
        self,
        actor: Actor,
        action: str,
        name: str,
        text: str,
        *,
        base: int,
        note: str = "",
        rolled_back_from: int | None = None,
        is_retired: bool | None = None,
    ) -> int:
        await self._refuse_faulty(name, text)
        async with self._unit_of_work.write(adds=True) as session:
            before = await self._begun(session, name, base)
            made = _version(name, base + 1, text, actor, note=note)
            made.rolled_back_from = rolled_back_from
            made.is_retired = before.is_retired if is_retired is None else is_retired
            documents = DocumentRepository(session)
            changed = await documents.add(made, base)
            if changed:
                await documents.remove_until(name, base + 1 - MOST_VERSIONS)
                await record(
                    session, actor, action, f"document:{name}", before=_told(before), after=_told(made)
                )
        if not changed:
            await self._refuse_conflict(name, base)
        await self._in_force.renewed()
        return base + 1

    async def _begun(self, session: AsyncSession, name: str, base: int) -> DocumentVersion:
        """Return the version that is changed; of a document that never was, the shipped one, stored now."""
        documents = DocumentRepository(session)
        stored = await documents.version(name, base)
        if stored is not None:
            return stored
        first = DocumentVersion(
            name=name,
            version=base,
            text=shipped().get(name, ""),
            digest=digest_of(shipped().get(name, "")),
            author=text_of("product.name"),
            moment=now(),
        )
        if base == 0 and name in shipped():
            await documents.begin(first)
        return first

    async def _refuse_conflict(self, name: str, base: int) -> None:
        async with self._unit_of_work.read() as session:
            documents = DocumentRepository(session)
            holding = (await documents.holding()).get(name, 0)
            theirs = await documents.version(name, holding)
            mine = await documents.version(name, base)
        if holding == base:
            return
        old = mine.text if mine else shipped().get(name, "")
        runs = await asyncio.to_thread(difference, old, theirs.text if theirs else "")
        author = theirs.author if theirs else ""
        raise DocumentConflict(author=author, version=holding, runs=tuple(runs))

    async def _refuse_faulty(self, name: str, text: str) -> None:
        await self.read(name, text)

    async def _known(self, name: str) -> None:
        if name in shipped():
            return
        snapshot: Snapshot = await self._in_force.renewed()
        if not is_name(name) or name not in snapshot.versions:
            raise _unknown(name)


def _unknown(name: str) -> UnknownDocument:
    return UnknownDocument(sentence("documents.unknown", document=name[:LONGEST_NAME]))


def _normal(text: str) -> str:
    """Return a text as it is kept: a browser sends the ends of lines in its own way."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _version(name: str, number: int, text: str, actor: Actor, *, note: str) -> DocumentVersion:
    return DocumentVersion(
        name=name,
        version=number,
        text=text,
        digest=digest_of(text),
        author=actor.name[:LONGEST_NAME],
        moment=now(),
        note=" ".join(note.split())[:LONGEST_NOTE],
    )


def _told(version: DocumentVersion) -> dict[str, object]:
    told: dict[str, object] = {"version": version.version, "digest": version.digest}
    if version.is_retired:
        told["retired"] = True
    if version.rolled_back_from is not None:
        told["rolled_back_from"] = version.rolled_back_from
    return told


def _as_shipped(name: str) -> DocumentSummary:
    return DocumentSummary(name, 0, "", None, is_retired=False, broken=None)


def _summary(
    name: str, version: int, row: DocumentVersion | None, broken: BrokenVersion | None
) -> DocumentSummary:
    if row is None:
        return DocumentSummary(name, version, "", None, is_retired=False, broken=broken)
    return DocumentSummary(name, version, row.author, row.moment, is_retired=row.is_retired, broken=broken)


def _line(row: DocumentVersion) -> VersionLine:
    return VersionLine(row.version, row.author, row.moment, row.note, row.rolled_back_from, row.is_retired)
