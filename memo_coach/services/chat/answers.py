"""One answer of the coach while it is given: a task of the process, which stores what comes as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

import structlog

from memo_coach.coaching.builtin.chat.vocabulary import said
from memo_coach.coaching.chat import (
    ChatLimits,
    ChatTopic,
    ModelChat,
    Reply,
    builtin_reply,
    reply_instead,
)
from memo_coach.coaching.llm.model import Model, ModelFailure
from memo_coach.coaching.llm.prompt.messages import Prompts
from memo_coach.services.chat.progress import PendingAnswer
from memo_coach.services.clock import now
from memo_coach.services.errors import Unavailable
from memo_coach.services.streaming import record
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.engine.cancellation import settled
from memo_coach.storage.repositories.chats import AnswerRow, ChatRepository

_log = structlog.get_logger(__name__)

SIGN_OF_LIFE_SECONDS = 5.0
"""How often an answer that does not grow is stored all the same, so that it does not count as cut off."""
TRIES_TO_FINISH = 4
"""An answer that came is worth waiting for the database a moment."""
_PAUSE_SECONDS = 0.5
LONGEST_FINISHING_SECONDS = 60.0
"""How long somebody who cancels waits for that; each try may wait for a locked database."""


@dataclass(frozen=True, slots=True)
class ChatModels:
    """How models are had for conversations."""

    open_model: Callable[[str, str], Awaitable[Model | None]]
    """Owner and evaluation's id → the model; ``None`` where none is configured that they may use."""
    admit: Callable[[str, str | None], Awaitable[None]]
    """Counts one more question of an owner from an address; raises :class:`ModelFailure` at a limit."""
    prompts: Callable[[], Prompts]
    """As they are at the moment, as are ``limits``."""
    boundary: Callable[[str], str]
    """Memo's text → the mark around it in a prompt."""
    limits: Callable[[], ChatLimits]


class _Gone(Exception):
    """The message was deleted, or its answer ended elsewhere."""


class AnswerRunner:
    """Brings answers about and stores them."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        models: ChatModels,
        announce_here: Callable[[str], None],
        announce: Callable[[str], Awaitable[None]],
    ) -> None:
        """Both are told an evaluation's id: whenever its answer has grown here, and whenever it is stored."""
        self._unit_of_work = unit_of_work
        self._models = models
        self._announce_here = announce_here
        self._announce = announce

    async def run(self, turn: PendingAnswer, load_topic: Callable[[], Awaitable[ChatTopic]]) -> None:
        """Answer, and store the answer however it ends, also where the task is cancelled meanwhile."""
        language = "en"
        try:
            topic = await load_topic()
            language = topic.language
            async with aclosing(self._replies(turn, topic)) as replies:
                await record(
                    replies,
                    partial(self._note, turn),
                    partial(self._store, turn),
                    partial(self._announce_here, turn.evaluation_id),
                    sign_of_life=SIGN_OF_LIFE_SECONDS,
                )
            is_whole = turn.reply is not None and not turn.reply.is_broken
            await self._finish(turn, "done" if is_whole else "failed", None)
        except _Gone:
            return
        except asyncio.CancelledError:
            await self.break_off(turn, language)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person must not wait for ever
            _log.error("chat answer failed", evaluation=turn.evaluation_id, exc_info=error)
            await self._finish(turn, "failed", said(language, "notice-fault"))

    async def break_off(self, turn: PendingAnswer, language: str = "en") -> None:
        """Store an answer as far as it has come: the person stopped it, or the process ends."""
        if turn.is_stopped:
            await self._finish(turn, "stopped", None)
        else:
            await self._finish(turn, "failed", said(language, "notice-closing"))

    async def _replies(self, turn: PendingAnswer, topic: ChatTopic) -> AsyncGenerator[Reply, None]:
        model = await self._models.open_model(turn.owner, turn.evaluation_id)
        if model is None:
            yield await builtin_reply(turn.question, topic)
            return
        try:
            await self._models.admit(turn.owner, turn.address)
        except ModelFailure as refusal:
            yield await reply_instead(model.name, refusal, turn.question, topic)
            return
        boundary = self._models.boundary(topic.memo_text)
        chat = ModelChat(model, self._models.prompts(), boundary=boundary, limits=self._models.limits())
        async with aclosing(chat.answer(turn.question, topic)) as replies:
            async for reply in replies:
                yield reply

    @staticmethod
    def _note(turn: PendingAnswer, reply: Reply) -> None:
        turn.reply = reply
        turn.changes += 1

    async def _store(self, turn: PendingAnswer) -> None:
        text = "" if turn.reply is None else turn.reply.text
        try:
            async with self._unit_of_work.write() as session:
                held = await ChatRepository(session).grow(turn.owner, turn.message_id, text, now())
        except Unavailable:
            return  # it is logged, and the text is still in memory: the next time, or at the end
        if not held:
            raise _Gone
        await self._announce(turn.evaluation_id)

    async def _finish(self, turn: PendingAnswer, status: str, notice: str | None) -> None:
        """Store how an answer ended, to the end: whoever cancels meanwhile, and however often."""
        await settled(self._store_end(turn, status, notice), LONGEST_FINISHING_SECONDS)

    async def _store_end(self, turn: PendingAnswer, status: str, notice: str | None) -> None:
        answer = _row(turn.reply, status, notice)
        for left in reversed(range(TRIES_TO_FINISH)):
            try:
                async with self._unit_of_work.write() as session:
                    await ChatRepository(session).finish(turn.owner, turn.message_id, answer, now())
            except Unavailable:
                if left:
                    await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return
        _log.error("chat answer not stored", evaluation=turn.evaluation_id)


def _row(reply: Reply | None, status: str, notice: str | None) -> AnswerRow:
    if reply is None:
        return AnswerRow(status, "", None, None, None, notice)
    reply.end()
    provenance = reply.provenance
    notices = [*reply.notices, *([notice] if notice else [])]
    return AnswerRow(
        status=status,
        text=reply.text,
        coach=None if provenance is None else provenance.kind,
        model=None if provenance is None else provenance.model,
        fallback_from=None if provenance is None else provenance.fallback_from,
        notice=" ".join(notices) or None,
    )
