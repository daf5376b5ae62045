"""Links with which others read one evaluation, and what they remark on it.

A link is a token of 256 random bits, of which a hash is kept. Unknown, expired and revoked ones, and all of
them where the installation has sharing switched off, are answered alike.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.coaching.computing import compute
from memo_coach.coaching.control_characters import without_controls
from memo_coach.coaching.memo import normalisation
from memo_coach.coaching.memo.model import Span
from memo_coach.coaching.quotes.anchors import Anchors
from memo_coach.services import clock
from memo_coach.services.clock import new_id
from memo_coach.services.errors import NotFound, TooMany
from memo_coach.services.evaluations.mapping import evaluation_view
from memo_coach.services.memos.input import metadata_of
from memo_coach.services.processes.shared_buckets import SharedBuckets
from memo_coach.services.sharing.errors import NotShareable, RemarkRefused
from memo_coach.services.sharing.views import (
    NewShareLink,
    ReaderRemark,
    RemarkToLeave,
    SharedEvaluation,
    ShareLinkView,
    SharingView,
)
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.network import network_of
from memo_coach.services.usage.quotas import MOST_READER_REMARKS, MOST_SHARE_LINKS
from memo_coach.services.usage.storage_budget import StorageBudget, StorageRequest
from memo_coach.services.views import EvaluationView, Usage
from memo_coach.storage.repositories.evaluations import EvaluationRepository
from memo_coach.storage.repositories.sharing import SharingRepository
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.tables import SharedRemark, ShareLink
from memo_coach.translations import number, text

TOKEN_BYTES: Final = 32
LONGEST_NAME: Final = 80
LONGEST_REMARK: Final = 2_000
LONGEST_PASSAGE: Final = 600
"""Characters of a passage that a reader quotes."""
REMARKS_OF_ADDRESS: Final = (10, 1 / 60)
"""So many of a reader's network at once, and a second in the long run: a team that reads in one office."""
SEARCHES_OF_ADDRESS: Final = (30, 1 / 4)
"""So many passages are looked for at once, and a second in the long run: a long memo takes a while."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_ROW_BYTES: Final = 400
"""What a link or a remark takes beside its text."""


class SharingService:
    """The links to the owners' evaluations, and the evaluations behind the links."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        budget: StorageBudget,
        lifetime: timedelta | None,
        now: Callable[[], datetime] = clock.now,
        seconds: Callable[[], float] = time.monotonic,
        *,
        shared: SharedBuckets | None = None,
    ) -> None:
        """``lifetime`` is how long a link leads somewhere; with ``None`` there is no sharing at all.

        ``shared`` makes the buckets of the limits, of which other processes take as well.
        """
        making = shared or SharedBuckets()
        self._unit_of_work = unit_of_work
        self._budget = budget
        self._lifetime = lifetime
        self._now = now
        self._readers = making.buckets("remarks-of-address", *REMARKS_OF_ADDRESS, seconds)
        self._searches = making.buckets("searches-of-address", *SEARCHES_OF_ADDRESS, seconds)

    @property
    def lifetime(self) -> timedelta | None:
        """For how long a new link leads somewhere; ``None`` where sharing is switched off."""
        return self._lifetime

    async def make(self, owner: str, evaluation_id: str, *, address: str | None = None) -> NewShareLink:
        """Make a link to an evaluation. What is stored counts for the writer's network ``address``.

        Raises:
            NotFound: the owner has no such evaluation, or sharing is switched off.
            NotShareable, TooMany, Unavailable: with a sentence.
        """
        if self._lifetime is None:
            raise NotFound
        moment, token = self._now(), secrets.token_urlsafe(TOKEN_BYTES)
        async with self._unit_of_work.write(adds=True) as session:
            since = await VisitorRepository(session).lock_or_create(owner, moment)
            evaluation = await EvaluationRepository(session).get(owner, evaluation_id)
            if evaluation is None:
                raise NotFound
            if evaluation.status != "done":
                raise NotShareable(text("sharing.not_done"))
            sharing = SharingRepository(session)
            if len(await sharing.links(owner, evaluation_id, moment)) >= MOST_SHARE_LINKS:
                raise TooMany(text("sharing.too_many_links", most=number(MOST_SHARE_LINKS)))
            await self._budget.count_kept(session, StorageRequest(address, _ROW_BYTES, since, moment))
            link = ShareLink(
                id=new_id(),
                owner=owner,
                evaluation=evaluation_id,
                token_sha256=_hashed(token),
                made=moment,
                expires=moment + self._lifetime,
            )
            await sharing.add_link(owner, link)
            return NewShareLink(token, _link_view(link))

    async def of_evaluation(self, owner: str, evaluation_id: str) -> SharingView:
        """Return the links that lead to an evaluation, and what readers remarked on it.

        Raises:
            NotFound: the owner has no such evaluation.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            stored = await EvaluationRepository(session).whole(owner, evaluation_id)
            if stored is None:
                raise NotFound
            sharing = SharingRepository(session)
            links = await sharing.links(owner, evaluation_id, self._now())
            remarks = await sharing.remarks(owner, evaluation_id)
        return SharingView(
            links=() if self._lifetime is None else tuple(map(_link_view, links)),
            remarks=tuple(_remark_view(row, stored.version.text) for row in remarks),
        )

    async def revoke(self, owner: str, link_id: str) -> None:
        """Let a link lead nowhere any more, from now on.

        Raises:
            NotFound: the owner has no such link.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.write() as session:
            if not await SharingRepository(session).remove_link(owner, link_id):
                raise NotFound

    async def remove_remark(self, owner: str, remark_id: str) -> None:
        """Delete what a reader remarked on one of the owner's evaluations.

        Raises:
            NotFound: there is no such remark.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.write() as session:
            if not await SharingRepository(session).remove_remark(owner, remark_id):
                raise NotFound

    async def view(self, token: str) -> SharedEvaluation:
        """Return what is shared by a link.

        Raises:
            NotFound: the link leads nowhere; why is not told.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            link = await self._link(session, token)
            stored = await EvaluationRepository(session).whole(link.owner, link.evaluation)
            if stored is None or stored.evaluation.status != "done":
                raise NotFound
            remarks = await SharingRepository(session).remarks(link.owner, link.evaluation)
        return _shared(evaluation_view(stored, Usage()), remarks, link.expires)

    async def leave_remark(self, token: str, left: RemarkToLeave, *, address: str | None = None) -> None:
        """Keep what a reader remarks.

        Raises:
            NotFound: the link leads nowhere, or no longer.
            RemarkRefused, TooMany, Unavailable: with a sentence.
        """
        shared = await self.view(token)
        name, remark = _one_line(left.name), _cleaned(left.text)
        if not remark or len(remark) > LONGEST_REMARK:
            raise RemarkRefused(text("sharing.remark_length", most=number(LONGEST_REMARK)))
        if len(name) > LONGEST_NAME:
            raise RemarkRefused(text("sharing.name_length", most=number(LONGEST_NAME)))
        if address is not None and left.passage and not self._searches.of(network_of(address).hex()).take():
            raise TooMany(text("sharing.too_fast"))
        place = await _place_of(left, shared)
        if address is not None and not self._readers.of(network_of(address).hex()).take():
            raise TooMany(text("sharing.too_fast"))
        await self._store(token, name, remark, place, address)

    async def _store(
        self, token: str, name: str, remark: str, place: Span | None, address: str | None
    ) -> None:
        moment = self._now()
        async with self._unit_of_work.read() as session:
            owner = (await self._link(session, token)).owner
        async with self._unit_of_work.write(adds=True) as session:
            await VisitorRepository(session).lock(owner)
            # Asked once more behind the lock: it may have been revoked, or its memo deleted, meanwhile.
            link = await self._link(session, token)
            sharing = SharingRepository(session)
            if await sharing.count_remarks(link.owner, link.evaluation) >= MOST_READER_REMARKS:
                raise TooMany(text("sharing.too_many_remarks", most=number(MOST_READER_REMARKS)))
            size = len((name + remark).encode()) + _ROW_BYTES
            await self._budget.count_kept(session, StorageRequest(address, size, link.made, moment))
            row = SharedRemark(
                id=new_id(),
                owner=link.owner,
                evaluation=link.evaluation,
                name=name,
                start_position=None if place is None else place.start,
                end_position=None if place is None else place.end,
                text=remark,
                made=moment,
            )
            await sharing.add_remark(link.owner, row)

    async def _link(self, session: AsyncSession, token: str) -> ShareLink:
        if self._lifetime is None or not _TOKEN.fullmatch(token):
            raise NotFound
        link = await SharingRepository(session).link_of(_hashed(token), self._now())
        if link is None:
            raise NotFound
        return link


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def _cleaned(words: str) -> str:
    return without_controls(normalisation.normalised("NFC", words.replace("\r\n", "\n"))).strip()


