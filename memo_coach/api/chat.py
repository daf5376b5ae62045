"""The conversation about an evaluation: an answer is told when it is there, or as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from typing_extensions import TypedDict

from memo_coach.api.answers import Id, PathId, document
from memo_coach.api.askers import Writer, refuse_ended
from memo_coach.api.evaluations import LastEventId
from memo_coach.api.event_stream import FOLLOWED, Event, event_stream
from memo_coach.api.idempotency import Key, once
from memo_coach.api.problems import problems
from memo_coach.coaching.evaluation import CoachKind
from memo_coach.services import container
from memo_coach.services.chat.service import LONGEST_QUESTION
from memo_coach.services.chat.views import ChatMessageView, ChatStatus, ChatView
from memo_coach.services.errors import NotFound
from memo_coach.services.usage.idempotency import Result

EVENT_STREAM: Final = "text/event-stream"
LONGEST_ANSWER_SECONDS: Final = 120
_END: Final = 2**53

router = APIRouter(prefix="/evaluations", tags=["chat"])


class Question(BaseModel):
    """What the coach is asked."""

    model_config = ConfigDict(strict=True, extra="forbid")

    message: str = Field(
        min_length=1,
        max_length=LONGEST_QUESTION,
        pattern=r"^[^\u0000]*$",
        examples=["Which two options would a sceptical reader miss?"],
    )
    about: Id | None = Field(default=None, description="The id of the comment that it is about.")


class AnswerDocument(TypedDict):
    """What the coach answers, as far as it has come."""

    id: str
    evaluation: str
    status: ChatStatus
    text: str
    coach: CoachKind | None
    model: str | None
    fallback_from: str | None
    notice: str | None
    created: str


@router.post(
    "/{evaluation}/chat",
    response_class=Response,
    responses={
        **problems(404, 406, 409, 413),
        200: {
            "model": AnswerDocument,
            "description": "The answer; as server-sent events where `Accept` prefers `text/event-stream`.",
            "content": {EVENT_STREAM: {}},
        },
        202: {"model": AnswerDocument, "description": "What there is of an answer that takes long."},
    },
)
async def ask(  # noqa: PLR0917 - each is a part of the request
    request: Request,
    asker: Writer,
    evaluation: PathId,
    question: Question,
    key: Key = None,
    last: LastEventId = None,
) -> Response:
    """Ask the coach about an evaluation that is done.

    As events, each `answer` holds all of the answer that there is. Where the connection is lost, the same
    request with the same `Idempotency-Key`, and the last event's id, goes on with it and asks nothing anew.
    """

    async def act() -> Result:
        message = await container.current().chats.ask(
            asker.owner, evaluation, question.message, about=question.about, address=asker.address
        )
        return {"message": message}

    message = (await once(request, asker, key, act))["message"]
    if _prefers_events(request.headers.get("accept", "")):
        known = -1 if last is None else int(last)
        return await event_stream(asker, _events(asker.owner, evaluation, message, known))
    found = await _answered(asker.owner, evaluation, message)
    await refuse_ended(asker)
    status = HTTPStatus.ACCEPTED if found["status"] == "streaming" else HTTPStatus.OK
    return document(found, status)


def _prefers_events(accepted: str) -> bool:
    """Whether events stand in an ``Accept`` header, and JSON not before them."""
    kinds = [each.partition(";")[0].strip().lower() for each in accepted.split(",")]
    if EVENT_STREAM not in kinds:
        return False
    return "application/json" not in kinds[: kinds.index(EVENT_STREAM)]


async def _answered(owner: str, evaluation: str, message: str) -> AnswerDocument:
    chats = container.current().chats
    with FOLLOWED.place(owner), suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_ANSWER_SECONDS):
            async for view in chats.follow(owner, evaluation):
                if (answer := _answer(view, message)).status != "streaming":
                    return _document(answer, evaluation)
    return _document(_answer(await chats.get(owner, evaluation), message), evaluation)


async def _events(owner: str, evaluation: str, message: str, known: int) -> AsyncGenerator[Event]:
    views: Any = container.current().chats.follow(owner, evaluation)
    async with aclosing(views):
        async for view in views:
            answer = _answer(view, message)
            number = len(answer.text) if answer.status == "streaming" else _END
            if number > known:
                yield Event(str(number), "answer", _document(answer, evaluation))


def _answer(view: ChatView, message: str) -> ChatMessageView:
    for each in view.messages:
        if each.message_id == message:
            return each
    raise NotFound  # the conversation was cleared meanwhile


def _document(answer: ChatMessageView, evaluation: str) -> AnswerDocument:
    return AnswerDocument(
        id=answer.message_id,
        evaluation=evaluation,
        status=answer.status,
        text=answer.text,
        coach=answer.coach,
        model=answer.model,
        fallback_from=answer.fallback_from,
        notice=answer.notice,
        created=answer.created.isoformat(),
    )
