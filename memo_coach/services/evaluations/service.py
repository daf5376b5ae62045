"""Evaluations: handed in, followed, cancelled, tried again. The work itself is done by :mod:`.workers`."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.coaching.computing import compute
from memo_coach.coaching.memo.text import invisible_characters
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.short_texts import SHORT
from memo_coach.operations import metrics
from memo_coach.services.clock import new_id, now
from memo_coach.services.coaches.service import BUILTIN, MODEL, Coaches
from memo_coach.services.errors import NotFound, NotRepeatable, TooMany
from memo_coach.services.evaluations.fair_queueing import due_at
from memo_coach.services.evaluations.mapping import evaluation_view, usage_of
from memo_coach.services.evaluations.workers import Workers
from memo_coach.services.memos.drafts import store_new_memo
from memo_coach.services.memos.input import TextMetadata, metadata_of, submitted_text
from memo_coach.services.rubrics import RubricService
from memo_coach.services.streaming import Broadcast, Followers, Source
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.budget import JUDGING
from memo_coach.services.usage.quotas import MOST_EVALUATIONS, MOST_UNFINISHED, MOST_UNFINISHED_OF_ADDRESS
from memo_coach.services.usage.storage_budget import EVALUATION_BYTES, StorageBudget, StorageRequest
from memo_coach.services.views import FINISHED, EvaluationView
from memo_coach.storage.repositories.evaluations import EvaluationRepository
from memo_coach.storage.repositories.memos import MemoRepository
from memo_coach.storage.repositories.model_calls import ModelCallRepository
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.tables import Evaluation, Memo, MemoVersion
from memo_coach.translations import number
from memo_coach.translations import text as text_of

ENTERING_AT_ONCE = 8
"""Texts that are looked at and stored at a time; others wait, and whoever came first is first."""


class EvaluationService:
    """The evaluations of the owners."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        rubrics: RubricService,
        coaches: Coaches,
        workers: Workers,
        *,
        broadcast: Broadcast,
        address_mark: Callable[[str], str],
        budget: StorageBudget,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._rubrics = rubrics
        self._coaches = coaches
        self._workers = workers
        self._broadcast = broadcast
        self._address_mark = address_mark
        self._clock = clock
        self._budget = budget
        self._followers = Followers(broadcast)
        # Of a hundred that come at once each would else be looked at before any is queued, and turns of the
        # loop would be as long as it takes.
        self._entering = asyncio.Semaphore(ENTERING_AT_ONCE)

    async def submit(
        self,
        owner: str,
        *,
        text: str,
        rubric: str,
        language: str | None = None,
        memo_id: str | None = None,
        title: str | None = None,
        coach: str | None = None,
        base_revision: int | None = None,
        address: str | None = None,
    ) -> str:
        """Store a text as a version and an evaluation of it, in one transaction; give the evaluation's id.

        A text that equals the newest version becomes no new one, also where no memo is named, and while the
        same text is being evaluated in the same way, this gives that evaluation. The memo's draft ends when
        it is this text, or when ``base_revision`` says that this text was made from it; what another tab has
        typed is kept. Without ``coach`` it is the default one of the installation. Of the
        writer's network ``address`` only a keyed hash is kept, for limits and shares, until it has ended.

        Raises:
            NotFound: the owner has no such memo.
            MemoEmpty, MemoTooLong, UnknownRubric, UnknownLanguage, UnknownCoach, TooMany: with a sentence.
            LanguageNotRead: the built-in coach is to judge a text that is in neither of its languages.
        """
        await self._rubrics.renewed()
        kind = await self._coaches.kind_for(owner, coach)
        chosen = self._rubrics.offered(rubric)
        raw, text = text, submitted_text(text)
        removed = invisible_characters(raw)
        self._budget.count_written(address, len(text.encode()))
        look = partial(metadata_of, text, language=language, title=title, readable=kind == BUILTIN)
        metadata = None if len(text) <= SHORT else await compute(len(text), look)
        async with AsyncExitStack() as place:
            await place.enter_async_context(self._entering)
            metadata = metadata or look()
            moment = self._clock()
            async with self._unit_of_work.write(adds=True) as session:
                since = await VisitorRepository(session).lock_or_create(owner, moment)
                memo, newest = await _memo_for(
                    session,
                    owner,
                    memo_id=memo_id or None,
                    text=text,
                    metadata=metadata,
                    rubric=rubric,
                    moment=moment,
                )
                version, kept = await _version_for(
                    session, owner, memo, newest=newest, text=text, metadata=metadata, moment=moment
                )
                if memo.draft_text == text or memo.draft_revision == base_revision:
                    kept -= len((memo.draft_text or "").encode())
                    memo.draft_text, memo.draft_rubric = None, rubric
                memo.draft_set_aside = False  # it is what its writer worked on last
                evaluation_id, is_new = await _queue(
                    session,
                    owner,
                    _Asked(memo.id, version, chosen, kind, self._mark(address), len(text), removed),
                    moment=moment,
                )
                kept += EVALUATION_BYTES if is_new else 0
                await self._budget.count_kept(session, StorageRequest(address, kept, since, moment))
                await place.aclose()  # the next one goes on while this one waits for the disk
        self._workers.wake(kind)
        return evaluation_id

    async def get(self, owner: str, evaluation_id: str) -> EvaluationView:
        """Return an evaluation as far as it has come.

        Raises:
            NotFound: the owner has no such evaluation.
        """
        live = self._workers.live.of(evaluation_id)
        async with self._unit_of_work.read() as session:
            stored = await EvaluationRepository(session).whole(
                owner, evaluation_id, attempt_in_memory=None if live is None else live.attempt
            )
            if stored is None:
                raise NotFound
            sums = None
            if stored.evaluation.coach == MODEL and stored.evaluation.status in FINISHED:
                sums = await ModelCallRepository(session).sums(owner, [evaluation_id], JUDGING)
        view = evaluation_view(stored, usage_of(None if sums is None else sums.get(evaluation_id)))
        row = stored.evaluation
        if live is not None and (row.status, row.attempt) == ("running", live.attempt):
            return live.on(view)
        return view

    def follow(self, owner: str, evaluation_id: str, *, settle: float = 0.0) -> AsyncIterator[EvaluationView]:
        """Yield a snapshot at once and after each change, at most ten a second; end with the finished one.

        One that ends within ``settle`` seconds is shown once, as it ended.

        Raises:
            NotFound: the owner has no such evaluation, or it is deleted meanwhile.
        """
        source = Source(
            read=partial(self.get, owner, evaluation_id),
            look=partial(self._look, owner),
            growing=lambda _view: self._workers.live.of(evaluation_id),
            is_over=lambda view: view.status in FINISHED,
            is_waiting=lambda view: view.status == "queued",
        )
        return self._followers.follow(evaluation_id, source, settle=settle)

    async def cancel(self, owner: str, evaluation_id: str) -> None:
        """Cancel an evaluation that is queued or running; a finished one stays as it is.

        Raises:
            NotFound: the owner has no such evaluation.
        """
        async with self._unit_of_work.write() as session:
            evaluations = EvaluationRepository(session)
            cancelled = await evaluations.cancel(owner, evaluation_id, now())
            if not cancelled and await evaluations.get(owner, evaluation_id) is None:
                raise NotFound
        if cancelled:
            metrics.count_evaluation(coach="unknown", status="cancelled")
            self._workers.stop_work(evaluation_id)
            await self._broadcast.announce(evaluation_id)

    async def retry(self, owner: str, evaluation_id: str, *, address: str | None = None) -> str:
        """Evaluate the text of a failed or cancelled evaluation again; give the new evaluation's id.

        Raises:
            NotFound: the owner has no such evaluation.
            NotRepeatable: it is done.
            UnknownRubric, UnknownCoach, TooMany: with a sentence.
        """
        moment = self._clock()
        await self._rubrics.renewed()
        async with self._unit_of_work.write(adds=True) as session:
            old = await EvaluationRepository(session).get(owner, evaluation_id)
            if old is None:
                raise NotFound
            if old.status == "done":
                raise NotRepeatable(text_of("problem.evaluation_done"))
            await self._coaches.kind_for(owner, old.coach)
            rubric = self._rubrics.get(old.rubric)
            asked = _Asked(
                old.memo,
                old.version,
                rubric,
                old.coach,
                self._mark(address),
                old.characters,
                old.removed_characters,
            )
            since = await VisitorRepository(session).lock_or_create(owner, moment)
            fresh, is_new = await _queue(session, owner, asked, moment=moment)
            if is_new:
                await self._budget.count_kept(
                    session, StorageRequest(address, EVALUATION_BYTES, since, moment)
                )
        self._workers.wake(old.coach)
        return fresh

    def _mark(self, address: str | None) -> str | None:
        return self._address_mark(address) if address else None

    async def _look(self, owner: str, known: EvaluationView) -> EvaluationView:
        """Return an evaluation as the database has it; what is known of it where it did not change since."""
        async with self._unit_of_work.read() as session:
            news = await EvaluationRepository(session).news(owner, known.evaluation_id)
        if news is None:
            raise NotFound
        return known if news == (known.status, known.changes) else await self.get(owner, known.evaluation_id)


