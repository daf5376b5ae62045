"""What writers make of remarks: marks that hold over versions, kinds that are muted, words of a glossary."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextvars import copy_context
from datetime import datetime
from functools import partial
from typing import Final, cast

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.coaching.computing import compute
from memo_coach.coaching.evaluation import Comment
from memo_coach.coaching.memo import normalisation
from memo_coach.services.clock import now
from memo_coach.services.errors import NotFound, TooMany
from memo_coach.services.evaluations.mapping import comments_of, evaluation_view
from memo_coach.services.review.comparison import Comparison, Reviewed, compare
from memo_coach.services.review.errors import ReasonTooLong, UnknownKind, WordNotKept
from memo_coach.services.review.identity import (
    WORD_FINDINGS,
    RemarkIdentity,
    identities,
    kind_of,
    normalised,
    same_remarks,
)
from memo_coach.services.review.views import RemarkMark, RemarkState, ReviewPreferences, ReviewView
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_GLOSSARY_WORDS, MOST_MARKS, MOST_MUTED
from memo_coach.services.usage.storage_budget import StorageBudget, StorageRequest
from memo_coach.services.views import EvaluationView, Usage
from memo_coach.storage.repositories.evaluations import EvaluationRepository, StoredEvaluation
from memo_coach.storage.repositories.progress import ProgressRepository
from memo_coach.storage.repositories.reviews import ReviewRepository
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.tables import RemarkMark as MarkRow
from memo_coach.translations import number, text

LONGEST_REASON: Final = 500
LONGEST_WORD: Final = 60
_KIND: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,119}")
"""A finding, such as ``ask.amount-missing``, or the id of a criterion."""
_ROW_BYTES: Final = 300
"""What a mark, a muted kind or a word takes beside its text."""


class ReviewService:
    """The remarks of the owners' evaluations under revision."""

    def __init__(self, unit_of_work: UnitOfWork, budget: StorageBudget) -> None:
        self._unit_of_work = unit_of_work
        self._budget = budget

    async def of_evaluation(self, owner: str, evaluation_id: str) -> ReviewView:
        """Return the marks on an evaluation's remarks, and what became of those on the version before.

        Raises:
            NotFound: the owner has no such evaluation.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            evaluations, reviews = EvaluationRepository(session), ReviewRepository(session)
            stored = await evaluations.whole(owner, evaluation_id)
            if stored is None:
                raise NotFound
            marks = await reviews.marks(owner, stored.evaluation.memo)
            preferences = await _preferences(reviews, owner)
            scores = await ProgressRepository(session).before(owner, evaluation_id, 2)
            has_earlier = len(scores) == 2 and scores[-1][1] == evaluation_id
            before = await evaluations.whole(owner, scores[0][1]) if has_earlier else None
        reviewed = _reviewed(stored, marks, preferences)
        if before is None:
            return ReviewView(reviewed.marks, frozenset(), (), None, None)
        compared = await _compared(_reviewed(before, marks, preferences), reviewed)
        return ReviewView(
            marks=reviewed.marks,
            new=compared.new,
            earlier=compared.earlier,
            previous_evaluation=before.evaluation.id,
            previous_score=before.evaluation.score,
        )

    async def preferences(self, owner: str) -> ReviewPreferences:
        """Return the kinds that the owner has muted, and the words of their glossary.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            return await _preferences(ReviewRepository(session), owner)

    async def mark(
        self,
        owner: str,
        evaluation_id: str,
        comment_id: str,
        state: RemarkState,
        reason: str = "",
        *,
        address: str | None = None,
    ) -> None:
        """Mark a remark as done or declined, or take the mark back (``open``). The last one holds.

        A reason is kept with what is declined. What is stored counts for the writer's network ``address``.

        Raises:
            NotFound: the owner has no such evaluation, or it has no such remark.
            ReasonTooLong, TooMany, Unavailable: with a sentence.
        """
        reason = reason.strip() if state == "declined" else ""
        if len(reason) > LONGEST_REASON:
            raise ReasonTooLong(
                text("problem.reason_too_long", most=number(LONGEST_REASON), characters=number(len(reason)))
            )
        moment = now()
        async with self._unit_of_work.write(adds=state != "open") as session:
            since = await VisitorRepository(session).lock_or_create(owner, moment)
            evaluations, reviews = EvaluationRepository(session), ReviewRepository(session)
            evaluation = await evaluations.get(owner, evaluation_id)
            known = identities(comments_of(await evaluations.comments(owner, evaluation_id)))
            if evaluation is None or comment_id not in known:
                raise NotFound
            replaced = _rows_of(await reviews.marks(owner, evaluation.memo), known).get(comment_id)
            if replaced is not None:
                await reviews.remove_mark(owner, evaluation.memo, replaced.key)
            if state == "open":
                return
            identity = known[comment_id]
            if replaced is None:
                await self._refuse_too_many_marks(reviews, owner)
                size = len((identity.passage + reason).encode())
                await self._count(session, size, since, moment, address)
            row = MarkRow(
                memo=evaluation.memo,
                key=identity.key,
                owner=owner,
                says=identity.says,
                passage=identity.passage,
                is_only=identity.is_only,
                state=state,
                reason=reason,
                version=evaluation.version,
                marked=moment,
            )
            await reviews.add_mark(owner, row)

    async def mute(self, owner: str, kind: str, *, address: str | None = None) -> None:
        """Mute a kind of remark: a finding, or a criterion of a model's remarks.

        Raises:
            UnknownKind, TooMany, Unavailable: with a sentence.
        """
        if not _KIND.fullmatch(kind):
            raise UnknownKind(text("problem.unknown_kind"))
        moment = now()
        async with self._unit_of_work.write(adds=True) as session:
            since = await VisitorRepository(session).lock_or_create(owner, moment)
            reviews = ReviewRepository(session)
            muted = await reviews.muted(owner)
            if kind in muted:
                return
            if len(muted) >= MOST_MUTED:
                raise TooMany(text("problem.too_many_muted", most=number(MOST_MUTED)))
            await self._count(session, len(kind), since, moment, address)
            await reviews.mute(owner, kind)

    async def unmute(self, owner: str, kind: str) -> None:
        """Let a kind of remark be made again; one that is not muted stays as it is.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.write() as session:
            await ReviewRepository(session).unmute(owner, kind)

    async def add_word(self, owner: str, word: str, *, address: str | None = None) -> None:
        """Add a word to the glossary; one that is there already, however it is capitalised, stays as it is.

        Raises:
            WordNotKept, TooMany, Unavailable: with a sentence.
        """
        word = _spelt(word)
        if not word or len(word) > LONGEST_WORD:
            raise WordNotKept(text("problem.word_not_kept", most=number(LONGEST_WORD)))
        moment = now()
        async with self._unit_of_work.write(adds=True) as session:
            since = await VisitorRepository(session).lock_or_create(owner, moment)
            reviews = ReviewRepository(session)
            glossary = await reviews.glossary(owner)
            if _alike(word, glossary):
                return
            if len(glossary) >= MOST_GLOSSARY_WORDS:
                raise TooMany(text("problem.too_many_words", most=number(MOST_GLOSSARY_WORDS)))
            await self._count(session, len(word.encode()), since, moment, address)
            await reviews.add_word(owner, word)

    async def remove_word(self, owner: str, word: str) -> None:
        """Remove a word from the glossary, however it is capitalised; one that is not there is as good as.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.write() as session:
            reviews = ReviewRepository(session)
            await reviews.remove_words(owner, _alike(_spelt(word), await reviews.glossary(owner)))

    async def add_imported(
        self, session: AsyncSession, owner: str, muted: Sequence[str], glossary: Sequence[str]
    ) -> int:
        """Add the kinds and words that the owner has not muted or kept yet; return how many bytes they take.

        What is no kind or word, and what is more than is kept, is left out. It is within a transaction that
        locks the owner.
        """
        reviews = ReviewRepository(session)
        own_kinds, own_words = await reviews.muted(owner), await reviews.glossary(owner)
        kinds = [kind for kind in dict.fromkeys(muted) if _KIND.fullmatch(kind) and kind not in own_kinds]
        known, words = set(map(normalised, own_words)), []
        for word in map(_spelt, glossary):
            if 0 < len(word) <= LONGEST_WORD and normalised(word) not in known:
                known.add(normalised(word))
                words.append(word)
        kinds, words = kinds[: MOST_MUTED - len(own_kinds)], words[: MOST_GLOSSARY_WORDS - len(own_words)]
        for kind in kinds:
            await reviews.mute(owner, kind)
        for word in words:
            await reviews.add_word(owner, word)
        return sum(len(each.encode()) + _ROW_BYTES for each in (*kinds, *words))

    async def _count(
        self, session: AsyncSession, size: int, since: datetime, moment: datetime, address: str | None
    ) -> None:
        await self._budget.count_kept(session, StorageRequest(address, size + _ROW_BYTES, since, moment))

    async def _refuse_too_many_marks(self, reviews: ReviewRepository, owner: str) -> None:
        if await reviews.count_marks(owner) >= MOST_MARKS:
            raise TooMany(text("problem.too_many_marks", most=number(MOST_MARKS)))