def _one_line(words: str) -> str:
    return " ".join(_cleaned(words).split())


async def _place_of(left: RemarkToLeave, shared: SharedEvaluation) -> Span | None:
    """Return what a remark is about: words of the memo, else the passage of a comment; ``None`` for all."""
    passage = left.passage.strip()
    if len(passage) > LONGEST_PASSAGE:
        raise RemarkRefused(text("sharing.passage_length", most=number(LONGEST_PASSAGE)))
    if passage:
        found = await compute(len(shared.text), partial(Anchors(shared.text).locate, passage))
        if found is None:
            raise RemarkRefused(text("sharing.passage_unknown"))
        return Span(found.start, found.end)
    places = {
        each.id: Span(each.start, each.end)
        for each in shared.comments
        if each.start is not None and each.end is not None
    }
    if left.about and left.about not in places:
        raise RemarkRefused(text("sharing.passage_unknown"))
    return places.get(left.about)


def _link_view(link: ShareLink) -> ShareLinkView:
    return ShareLinkView(link.id, link.made, link.expires)


def _remark_view(row: SharedRemark, memo: str) -> ReaderRemark:
    start, end = row.start_position, row.end_position
    return ReaderRemark(
        remark_id=row.id,
        name=row.name,
        text=row.text,
        made=row.made,
        start=start,
        end=end,
        quote=None if start is None or end is None else memo[start:end],
    )


def _shared(view: EvaluationView, remarks: list[SharedRemark], expires: datetime) -> SharedEvaluation:
    return SharedEvaluation(
        # Not the memo's own title, which is the newest text's.
        title=metadata_of(view.text, language=view.language).title,
        text=view.text,
        language=view.language,
        rubric=view.rubric,
        provenance=view.provenance,
        overall=view.overall,
        criteria=view.criteria,
        comments=view.comments,
        remarks=tuple(_remark_view(row, view.text) for row in remarks),
        expires=expires,
    )
