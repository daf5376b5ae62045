"""The documents that hold at the moment, whichever process changed them last.

Which version of each holds is in the database, and looked up where something begins that rests on them: an
evaluation, an answer, a page. What was read of a version is kept, for a version never changes. A version that
somebody has broken by hand is passed over: the last one that can be read holds, and what is wrong is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Final, cast

import structlog
from sqlalchemy.exc import SQLAlchemyError

from memo_coach.coaching.documents.auth import AuthDocument
from memo_coach.coaching.documents.context import ContextDocument
from memo_coach.coaching.documents.faults import Fault
from memo_coach.coaching.documents.frameworks import FrameworksDocument
from memo_coach.coaching.documents.llm import LlmDocument
from memo_coach.coaching.documents.prompt import PromptDocument
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.services.administration.document_kinds import (
    RUBRIC,
    Content,
    FaultyDocument,
    digest_of,
    is_name,
    read,
    shipped,
    shipped_content,
)
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.repositories.documents import DocumentRepository
from memo_coach.storage.tables import DocumentVersion
from memo_coach.translations.sentences import sentence

_log = structlog.get_logger(__name__)

MOST_PASSED_OVER: Final = 50
"""Versions of a document that are looked at for one that can be read."""
MOST_KEPT: Final = 200
"""Rubrics of earlier versions that are kept as they were read."""


@dataclass(frozen=True, slots=True)
class BrokenVersion:
    """A version that should hold and cannot be read."""

    name: str
    version: int
    served: int | None
    """The version that holds in its place: 0 is the shipped one; ``None`` where the document has none."""
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """One document as it holds."""

    version: int
    content: Content
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All documents as they hold at one moment."""

    versions: Mapping[str, int] = field(default_factory=dict)
    """Which version of each changed document should hold."""
    held: Mapping[str, Held] = field(default_factory=dict)
    """By the names of the documents."""
    broken: tuple[BrokenVersion, ...] = ()
    rubrics: tuple[Rubric, ...] = ()
    """Those that are offered, the default one first."""

    def rubric(self, rubric_id: str) -> Rubric | None:
        """Return a rubric, also one that is retired."""
        found = self.held.get(f"{RUBRIC}{rubric_id}")
        return None if found is None else cast("Rubric", found.content)

    @property
    def prompt(self) -> PromptDocument:
        """What a model is told."""
        return cast("PromptDocument", self.held["prompt"].content)

    @property
    def frameworks(self) -> FrameworksDocument:
        """The ways to think that the coaches speak of."""
        return cast("FrameworksDocument", self.held["frameworks"].content)

    @property
    def context(self) -> ContextDocument:
        """Who reads memos here."""
        return cast("ContextDocument", self.held["context"].content)

    @property
    def llm(self) -> LlmDocument:
        """How a model is asked."""
        return cast("LlmDocument", self.held["llm"].content)

    @property
    def auth(self) -> AuthDocument:
        """Who may have an account."""
        return cast("AuthDocument", self.held["auth"].content)


@cache
def as_shipped() -> Snapshot:
    """Return the documents as they come with the product."""
    return _snapshot({}, {}, ())