async def _preferences(reviews: ReviewRepository, owner: str) -> ReviewPreferences:
    return ReviewPreferences(tuple(await reviews.muted(owner)), tuple(await reviews.glossary(owner)))


async def _compared(before: Reviewed, current: Reviewed) -> Comparison:
    characters = len(before.evaluation.text) + len(current.evaluation.text)
    # The language that is spoken goes along into the thread that long texts are compared on.
    return await compute(characters, partial(copy_context().run, compare, before, current))


def _reviewed(stored: StoredEvaluation, marks: Sequence[MarkRow], preferences: ReviewPreferences) -> Reviewed:
    evaluation = evaluation_view(stored, Usage())
    known = identities(evaluation.comments)
    return Reviewed(evaluation, known, _marks(evaluation, known, marks, preferences))


def _marks(
    evaluation: EvaluationView,
    known: Mapping[str, RemarkIdentity],
    rows: Sequence[MarkRow],
    preferences: ReviewPreferences,
) -> dict[str, RemarkMark]:
    muted = frozenset(preferences.muted)
    glossary = frozenset(map(normalised, preferences.glossary))
    of_comments = _rows_of(rows, known)
    return {
        comment.id: _mark(
            comment,
            of_comments.get(comment.id),
            version=evaluation.version,
            muted=kind_of(comment) in muted or normalised(_word_of(comment) or "") in glossary,
        )
        for comment in evaluation.comments
    }


def _mark(comment: Comment, row: MarkRow | None, *, version: int, muted: bool) -> RemarkMark:
    state = "open" if row is None else cast("RemarkState", row.state)
    return RemarkMark(
        state=state,
        reason="" if row is None else row.reason,
        muted=muted,
        kind=kind_of(comment),
        found_again=row is not None and state == "done" and row.version < version,
        word=_word_of(comment),
    )


def _rows_of(marks: Sequence[MarkRow], known: Mapping[str, RemarkIdentity]) -> dict[str, MarkRow]:
    """Map the ids of comments to the marks on the same remarks, in this version or in another."""
    rows = {row.key: row for row in marks}
    marked = {row.key: RemarkIdentity(row.key, row.says, row.passage, row.is_only) for row in marks}
    return {comment: rows[key] for key, comment in same_remarks(marked, known).items()}


def _word_of(comment: Comment) -> str | None:
    return comment.quote if comment.finding in WORD_FINDINGS else None


def _spelt(word: str) -> str:
    return " ".join(normalisation.normalised("NFC", word).split())


def _alike(word: str, words: Iterable[str]) -> Collection[str]:
    return [each for each in words if normalised(each) == normalised(word)]
