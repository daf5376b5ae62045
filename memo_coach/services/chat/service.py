"""Conversations about evaluations: asked, followed, stopped, kept. An answer outlives the page that asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.coaching.chat import ChatQuestion, ChatTopic
from memo_coach.coaching.documents.frameworks import Framework
from memo_coach.coaching.evaluation import Evaluation
from memo_coach.coaching.memo.text import normalise_text
from memo_coach.coaching.rubric.model import Criterion, Rubric
from memo_coach.services.chat.answers import AnswerRunner, ChatModels
from memo_coach.services.chat.mapping import (
    CUT_OFF_AFTER,
    comment_of,
    history_of,
    judged,
    message_view,
    new_message,
)
from memo_coach.services.chat.progress import PendingAnswer
from memo_coach.services.chat.views import ChatView
from memo_coach.services.clock import now
from memo_coach.services.errors import NotFound, ServiceError, TooMany, UnknownRubric
from memo_coach.services.evaluations.mapping import evaluation_view
from memo_coach.services.rubrics import RubricService
from memo_coach.services.streaming import Broadcast, Followers, InProgress, Source
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.storage_budget import ANSWER_BYTES, StorageBudget, StorageRequest
from memo_coach.services.views import EvaluationView, Usage
from memo_coach.storage.repositories.chats import ChatRepository
from memo_coach.storage.repositories.evaluations import EvaluationRepository
from memo_coach.storage.repositories.memos import MemoRepository
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.translations import number
from memo_coach.translations import text as text_of

LONGEST_QUESTION = 4_000
"""Characters."""
MOST_MESSAGES = 200
"""Messages of one conversation that are kept, questions and answers."""
MOST_MESSAGES_OF_OWNER = 5_000
MOST_EARLIER_VERSIONS = 5
_CLOSING_SECONDS = 5.0


class QuestionRefused(ServiceError):
    """The question cannot be asked as it is, or not now; the sentence says why."""


class ChatService:
    """The conversations of the owners."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        rubrics: RubricService,
        broadcast: Broadcast,
        models: ChatModels,
        *,
        frameworks: Callable[[], tuple[Framework, ...]],
        budget: StorageBudget,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._budget = budget
        self._rubrics = rubrics
        self._broadcast = broadcast
        self._frameworks = frameworks
        self._runner = AnswerRunner(unit_of_work, models, self._announce_here, self._announce)
        self._followers = Followers(broadcast)
        self._turns = InProgress[PendingAnswer]()
        """By the evaluation's id: answers that are being given in this process."""
        self._asking: set[asyncio.Task[str]] = set()

    async def ask(
        self,
        owner: str,
        evaluation_id: str,
        text: str,
        *,
        about: str | None = None,
        address: str | None = None,
    ) -> str:
        """Store a question, and begin to answer it; give the id of the answer's message.

        The answer goes on whether or not somebody follows it. ``about`` is the id of a comment that the
        question is about; ``address`` is where it comes from, for limits.

        Raises:
            NotFound: the owner has no such evaluation, or it has no such comment.
            QuestionRefused: it is empty or too long, or the evaluation is not done, or the coach is still
                answering the last question.
            TooMany: as many messages as are kept are there, or too much was stored in a short time.
        """
        question = _question(text)
        # A page that goes away at this moment takes neither the question along nor its answer.
        asking = asyncio.create_task(self._ask(owner, evaluation_id, question, about, address))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)
        return await asyncio.shield(asking)

    async def _ask(
        self, owner: str, evaluation_id: str, question: str, about: str | None, address: str | None
    ) -> str:
        moment = now()
        async with self._unit_of_work.write(adds=True) as session:
            since = await VisitorRepository(session).lock_or_create(owner, moment)
            view = await _evaluation(session, owner, evaluation_id)
            if view.status != "done" or view.overall is None:
                raise QuestionRefused(text_of("problem.chat_too_early"))
            comment = comment_of(view, about)
            chats = ChatRepository(session)
            await self._refuse_second(chats, owner, evaluation_id, moment)
            await _refuse_too_many(chats, owner, evaluation_id)
            position = await chats.next_position(owner, evaluation_id)
            asked = new_message(
                owner, evaluation_id, position, moment, role="person", text=question, about=about
            )
            answer = new_message(owner, evaluation_id, position + 1, moment, role="coach")
            await chats.add(owner, asked, answer)
            kept = len(question.encode()) + ANSWER_BYTES
            await self._budget.count_kept(session, StorageRequest(address, kept, since, moment))
            turn = PendingAnswer(owner, evaluation_id, answer.id, ChatQuestion(question, comment), address)
        self._begin(turn)
        await self._announce(evaluation_id)
        return turn.message_id

    async def get(self, owner: str, evaluation_id: str) -> ChatView:
        """Return the conversation as far as it has come.

        Raises:
            NotFound: the owner has no such evaluation.
        """
        async with self._unit_of_work.read() as session:
            if await EvaluationRepository(session).get(owner, evaluation_id) is None:
                raise NotFound
            stored = await ChatRepository(session).messages(owner, evaluation_id)
        moment, turn = now(), self._turn(owner, evaluation_id)
        return ChatView(evaluation_id, tuple(message_view(each, moment, turn) for each in stored))

    def follow(self, owner: str, evaluation_id: str) -> AsyncIterator[ChatView]:
        """Yield a snapshot at once and after each change, at most ten a second; end when no answer grows.

        Raises:
            NotFound: the owner has no such evaluation, or it is deleted meanwhile.
        """
        source = Source(
            read=partial(self.get, owner, evaluation_id),
            look=partial(self._look, owner),
            growing=partial(self._growing, owner),
            is_over=lambda view: not view.is_streaming,
        )
        return self._followers.follow(_key(evaluation_id), source)

    async def stop(self, owner: str, evaluation_id: str) -> None:
        """Stop the answer that is being given; what came of it stays. Without one nothing happens.

        Raises:
            NotFound: the owner has no such evaluation.
        """
        turn = self._turn(owner, evaluation_id)
        if turn is not None and turn.task is not None:
            turn.is_stopped = True
            await self._end(turn)
            return
        async with self._unit_of_work.write() as session:
            if await EvaluationRepository(session).get(owner, evaluation_id) is None:
                raise NotFound
            ended = await ChatRepository(session).end(owner, evaluation_id, "stopped", now())
        if ended:
            await self._announce(evaluation_id)

    async def clear(self, owner: str, evaluation_id: str) -> None:
        """Delete the conversation for good, and stop the answer that is being given.

        Raises:
            NotFound: the owner has no such evaluation.
        """
        await self.stop(owner, evaluation_id)
        async with self._unit_of_work.write() as session:
            await ChatRepository(session).clear(owner, evaluation_id)
        await self._announce(evaluation_id)

    async def close(self) -> None:
        """Stop all answers; what came of them is stored."""
        await asyncio.gather(*self._asking, return_exceptions=True)
        await asyncio.gather(*(self._end(turn) for turn in self._turns.all()))

    def _begin(self, turn: PendingAnswer) -> None:
        self._turns.begin(turn.evaluation_id, turn)
        turn.task = asyncio.create_task(self._run(turn), name=f"chat answer {turn.message_id}")

    async def _run(self, turn: PendingAnswer) -> None:
        try:
            await self._runner.run(turn, lambda: self._topic(turn))
        finally:
            self._turns.end(turn.evaluation_id, turn)
            await self._announce(turn.evaluation_id)

    async def _end(self, turn: PendingAnswer) -> None:
        if turn.task is not None:
            turn.task.cancel()
            await asyncio.wait({turn.task}, timeout=_CLOSING_SECONDS)
        if self._turns.end(turn.evaluation_id, turn):
            # It was cancelled before it began, so it could not end itself.
            await self._runner.break_off(turn)
            await self._announce(turn.evaluation_id)

    async def _topic(self, turn: PendingAnswer) -> ChatTopic:
        async with self._unit_of_work.read() as session:
            view = await _evaluation(session, turn.owner, turn.evaluation_id)
            earlier = await MemoRepository(session).earlier_texts(
                turn.owner, view.memo_id, before=view.version, limit=MOST_EARLIER_VERSIONS
            )
            stored = await ChatRepository(session).messages(turn.owner, turn.evaluation_id)
        evaluation = judged(view)
        await self._rubrics.renewed()
        return ChatTopic(
            evaluation=evaluation,
            memo_text=view.text,
            rubric=await self._rubric(evaluation, view.rubric_version),
            frameworks=self._frameworks(),
            language=view.language,
            earlier=tuple(earlier),
            history=history_of(stored[:-2], view.language),
        )

    async def _rubric(self, evaluation: Evaluation, version: str) -> Rubric:
        try:
            return await self._rubrics.of_version(evaluation.rubric, version)
        except UnknownRubric:
            # It was taken away since: what the evaluation says of its criteria is all that is left.
            criteria = tuple(
                Criterion(each.id, {"en": each.name}, {"en": ""}, each.weight, {})
                for each in evaluation.criteria
            )
            return Rubric(evaluation.rubric, "", {"en": evaluation.rubric}, {"en": ""}, criteria)

    async def _refuse_second(
        self, chats: ChatRepository, owner: str, evaluation_id: str, moment: datetime
    ) -> None:
        streaming = await chats.streaming(owner, evaluation_id)
        if self._turn(owner, evaluation_id) is not None or any(
            moment - answer.changed < CUT_OFF_AFTER for answer in streaming
        ):
            raise QuestionRefused(text_of("problem.chat_answering"))
        if streaming:
            await chats.end(owner, evaluation_id, "failed", moment)

    def _turn(self, owner: str, evaluation_id: str) -> PendingAnswer | None:
        turn = self._turns.of(evaluation_id)
        return turn if turn is not None and turn.owner == owner else None

    async def _look(self, owner: str, known: ChatView) -> ChatView:
        """Return a conversation as it is; what is known of it where it did not change since."""
        found = await self.get(owner, known.evaluation_id)
        return known if found == known else found

    def _growing(self, owner: str, known: ChatView) -> PendingAnswer | None:
        """Return the answer that is given here, where it is the last message of what is known."""
        turn = self._turn(owner, known.evaluation_id)
        is_last = turn is not None and known.messages and known.messages[-1].message_id == turn.message_id
        return turn if is_last else None

    def _announce_here(self, evaluation_id: str) -> None:
        self._broadcast.announce_here(_key(evaluation_id))

    async def _announce(self, evaluation_id: str) -> None:
        await self._broadcast.announce(_key(evaluation_id))


