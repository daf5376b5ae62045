"""Drafts: what a writer is typing, saved at every pause, and never overwritten by another tab.

How long they are kept stands in :mod:`.retention`.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.coaching.computing import compute
from memo_coach.services.accounts.visitors import note_visit
from memo_coach.services.clock import new_id, now
from memo_coach.services.errors import NotFound, TooMany
from memo_coach.services.memos.input import TextMetadata, draft_text, metadata_of
from memo_coach.services.rubrics import RubricService
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_MEMOS
from memo_coach.services.usage.storage_budget import MEMO_BYTES, StorageBudget, StorageRequest
from memo_coach.services.views import DraftSaved, DraftView
from memo_coach.storage.repositories.memos import MemoRepository
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.tables import Memo
from memo_coach.translations import number
from memo_coach.translations import text as text_of


async def store_new_memo(
    memos: MemoRepository, owner: str, metadata: TextMetadata, *, rubric: str, moment: datetime
) -> Memo:
    """Make a memo without draft or version.

    Raises:
        TooMany: the owner has as many as is allowed.
    """
    if await memos.count(owner) >= MOST_MEMOS:
        raise TooMany(text_of("problem.too_many_memos", most=number(MOST_MEMOS)))
    memo = Memo(
        id=new_id(),
        owner=owner,
        title=metadata.title,
        language=metadata.language,
        words=metadata.words,
        created=moment,
        changed=moment,
        draft_rubric=rubric,
    )
    await memos.add(owner, memo)
    return memo


class DraftService:
    """The drafts of the owners."""

    def __init__(self, unit_of_work: UnitOfWork, rubrics: RubricService, budget: StorageBudget) -> None:
        self._unit_of_work = unit_of_work
        self._rubrics = rubrics
        self._budget = budget

    async def current(self, owner: str) -> DraftView | None:
        """Return what the writer worked on last: its draft, or its newest version where all is submitted.

        ``None`` where there is none, or where the writer has begun a new memo since.
        """
        await note_visit(self._unit_of_work, owner, now())
        async with self._unit_of_work.read() as session:
            memos = MemoRepository(session)
            memo = await memos.current(owner)
            return None if memo is None else await _newest(memos, owner, memo)

    async def of_memo(self, owner: str, memo_id: str) -> DraftView:
        """Return the draft of a memo, or the text of its newest version where there is no draft.

        Raises:
            NotFound: the owner has no such memo.
        """
        await note_visit(self._unit_of_work, owner, now())
        async with self._unit_of_work.read() as session:
            memos = MemoRepository(session)
            memo = await memos.get(owner, memo_id)
            if memo is None:
                raise NotFound
            return await _newest(memos, owner, memo)

    async def save(
        self,
        owner: str,
        *,
        memo_id: str | None,
        text: str,
        rubric: str,
        base_revision: int,
        address: str | None = None,
    ) -> DraftSaved:
        """Save a draft, durably when this returns.

        The text that is already there is not saved again. Where the draft changed since ``base_revision``,
        this text goes to a memo of its own. Without a memo's id it goes to a new memo, or to the one whose
        draft is this very text already, so that a repeated request makes no second one; nothing is made for
        an empty text, and the answer then has an empty ``memo_id``.
        What is saved counts for the writer's network ``address``.

        Raises:
            NotFound: the owner has no such memo (any more). Saved again without an id, the text is kept.
            MemoTooLong, UnknownRubric, TooMany: with a sentence for the person. TooMany may be
                StorageRefused: the same text can be saved later.
        """
        self._rubrics.get(rubric)  # one that is retired, too: what was begun for it must not be lost
        text = draft_text(text)
        self._budget.count_written(address, len(text.encode()), all_new=not memo_id)
        metadata = await compute(len(text), partial(metadata_of, text))
        moment = now()
        if not memo_id and not text:
            return DraftSaved("", 0, moment, forked=False)
        async with self._unit_of_work.write(adds=True) as session:
            since = await VisitorRepository(session).lock_or_create(owner, moment)
            saved, kept = await _save(
                session,
                owner,
                memo_id=memo_id or None,
                text=text,
                metadata=metadata,
                rubric=rubric,
                base_revision=base_revision,
                moment=moment,
            )
            await self._budget.count_kept(session, StorageRequest(address, kept, since, moment))
            return saved

    async def start_new(self, owner: str) -> None:
        """Begin another memo: what has text stays among the memos, and is no longer the current one."""
        async with self._unit_of_work.write() as session:
            await MemoRepository(session).set_aside(owner)


async def _save(
    session: AsyncSession,
    owner: str,
    *,
    memo_id: str | None,
    text: str,
    metadata: TextMetadata,
    rubric: str,
    base_revision: int,
    moment: datetime,
) -> tuple[DraftSaved, int]:
    """Save a draft; give by how many bytes the database grows, too."""
    memos = MemoRepository(session)
    memo = await (memos.get(owner, memo_id) if memo_id else memos.with_draft(owner, text))
    if memo is None and memo_id:
        raise NotFound
    if memo is not None and text == await _text_of(memos, owner, memo):
        memo.draft_rubric = rubric
        return DraftSaved(memo.id, memo.draft_revision, memo.draft_saved or memo.changed, forked=False), 0
    kept = len(text.encode())
    forked = memo is not None and base_revision != memo.draft_revision
    if memo is None or forked:
        memo = await store_new_memo(memos, owner, metadata, rubric=rubric, moment=moment)
        kept += MEMO_BYTES
    kept -= len((memo.draft_text or "").encode())
    memo.title, memo.language, memo.words = metadata.title, metadata.language, metadata.words
    memo.changed = memo.draft_saved = moment
    memo.draft_text, memo.draft_rubric, memo.draft_set_aside = text, rubric, False
    memo.draft_revision += 1
    return DraftSaved(memo.id, memo.draft_revision, moment, forked=forked), kept


async def _newest(memos: MemoRepository, owner: str, memo: Memo) -> DraftView:
    return DraftView(
        memo_id=memo.id,
        title=memo.title,
        text=await _text_of(memos, owner, memo) or "",
        rubric=memo.draft_rubric,
        revision=memo.draft_revision,
        saved=memo.draft_saved or memo.changed,
    )


async def _text_of(memos: MemoRepository, owner: str, memo: Memo) -> str | None:
    if memo.draft_text is not None:
        return memo.draft_text
    version = await memos.newest_version(owner, memo.id)
    return None if version is None else version.text