async def _memo_for(
    session: AsyncSession,
    owner: str,
    *,
    memo_id: str | None,
    text: str,
    metadata: TextMetadata,
    rubric: str,
    moment: datetime,
) -> tuple[Memo, MemoVersion | None]:
    """Return the memo that the text belongs to, and its newest version."""
    memos = MemoRepository(session)
    if memo_id:
        found = await memos.to_hand_in(owner, memo_id)
        if found is None:
            raise NotFound
    else:
        # Where it is the same text once more, as by a second click, the draft that it was is gone by now.
        found = await memos.with_text(owner, text, _sha256(text), metadata.words)
    if found is None:
        return await store_new_memo(memos, owner, metadata, rubric=rubric, moment=moment), None
    memo, newest = found
    memo.title, memo.language, memo.words, memo.changed = (
        metadata.title,
        metadata.language,
        metadata.words,
        moment,
    )
    return memo, newest


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def _version_for(
    session: AsyncSession,
    owner: str,
    memo: Memo,
    *,
    newest: MemoVersion | None,
    text: str,
    metadata: TextMetadata,
    moment: datetime,
) -> tuple[int, int]:
    """Return the number of the version that is this text, and what it takes where it was made for it."""
    if newest is not None and newest.text == text and newest.language == metadata.language:
        return newest.number, 0
    version = MemoVersion(
        memo=memo.id,
        number=1 if newest is None else newest.number + 1,
        text=text,
        text_sha256=_sha256(text),
        words=metadata.words,
        language=metadata.language,
        created=moment,
    )
    await MemoRepository(session).add_version(owner, version)
    return version.number, len(text.encode())


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be judged, and how."""

    memo_id: str
    version: int
    rubric: Rubric
    coach: str
    address: str | None
    characters: int
    removed_characters: int = 0


async def _queue(session: AsyncSession, owner: str, asked: _Asked, *, moment: datetime) -> tuple[str, bool]:
    """Return the evaluation that was asked for, and whether it was made for it. The owner is locked."""
    evaluations = EvaluationRepository(session)
    there = await evaluations.existing(
        owner,
        memo_id=asked.memo_id,
        version=asked.version,
        rubric=asked.rubric.id,
        coach=asked.coach,
        address=asked.address,
    )
    if there.duplicate is not None:
        return there.duplicate, False
    if there.backlog.own >= MOST_UNFINISHED:
        raise TooMany(text_of("problem.too_many_running", most=number(MOST_UNFINISHED)))
    if there.stored >= MOST_EVALUATIONS:
        raise TooMany(text_of("problem.too_many_evaluations", most=number(MOST_EVALUATIONS)))
    if there.backlog.near >= MOST_UNFINISHED_OF_ADDRESS:
        raise TooMany(text_of("problem.too_many_near", most=number(MOST_UNFINISHED_OF_ADDRESS)))
    evaluation = Evaluation(
        id=new_id(),
        owner=owner,
        memo=asked.memo_id,
        version=asked.version,
        rubric=asked.rubric.id,
        rubric_version=asked.rubric.version,
        coach=asked.coach,
        status="queued",
        created=moment,
        address=asked.address,
        characters=asked.characters,
        due=due_at(moment, asked.characters, there.backlog),
        removed_characters=asked.removed_characters,
    )
    await evaluations.add(owner, evaluation)
    return evaluation.id, True
