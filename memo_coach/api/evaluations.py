"""Evaluations: handed in, waited for, followed, listed, taken along, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from memo_coach.api.answers import Absent, Id, PathId, document, tagged, unless_known
from memo_coach.api.askers import Reader, Writer, refuse_ended
from memo_coach.api.cursors import cursor_of, place_of
from memo_coach.api.evaluation_documents import (
    ROOT,
    EvaluationDocument,
    EvaluationsDocument,
    QueuedDocument,
    evaluation_document,
    links_of,
    listed_document,
)
from memo_coach.api.event_stream import FOLLOWED, Event, event_stream
from memo_coach.api.idempotency import Key, once
from memo_coach.api.problems import problems, readable
from memo_coach.coaching.memo.text import LONGEST_MEMO
from memo_coach.services import container
from memo_coach.services.memos.input import LONGEST_TITLE
from memo_coach.services.usage.idempotency import Result
from memo_coach.services.views import FINISHED, EvaluationView

MOST_LISTED: Final = 100
LONGEST_WAIT: Final = 60
"""Seconds."""
_END: Final = 2**53
"""The id of the last event; a browser still counts it exactly."""
_NO_NUL: Final = r"^[^\u0000]*$"

router = APIRouter(prefix="/evaluations", tags=["evaluations"])


class MemoToJudge(BaseModel):
    """A memo that is to be judged."""

    model_config = ConfigDict(strict=True, extra="forbid")

    text: str = Field(
        min_length=1,
        max_length=2 * LONGEST_MEMO,
        pattern=_NO_NUL,
        description=f"The memo, as plain text or Markdown; {LONGEST_MEMO} characters are read.",
        examples=["Subject: A second pump\n\nPlease approve 12,000 EUR for a second pump by 1 June."],
    )
    title: str | None = Field(
        default=None, max_length=LONGEST_TITLE, pattern=_NO_NUL, description="By default found in the memo."
    )
    rubric: Id | None = Field(
        default=None, description="By default the one that the asker prefers.", examples=["investment-memo"]
    )
    language: Literal["en", "es"] | None = Field(
        default=None, description="Of the memo. By default the one that it is written in."
    )
    coach: Literal["builtin", "llm"] | None = Field(
        default=None, description="By default the installation's; `llm` where a model is configured."
    )
    memo: Id | None = Field(
        default=None, description="The memo whose next version this is. By default it is a new memo."
    )


Wait = Annotated[
    int,
    Query(ge=0, le=LONGEST_WAIT, description="How many seconds to wait for the end before it is answered."),
]
LastEventId = Annotated[
    Annotated[str, Field(pattern=r"^[0-9]{1,18}$")] | Absent,
    Header(
        alias="Last-Event-ID",
        description="The id of the last event that has come: what is newer is sent.",
    ),
]


def _then(operation: str) -> dict[str, Any]:
    return {"operationId": operation, "parameters": {"evaluation": "$response.body#/id"}}


_LINKS: Final = {name: _then(name) for name in ("get_evaluation", "get_pdf", "ask", "delete_evaluation")}


@router.post(
    "",
    status_code=HTTPStatus.ACCEPTED,
    responses={
        **problems(404, 409, 413),
        HTTPStatus.OK.value: {"model": EvaluationDocument, "description": "It is done.", "links": _LINKS},
        HTTPStatus.ACCEPTED.value: {
            "model": QueuedDocument,
            "description": "It is being judged.",
            "links": _LINKS,
            "headers": {"Location": {"schema": {"type": "string"}, "description": "Where it is."}},
        },
    },
)
async def evaluate(
    request: Request, asker: Writer, memo: MemoToJudge, key: Key = None, wait: Wait = 0
) -> Response:
    """Have a memo judged.

    The text is stored as a version of a memo. A text that is its newest version already becomes no new one,
    and while the same is being judged in the same way, this gives that evaluation.
    """

    async def act() -> Result:
        services = container.current()
        rubric = memo.rubric or (await services.preferences.of_owner(asker.owner)).rubric
        evaluation = await services.evaluations.submit(
            asker.owner,
            text=memo.text,
            rubric=rubric,
            language=memo.language,
            memo_id=memo.memo,
            title=memo.title,
            coach=memo.coach,
            address=asker.address,
        )
        return {"evaluation": evaluation}

    evaluation = (await once(request, asker, key, act))["evaluation"]
    finished = await until_finished(asker.owner, evaluation, wait) if wait else None
    await refuse_ended(asker)
    headers = {"Location": f"{ROOT}/evaluations/{evaluation}"}
    if finished is not None:
        return document(evaluation_document(finished), HTTPStatus.OK, headers)
    queued = QueuedDocument(id=evaluation, status="queued", links=links_of(evaluation))
    return document(queued, HTTPStatus.ACCEPTED, headers)


async def until_finished(owner: str, evaluation: str, seconds: int) -> EvaluationView | None:
    """Return an evaluation once it has ended; nothing where that takes longer.

    Raises:
        NotFound: the owner has no such evaluation.
        TooMany: the owner waits for as much as one may.
    """
    with FOLLOWED.place(owner), suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            async for view in container.current().evaluations.follow(owner, evaluation):
                if view.status in FINISHED:
                    return view
    return None


@router.get("", response_model=EvaluationsDocument, responses=readable())
async def list_evaluations(
    request: Request,
    asker: Reader,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 20,
    cursor: Annotated[
        Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")] | Absent,
        Query(description="`next` of the part before."),
    ] = None,
    memo: Annotated[Id | Absent, Query(description="Of this memo alone.")] = None,
) -> Response:
    """List the evaluations, the newest first."""
    after = None if cursor is None else place_of(asker.owner, cursor)
    page = await container.current().history.page(asker.owner, limit, after=after, memo_id=memo)
    listed = EvaluationsDocument(
        items=[listed_document(line) for line in page.evaluations],
        next=None if page.next is None else cursor_of(asker.owner, page.next),
    )
    return unless_known(request, listed)


@router.get("/{evaluation}", response_model=EvaluationDocument, responses=readable(404))
async def get_evaluation(request: Request, asker: Reader, evaluation: PathId) -> Response:
    """Return an evaluation with all that it has so far."""
    view = await container.current().evaluations.get(asker.owner, evaluation)
    return unless_known(request, evaluation_document(view))


@router.get(
    "/{evaluation}/events",
    response_class=Response,
    responses={
        **problems(404),
        200: {"content": {"text/event-stream": {}}, "description": "The events."},
        204: {"description": "The event with this id was the last."},
    },
)
async def follow_evaluation(asker: Reader, evaluation: PathId, last: LastEventId = None) -> Response:
    """Follow an evaluation, as server-sent events.

    Each event `evaluation` holds the whole evaluation as it is then; the last one's `status` says how it
    ended. A stream ends after five minutes at most: come back with the id of the last event.
    """
    services = container.current()
    view = await services.evaluations.get(asker.owner, evaluation)
    known = -1 if last is None else int(last)
    if view.status in FINISHED and _number(view) <= known:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return await event_stream(asker, _events(asker.owner, evaluation, known))


async def _events(owner: str, evaluation: str, known: int) -> AsyncGenerator[Event]:
    views: Any = container.current().evaluations.follow(owner, evaluation)
    async with aclosing(views):
        async for view in views:
            if _number(view) > known:
                yield Event(str(_number(view)), "evaluation", evaluation_document(view))


def _number(view: EvaluationView) -> int:
    """Return a number that grows with what there is; the end comes after all else."""
    if view.status in FINISHED:
        return _END
    has_begun = view.status == "running"
    return has_begun + view.done_steps + len(view.criteria) + len(view.comments) + (view.overall is not None)


@router.get(
    "/{evaluation}/pdf",
    response_class=Response,
    responses={
        **readable(404),
        200: {
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
            "description": "The file.",
        },
    },
)
async def get_pdf(request: Request, asker: Reader, evaluation: PathId) -> Response:
    """Return an evaluation that is done as a PDF."""
    file = await container.current().pdfs.file(asker.owner, evaluation)
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{file.name}"',
    }
    return tagged(request, Response(file.content, media_type="application/pdf", headers=headers))


@router.delete("/{evaluation}", status_code=HTTPStatus.NO_CONTENT, responses=problems(404))
async def delete_evaluation(asker: Writer, evaluation: PathId) -> Response:
    """Delete an evaluation with its conversation and links; its memo stays. One that runs is cancelled."""
    await container.current().deletions.delete_evaluation(asker.owner, evaluation)
    return Response(status_code=HTTPStatus.NO_CONTENT)
