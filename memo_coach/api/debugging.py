"""Looking for faults, for administrators: what a model was told and said, and self-tests, as on ``/debug``.

Who reads the calls for somebody else's evaluation is written into the audit log, and shown to its owner.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response
from typing_extensions import TypedDict

from memo_coach.api.answers import PathId, document
from memo_coach.api.askers import Administrator, refuse_ended
from memo_coach.api.event_stream import FOLLOWED
from memo_coach.api.problems import problems
from memo_coach.operations.self_tests import Result
from memo_coach.services import container
from memo_coach.services.administration.debug import CallView

router = APIRouter(prefix="/debug", tags=["debug"])


class MessageToModel(TypedDict):
    """One message of a prompt."""

    role: str
    content: str


class CallDocument(TypedDict):
    """One call to a model, all its attempts together."""

    id: str
    model: str
    purpose: str
    status: str
    failure: str | None
    prompt: list[MessageToModel] | None
    """Without it the words were not kept: `DEBUG_MODE` was off."""
    response: str | None
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float
    reserved_usd: float
    """The most that it could have cost."""
    estimated: bool
    """Whether tokens and cost are this service's own count."""
    first_token_seconds: float | None
    seconds: float | None
    retries: int
    created: str


class CallsDocument(TypedDict):
    """The calls for an evaluation and the conversation about it, the oldest first."""

    items: list[CallDocument]
    collects: bool
    """Whether words are being kept now."""


class SelfTestDocument(TypedDict):
    """What one self-test found; `absent` is what is not configured."""

    name: str
    result: Result
    detail: str
    milliseconds: float


class SelfTestsDocument(TypedDict):
    """What all self-tests found."""

    ok: bool
    items: list[SelfTestDocument]


@router.get("/evaluations/{evaluation}", response_model=CallsDocument, responses=problems(404))
async def debug_evaluation(asker: Administrator, evaluation: PathId) -> Response:
    """Return the calls to models for an evaluation. Its owner is told who read them."""
    found = await container.current().debug.read(asker.actor, asker.owner, evaluation)
    calls = CallsDocument(items=[_call(call) for call in found.calls], collects=found.collects)
    return document(calls)


@router.post("/selftest", response_model=SelfTestsDocument, responses=problems())
async def run_self_tests(asker: Administrator) -> Response:
    """Run every self-test, one after the other: a line in the log, a question to the model, and so on."""
    tests = container.current().self_tests
    with FOLLOWED.place(asker.owner):
        found = [await tests.run(name) for name in tests.names]
    await refuse_ended(asker)
    items: list[SelfTestDocument] = [
        {
            "name": each.name,
            "result": each.result,
            "detail": each.detail,
            "milliseconds": each.milliseconds,
        }
        for each in found
    ]
    return document(SelfTestsDocument(ok=all(each.result != "failed" for each in found), items=items))


def _call(call: CallView) -> CallDocument:
    return CallDocument(
        id=call.call_id,
        model=call.model,
        purpose=call.purpose,
        status=call.status,
        failure=call.failure,
        prompt=None
        if call.prompt is None
        else [{"role": role, "content": said} for role, said in call.prompt],
        response=call.response,
        prompt_tokens=call.prompt_tokens,
        completion_tokens=call.completion_tokens,
        cost_usd=call.cost_usd,
        reserved_usd=call.reserved_usd,
        estimated=call.estimated,
        first_token_seconds=call.first_token_seconds,
        seconds=call.seconds,
        retries=call.retries,
        created=call.created.isoformat(),
    )