class DocumentsInForce:
    """The documents that hold."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._renewing = asyncio.Lock()
        self._earlier: dict[tuple[str, str], Rubric | None] = {}
        """What evaluations name, as it was read; ``None`` where it is gone."""
        self.followers: list[Callable[[Snapshot], None]] = []
        """Called with the new documents whenever some have changed."""
        self.snapshot = as_shipped()
        """As they were looked up last."""

    async def renew(self) -> Snapshot:
        """Look up which versions hold, read those that are new, and return all.

        Raises:
            SQLAlchemyError, DatabaseUnusable: the database cannot be used.
        """
        async with self._database.read() as session:
            versions = await DocumentRepository(session).holding()
        if versions == self.snapshot.versions:
            return self.snapshot
        async with self._renewing:
            # Others may have been here before, or have saved since.
            async with self._database.read() as session:
                versions = await DocumentRepository(session).holding()
            if versions != self.snapshot.versions:
                self.snapshot = await self._read(versions)
                self._earlier = {key: kept for key, kept in self._earlier.items() if kept is not None}
                for follow in self.followers:
                    follow(self.snapshot)
        return self.snapshot

    async def renewed(self) -> Snapshot:
        """Return the documents that hold, or those that held last where the database cannot be used."""
        try:
            return await self.renew()
        except (SQLAlchemyError, DatabaseUnusable) as error:
            _log.error("documents cannot be looked up", exc_info=error)
            return self.snapshot

    async def rubric_of(self, rubric_id: str, digest: str) -> Rubric | None:
        """Return a rubric in the version that an evaluation names, as it was then; ``None`` if it is gone.

        Raises:
            SQLAlchemyError, DatabaseUnusable: the database cannot be used.
        """
        name = f"{RUBRIC}{rubric_id}"
        kept = self.known_rubric(rubric_id, digest)
        if kept is not None or (name, digest) in self._earlier:
            return kept
        async with self._database.read() as session:
            stored = await DocumentRepository(session).with_digest(name, digest)
        if stored is not None:
            with suppress(FaultyDocument):
                kept = cast("Rubric", await asyncio.to_thread(_content, stored))
        while len(self._earlier) >= MOST_KEPT:
            self._earlier.pop(next(iter(self._earlier)))
        self._earlier[name, digest] = kept
        return kept

    def known_rubric(self, rubric_id: str, digest: str) -> Rubric | None:
        """Return a rubric in a version that was read in this process, without asking the database."""
        now, name = self.snapshot.rubric(rubric_id), f"{RUBRIC}{rubric_id}"
        if now is not None and now.version == digest:
            return now
        if name in shipped() and digest_of(shipped()[name]) == digest:
            return cast("Rubric", shipped_content(name))
        return self._earlier.get((name, digest))

    async def check(self) -> tuple[BrokenVersion, ...]:
        """Read every version that should hold afresh, and return those that somebody has broken.

        Raises:
            SQLAlchemyError, DatabaseUnusable: the database cannot be used.
        """
        # Reading would make a file that is gone anew.
        self._database.refuse_replaced_file()
        async with self._database.read() as session:
            versions = await DocumentRepository(session).holding()
        found = await self._read(versions, only_known=False)
        return found.broken

    async def _read(self, versions: Mapping[str, int], *, only_known: bool = True) -> Snapshot:
        held: dict[str, Held] = {}
        broken: list[BrokenVersion] = []
        known = self.snapshot if only_known else as_shipped()
        for name, version in versions.items():
            if not is_name(name):
                continue
            kept = known.held.get(name)
            if kept is not None and kept.version == version == known.versions.get(name):
                held[name] = kept
                continue
            found, reason = await self._last_good(name, version)
            if found is not None:
                held[name] = found
            if reason:
                shipped_serves = 0 if name in shipped() else None
                served = shipped_serves if found is None else found.version
                broken.append(BrokenVersion(name, version, served, reason))
                _log.error(
                    "document broken", document=name, version=version, serving=served, reason=reason[:300]
                )
        return _snapshot(versions, held, tuple(broken))

    async def _last_good(self, name: str, version: int) -> tuple[Held | None, str]:
        """Return the newest version up to one that can be read, and what is wrong with that one, if it is."""
        reason = ""
        async with self._database.read() as session:
            stored = await DocumentRepository(session).newest_first(
                name, 1 + MOST_PASSED_OVER, before=version + 1
            )
        if not stored or stored[0].version != version:
            reason = f"version {version} is not there"
        is_retired = bool(stored) and stored[0].is_retired
        for each in stored:
            try:
                content = await asyncio.to_thread(_content, each)
            except FaultyDocument as error:
                reason = reason or str(error)
            else:
                return Held(each.version, content, is_retired), reason
        return None, reason


def _content(stored: DocumentVersion) -> Content:
    content = read(stored.name, stored.text)
    if digest_of(stored.text) != stored.digest:
        # It can be read, but nobody has saved it here.
        raise FaultyDocument((Fault(1, sentence("document_faults.changed_by_hand")),))
    return content


def _snapshot(
    versions: Mapping[str, int], changed: Mapping[str, Held], broken: tuple[BrokenVersion, ...]
) -> Snapshot:
    held = {name: changed.get(name) or Held(0, shipped_content(name)) for name in shipped()}
    held.update(changed)
    offered = [
        cast("Rubric", each.content)
        for name, each in held.items()
        if name.startswith(RUBRIC) and not each.is_retired
    ]
    if not offered:
        # No row of the database may leave a writer without any.
        offered = [cast("Rubric", each.content) for name, each in held.items() if name.startswith(RUBRIC)]
    rubrics = tuple(sorted(offered, key=lambda rubric: (rubric.position, rubric.id)))
    return Snapshot(dict(versions), held, broken, rubrics)
