"""Memos with their drafts and versions. Every method takes the owner and sees nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Result,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.repositories.ownership import OWNER, owned
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.tables import ChatMessage, Evaluation, ImportedMemo, Memo, MemoVersion
from memo_coach.storage.tables.base import table_of, values_of


@dataclass(frozen=True, slots=True)
class MemoLine:
    """What a list of memos shows of one, without its text."""

    id: str
    title: str
    language: str
    words: int
    changed: datetime
    versions: int
    has_draft: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """What a list of versions shows of one, without its text."""

    number: int
    words: int
    language: str
    created: datetime


def _own(owner: str, memo_id: str) -> ColumnElement[bool]:
    return and_(col(Memo.id) == memo_id, owned(col(Memo.owner), owner))


# Handing a memo in runs these. Making a statement takes longer than running it, so they are made once.
_OWNED = owned(col(Memo.owner))
_VERSIONS = table_of(MemoVersion)
_INSERT_VERSION = (
    insert(_VERSIONS)
    .from_select(
        [column.name for column in _VERSIONS.c],
        # Only into a memo of the owner's.
        select(*(bindparam(f"new_{column.name}", type_=column.type) for column in _VERSIONS.c)).where(
            exists().where(col(Memo.id) == bindparam("new_memo"), _OWNED)
        ),
    )
    .execution_options(preserve_rowcount=True)
)
_GET = select(Memo).where(col(Memo.id) == bindparam("own_id"), _OWNED)
_WITH_DRAFT = (
    select(Memo)
    .where(_OWNED, col(Memo.draft_text) == bindparam("this_text"))
    .order_by(col(Memo.draft_saved).desc(), by_bytes(col(Memo.id)))
    .limit(1)
)
_LATER = aliased(MemoVersion)
_WITH_NEWEST_VERSION = select(Memo, MemoVersion).join(
    MemoVersion,
    and_(
        col(MemoVersion.memo) == col(Memo.id),
        ~exists().where(col(_LATER.memo) == col(Memo.id), col(_LATER.number) > col(MemoVersion.number)),
    ),
    isouter=True,
)
_HAS_DRAFT = col(Memo.draft_text).is_not(None)
_HAS_THIS_DRAFT = col(Memo.draft_text) == bindparam("this_text")
# The number of words stands in the short row of the memo, and excludes nearly all of them.
_MAY_BE_THIS_VERSION = and_(~_HAS_DRAFT, col(Memo.words) == bindparam("many"))
_TO_HAND_IN = _WITH_NEWEST_VERSION.where(col(Memo.id) == bindparam("own_id"), _OWNED)
_WITH_TEXT = (
    _WITH_NEWEST_VERSION.where(
        _OWNED,
        # It follows from the next, and is looked at before any version is looked for.
        or_(_HAS_THIS_DRAFT, _MAY_BE_THIS_VERSION),
        or_(
            _HAS_THIS_DRAFT,
            and_(
                _MAY_BE_THIS_VERSION,
                col(MemoVersion.text_sha256) == bindparam("hash"),
                col(MemoVersion.text) == bindparam("this_text"),
            ),
        ),
    )
    .order_by(
        case((_HAS_DRAFT, 0), else_=1),
        case((_HAS_DRAFT, col(Memo.draft_saved)), else_=col(Memo.changed)).desc(),
        by_bytes(col(Memo.id)),
    )
    .limit(1)
)
_COUNT = select(func.count()).select_from(Memo).where(_OWNED)
_NEWEST_VERSION = (
    select(MemoVersion)
    .join(Memo, col(Memo.id) == col(MemoVersion.memo))
    .where(col(Memo.id) == bindparam("own_id"), _OWNED)
    .order_by(col(MemoVersion.number).desc())
    .limit(1)
)


def _one(found: Result[Memo, MemoVersion]) -> tuple[Memo, MemoVersion | None] | None:
    row = found.one_or_none()
    return None if row is None else (row[0], row[1])


class MemoRepository:
    """The rows of memos and their versions."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, owner: str, memo_id: str) -> Memo | None:
        """Find a memo."""
        found = await self._session.execute(_GET, {"own_id": memo_id, OWNER: owner})
        return found.scalar_one_or_none()

    async def count(self, owner: str) -> int:
        """Count the owner's memos."""
        return (await self._session.execute(_COUNT, {OWNER: owner})).scalar_one()

    async def current(self, owner: str) -> Memo | None:
        """Find the memo that changed last, submitted or not, those that were set aside left out."""
        statement = (
            select(Memo)
            .where(owned(col(Memo.owner), owner), col(Memo.draft_set_aside).is_(False))
            .order_by(col(Memo.changed).desc(), by_bytes(col(Memo.id)))
            .limit(1)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def with_draft(self, owner: str, text: str) -> Memo | None:
        """Find a memo whose draft is exactly this text."""
        found = await self._session.execute(_WITH_DRAFT, {OWNER: owner, "this_text": text})
        return found.scalar_one_or_none()

    async def to_hand_in(self, owner: str, memo_id: str) -> tuple[Memo, MemoVersion | None] | None:
        """Find a memo, and the version of it that was submitted last."""
        found = await self._session.execute(_TO_HAND_IN, {"own_id": memo_id, OWNER: owner})
        return _one(found)

    async def with_text(
        self, owner: str, text: str, text_sha256: str, words: int
    ) -> tuple[Memo, MemoVersion | None] | None:
        """Find a memo that is exactly this text, and the version of it that was submitted last.

        It is one whose draft is the text, or else one without a draft whose newest version is.
        """
        found = await self._session.execute(
            _WITH_TEXT, {OWNER: owner, "this_text": text, "hash": text_sha256, "many": words}
        )
        return _one(found)

    async def newest_version(self, owner: str, memo_id: str) -> MemoVersion | None:
        """Find the version that was submitted last."""
        found = await self._session.execute(_NEWEST_VERSION, {"own_id": memo_id, OWNER: owner})
        return found.scalar_one_or_none()

    async def version(self, owner: str, memo_id: str, number: int) -> MemoVersion | None:
        """Find a version by its number."""
        statement = (
            select(MemoVersion)
            .join(Memo, col(Memo.id) == col(MemoVersion.memo))
            .where(_own(owner, memo_id), col(MemoVersion.number) == number)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def earlier_texts(
        self, owner: str, memo_id: str, *, before: int, limit: int
    ) -> list[tuple[int, str]]:
        """Return number and text of the last versions with a number below ``before``, the oldest first."""
        statement = (
            select(col(MemoVersion.number), col(MemoVersion.text))
            .join(Memo, col(Memo.id) == col(MemoVersion.memo))
            .where(_own(owner, memo_id), col(MemoVersion.number) < before)
            .order_by(col(MemoVersion.number).desc())
            .limit(limit)
        )
        found = [(number, text) for number, text in await self._session.execute(statement)]
        return found[::-1]

    async def version_lines(self, owner: str, memo_id: str, limit: int) -> list[VersionLine]:
        """List the versions of a memo, the newest first."""
        statement = (
            select(
                col(MemoVersion.number),
                col(MemoVersion.words),
                col(MemoVersion.language),
                col(MemoVersion.created),
            )
            .join(Memo, col(Memo.id) == col(MemoVersion.memo))
            .where(_own(owner, memo_id))
            .order_by(col(MemoVersion.number).desc())
            .limit(limit)
        )
        return [VersionLine(*row) for row in await self._session.execute(statement)]

    async def version_numbers(self, owner: str, memo_id: str) -> list[int]:
        """Return the numbers of a memo's versions, the oldest first."""
        statement = (
            select(col(MemoVersion.number))
            .join(Memo, col(Memo.id) == col(MemoVersion.memo))
            .where(_own(owner, memo_id))
            .order_by(col(MemoVersion.number))
        )
        return list((await self._session.execute(statement)).scalars())

    async def texts(self, owner: str, memo_id: str, numbers: Collection[int]) -> dict[int, str]:
        """Return the texts of those versions of a memo that there are, by their numbers."""
        statement = (
            select(col(MemoVersion.number), col(MemoVersion.text))
            .join(Memo, col(Memo.id) == col(MemoVersion.memo))
            .where(_own(owner, memo_id), col(MemoVersion.number).in_(numbers))
        )
        found = await self._session.execute(statement)
        return dict(found.all())

    async def add(self, owner: str, memo: Memo) -> None:
        """Store a new memo."""
        memo.owner = owner
        self._session.add(memo)
        await self._session.flush()

    async def add_version(self, owner: str, version: MemoVersion) -> None:
        """Store a new version of one of the owner's memos.

        Raises:
            LookupError: the memo is not the owner's.
        """
        values = {f"new_{name}": value for name, value in values_of(version).items()}
        stored = await self._session.execute(_INSERT_VERSION, {OWNER: owner, **values})
        if cast("CursorResult[Any]", stored).rowcount != 1:
            raise LookupError(version.memo)

    async def set_aside(self, owner: str) -> None:
        """Keep the memos with text for later; drop the empty drafts, and the memos that hold nothing else."""
        await VisitorRepository(self._session).lock(owner)
        empty = and_(owned(col(Memo.owner), owner), col(Memo.draft_text) == "")
        versions = exists().where(col(MemoVersion.memo) == col(Memo.id))
        await self._session.execute(delete(Memo).where(empty, ~versions))
        await self._session.execute(update(Memo).where(empty).values(draft_text=None))
        await self._session.execute(
            update(Memo)
            .where(owned(col(Memo.owner), owner), col(Memo.draft_set_aside).is_(False))
            .values(draft_set_aside=True)
        )

    async def delete(self, owner: str, memo_id: str) -> bool:
        """Delete a memo with its draft, versions and evaluations; tell whether there was one."""
        await VisitorRepository(self._session).lock(owner)
        statement = delete(Memo).where(_own(owner, memo_id)).returning(col(Memo.id))
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def lines(self, owner: str, limit: int) -> list[MemoLine]:
        """List the memos, the one that changed last first."""
        versions = (
            select(func.count())
            .where(col(MemoVersion.memo) == col(Memo.id))
            .correlate(Memo)
            .scalar_subquery()
        )
        has_draft = and_(col(Memo.draft_text).is_not(None), col(Memo.draft_text) != "")
        statement = (
            select(
                col(Memo.id),
                col(Memo.title),
                col(Memo.language),
                col(Memo.words),
                col(Memo.changed),
                versions,
                has_draft,
            )
            .where(owned(col(Memo.owner), owner))
            .order_by(col(Memo.changed).desc(), by_bytes(col(Memo.id)))
            .limit(limit)
        )
        return [MemoLine(*row) for row in await self._session.execute(statement)]

    async def last_used(self, owner: str) -> dict[str, datetime]:
        """Return when each memo was last written, judged, asked about or imported."""
        mine = owned(col(Memo.owner), owner)
        judged = col(Evaluation.memo) == col(Memo.id)
        uses = (
            select(col(Memo.id), func.max(col(Memo.changed))),
            select(col(Memo.id), func.max(col(Evaluation.created))).join(Evaluation, judged),
            select(col(Memo.id), func.max(col(ChatMessage.created)))
            .join(Evaluation, judged)
            .join(ChatMessage, col(ChatMessage.evaluation) == col(Evaluation.id)),
            select(col(Memo.id), func.max(col(ImportedMemo.imported))).join(
                ImportedMemo, col(ImportedMemo.memo) == col(Memo.id)
            ),
        )
        found: dict[str, datetime] = {}
        for statement in uses:
            for memo, moment in await self._session.execute(statement.where(mine).group_by(col(Memo.id))):
                found[memo] = max(moment, found.get(memo, moment))
        return found