def _key(evaluation_id: str) -> str:
    return f"chat:{evaluation_id}"


def _question(raw: str) -> str:
    if len(raw) > 2 * LONGEST_QUESTION:
        raise QuestionRefused(_too_long(len(raw)))
    text = normalise_text(raw).strip()
    if not text:
        raise QuestionRefused(text_of("problem.chat_empty"))
    if len(text) > LONGEST_QUESTION:
        raise QuestionRefused(_too_long(len(text)))
    return text


def _too_long(length: int) -> str:
    return text_of("problem.chat_too_long", length=number(length), most=number(LONGEST_QUESTION))


async def _refuse_too_many(chats: ChatRepository, owner: str, evaluation_id: str) -> None:
    if await chats.count(owner, evaluation_id) + 2 > MOST_MESSAGES:
        raise TooMany(text_of("problem.too_many_messages", most=number(MOST_MESSAGES)))
    if await chats.count(owner) + 2 > MOST_MESSAGES_OF_OWNER:
        raise TooMany(text_of("problem.too_many_conversations"))


async def _evaluation(session: AsyncSession, owner: str, evaluation_id: str) -> EvaluationView:
    stored = await EvaluationRepository(session).whole(owner, evaluation_id)
    if stored is None:
        raise NotFound
    return evaluation_view(stored, Usage())
