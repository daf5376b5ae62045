"""Webhooks: addresses of the asker's that are told of each evaluation that has ended."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from typing_extensions import TypedDict

from memo_coach.api.answers import PathId, document, unless_known
from memo_coach.api.askers import Reader, Writer
from memo_coach.api.idempotency import Key, once
from memo_coach.api.problems import problems, readable
from memo_coach.services import container
from memo_coach.services.usage.idempotency import Result
from memo_coach.services.webhooks.destinations import LONGEST_URL
from memo_coach.services.webhooks.service import DeliveryStatus, DeliveryView, WebhookView

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


class WebhookToMake(BaseModel):
    """Where to tell."""

    model_config = ConfigDict(strict=True, extra="forbid")

    url: str = Field(
        min_length=1,
        max_length=LONGEST_URL,
        pattern=r"^[!-~]+$",
        description="Over HTTPS, of a public server.",
        examples=["https://receiver.example.org/memos"],
    )


class WebhookDocument(TypedDict):
    """A webhook, and of how many evaluations it was told in the last thirty days, or is to be."""

    id: str
    url: str
    made: str
    delivered: int
    waiting: int
    given_up: int


class NewWebhookDocument(WebhookDocument):
    """A webhook that was made just now."""

    secret: str
    """With which what it is told is signed (Standard Webhooks). It is shown this once."""


class WebhooksDocument(TypedDict):
    """The webhooks, the newest first."""

    items: list[WebhookDocument]


class DeliveryDocument(TypedDict):
    """One evaluation that a webhook was or is to be told of."""

    evaluation: str
    status: DeliveryStatus
    tries: int
    made: str
    next_try: str | None
    problem: str | None


class DeliveriesDocument(TypedDict):
    """The newest fifty, the newest first."""

    items: list[DeliveryDocument]


class TestDocument(TypedDict):
    """What came of a test."""

    accepted: bool
    answered: int | None
    """The status that the receiver answered with."""
    problem: str | None


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    response_model=NewWebhookDocument,
    responses=problems(404, 409),
)
async def make_webhook(request: Request, asker: Writer, wanted: WebhookToMake, key: Key = None) -> Response:
    """Have an address told of each evaluation that ends from now on.

    What is sent is signed as Standard Webhooks says, with the secret that is in this answer alone, and in the
    answer to the same request with the same `Idempotency-Key`.
    """
    service = container.current().webhooks

    async def act() -> Result:
        made = await service.make(asker.owner, wanted.url, address=asker.address)
        return {"webhook": made.view.webhook_id}

    result = await once(request, asker, key, act)
    made = await service.made(asker.owner, result["webhook"])
    return document({**_webhook(made.view), "secret": made.secret}, HTTPStatus.CREATED)


@router.get("", response_model=WebhooksDocument, responses=readable())
async def list_webhooks(request: Request, asker: Reader) -> Response:
    """List the webhooks, the newest first."""
    found = await container.current().webhooks.of_owner(asker.owner)
    return unless_known(request, WebhooksDocument(items=[_webhook(each) for each in found]))


@router.get("/{webhook}/deliveries", response_model=DeliveriesDocument, responses=readable(404))
async def list_deliveries(request: Request, asker: Reader, webhook: PathId) -> Response:
    """List of which evaluations a webhook was told, or is to be, and what went wrong."""
    found = await container.current().webhooks.deliveries(asker.owner, webhook)
    return unless_known(request, DeliveriesDocument(items=[_delivery(each) for each in found]))


@router.post("/{webhook}/test", response_model=TestDocument, responses=problems(404))
async def test_webhook(asker: Writer, webhook: PathId) -> Response:
    """Send a webhook a test, of the type `webhook.test` and signed as all else is, and say what came of it.

    Nothing of it is kept, and it is sent once.
    """
    came = await container.current().webhook_tests.send(asker.owner, webhook)
    return document(TestDocument(accepted=came.is_accepted, answered=came.answered, problem=came.problem))


@router.delete("/{webhook}", status_code=HTTPStatus.NO_CONTENT, responses=problems(404))
async def remove_webhook(asker: Writer, webhook: PathId) -> Response:
    """Tell an address nothing any more."""
    await container.current().webhooks.remove(asker.owner, webhook)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _webhook(view: WebhookView) -> WebhookDocument:
    return WebhookDocument(
        id=view.webhook_id,
        url=view.url,
        made=view.made.isoformat(),
        delivered=view.counts.get("delivered", 0),
        waiting=view.counts.get("waiting", 0),
        given_up=view.counts.get("given_up", 0),
    )


def _delivery(view: DeliveryView) -> DeliveryDocument:
    return DeliveryDocument(
        evaluation=view.evaluation_id,
        status=view.status,
        tries=view.tries,
        made=view.made.isoformat(),
        next_try=None if view.next_try is None else view.next_try.isoformat(),
        problem=view.problem,
    )
