"""Webhooks as a receiver sees them, which is a real server on this machine."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from memo_coach.services import clock as services_clock
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.errors import NotFound, TooMany
from memo_coach.services.usage.quotas import MOST_WEBHOOKS
from memo_coach.services.webhooks.deliverer import MOST_TRIES
from memo_coach.services.webhooks.destinations import Destinations
from memo_coach.services.webhooks.sending import Outcome, Sender
from memo_coach.services.webhooks.signing import PREFIX, WebhookSecrets
from memo_coach.services.webhooks.trying import OF_OWNER
from memo_coach.settings import Settings
from memo_coach.storage.repositories.webhook_deliveries import WebhookDeliveryRepository
from memo_coach.storage.tables import WebhookDelivery
from tests.databases import only_on_sqlite
from tests.unit.conftest import HASTY

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
WORD = "Zaragoza"
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class Receiver:
    """A server that keeps what it is told, and answers what it should."""

    answer: bytes = OK
    port: int = 0
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/memos?x=1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.told.append(({"": lines[0], **headers}, body))
        self.news.set()
        writer.write(self.answer)
        writer.close()

    async def next(self) -> tuple[dict[str, str], bytes]:
        async with asyncio.timeout(30):
            await self.news.wait()
        self.news.clear()
        return self.told[-1]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhook_networks": str(LOOPBACK)})


async def judged(services: Services, owner: str) -> str:
    text = f"Subject: {WORD}\n\nPlease approve a pump."
    found = await services.evaluations.submit(owner, text=text, rubric="investment-memo")
    async for _view in services.evaluations.follow(owner, found):
        pass
    return found


async def test_a_receiver_is_told_of_a_finished_evaluation_and_can_check_who_tells_it(
    services: Services, owner: str, stranger: str, receiver: Receiver
) -> None:
    made = await services.webhooks.make(owner, receiver.url)
    assert made.secret not in repr(made)
    await judged(services, stranger)
    evaluation = await judged(services, owner)
    headers, body = await receiver.next()
    assert headers[""] == "POST /memos?x=1 HTTP/1.1"
    assert len(receiver.told) == 1
    view = await services.evaluations.get(owner, evaluation)
    assert view.overall is not None
    told = json.loads(body)
    assert told["type"] == "evaluation.done"
    assert (told["data"]["evaluation"], told["data"]["memo"]) == (evaluation, view.memo_id)
    assert told["data"]["score"] == view.overall.score
    assert WORD.encode() not in body
    # As Standard Webhooks says, by what its owner was shown.
    secret = base64.b64decode(made.secret.removeprefix(PREFIX))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{right}"
    await until(services, owner, "delivered")
    webhook = made.view.webhook_id
    with pytest.raises(NotFound):
        await services.webhooks.deliveries(stranger, webhook)
    with pytest.raises(NotFound):
        await services.webhooks.remove(stranger, webhook)
    assert await services.webhooks.of_owner(stranger) == ()
    await services.webhooks.remove(owner, webhook)
    await judged(services, owner)
    assert await services.webhooks.of_owner(owner) == ()
    assert len(receiver.told) == 1
    async with services.database.read() as session:
        assert (await session.execute(select(WebhookDelivery))).first() is None


async def until(services: Services, owner: str, status: str, tries: int = 1) -> str | None:
    """Wait until the one delivery is so; give its problem."""
    async with asyncio.timeout(30):
        while True:
            (webhook,) = await services.webhooks.of_owner(owner)
            found = await services.webhooks.deliveries(owner, webhook.webhook_id)
            if [(each.status, each.tries) for each in found] == [(status, tries)] and (
                status != "waiting" or found[0].problem
            ):
                return found[0].problem
            await asyncio.sleep(0.02)


async def make_due(services: Services) -> None:
    async with services.database.write() as session:
        waiting = update(WebhookDelivery).where(col(WebhookDelivery.status) == "waiting")
        await session.execute(waiting.values(due=services_clock.now()))


async def test_it_is_told_again_after_a_restart_and_given_up_after_eight_tries(
    services: Services, settings: Settings, owner: str, receiver: Receiver
) -> None:
    receiver.answer = b"HTTP/1.1 500 Broken\r\n\r\n"
    await services.webhooks.make(owner, receiver.url)
    await judged(services, owner)
    first = await receiver.next()
    assert "500" in str(await until(services, owner, "waiting"))
    await close_services(services)
    again = await open_services(settings, HASTY)
    try:
        for tries in range(2, MOST_TRIES + 1):
            await make_due(again)
            again.webhook_deliverer.wake()
            headers, body = await receiver.next()
            assert (headers["webhook-id"], body) == (first[0]["webhook-id"], first[1])
            await until(again, owner, "waiting" if tries < MOST_TRIES else "given_up", tries)
        (webhook,) = await again.webhooks.of_owner(owner)
        assert webhook.counts == {"given_up": 1}
        assert len(receiver.told) == MOST_TRIES
    finally:
        await close_services(again)


async def test_a_try_whose_process_died_is_made_again_when_its_lease_ends(
    services: Services, owner: str, receiver: Receiver
) -> None:
    await services.webhook_deliverer.close()
    await services.webhooks.make(owner, receiver.url)
    evaluation = await judged(services, owner)
    began = services_clock.now()

    async def taken(after: float, *busy: str) -> list[int]:
        moment = began + timedelta(seconds=after)
        async with services.database.write() as session:
            repository = WebhookDeliveryRepository(session)
            found = await repository.take_due(moment, moment + timedelta(seconds=60), busy, 5)
        return [each.tries for each in found]

    assert await taken(1, owner) == []
    assert await taken(1) == [1]
    assert await taken(30) == []
    assert await taken(62) == [2]
    # What its owner deleted is told to nobody.
    await services.deletions.delete_evaluation(owner, evaluation)
    assert await taken(600) == []


@only_on_sqlite
async def test_an_owner_has_so_many_and_deleting_everything_takes_them_along(
    services: Services, owner: str, receiver: Receiver
) -> None:
    for _ in range(MOST_WEBHOOKS):
        await services.webhooks.make(owner, receiver.url)
    with pytest.raises(TooMany):
        await services.webhooks.make(owner, receiver.url)
    await services.deletions.delete_all(owner)
    assert await services.webhooks.of_owner(owner) == ()


def sender(*answers: Sequence[str], seconds: float = 10.0, networks: bool = True) -> Sender:
    """Return one for which a name leads to something else each time that it is asked."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0)

    return Sender(Destinations((LOOPBACK,) if networks else (), resolve), seconds)


async def test_a_name_that_leads_elsewhere_at_the_second_look_leads_nowhere_else(receiver: Receiver) -> None:
    # First an address that may be told, then one that may not: the second is never asked for.
    sending = sender(["127.0.0.1"], ["10.0.0.1"])
    url = f"http://receiver.example.org:{receiver.port}/"
    assert (await sending.send(url, {}, b"{}")).is_accepted
    assert (await receiver.next())[0]["host"] == f"receiver.example.org:{receiver.port}"
    assert await sending.send(url, {}, b"{}") == Outcome(fault="not_public")
    # With no network named, this very machine is not to be told, whatever its name.
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        sending = sender([address], networks=False)
        assert await sending.send(f"https://receiver.example.org:{receiver.port}/", {}, b"{}") == Outcome(
            fault="not_public"
        )
    assert len(receiver.told) == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nbody", Outcome(200)),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n", Outcome(302)),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", Outcome(404)),
        (b"HTTP/1.1 999 No\r\n\r\n", Outcome(fault="no_http")),
        (b"HTTP/1.1 200" + b"x" * 100_000, Outcome(fault="no_http")),
        (b"SSH-2.0-OpenSSH\r\n", Outcome(fault="no_http")),
        (b"", Outcome(fault="no_http")),
    ],
)
async def test_of_an_answer_the_status_alone_is_read(
    receiver: Receiver, answer: bytes, outcome: Outcome
) -> None:
    receiver.answer = answer
    assert await sender(["127.0.0.1"]).send(receiver.url, {}, b"{}") == outcome


async def test_who_is_slow_or_not_there_is_given_up_in_time() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        slow = await sender(["127.0.0.1"], seconds=0.2).send(f"http://x:{port}/", {}, b"{}")
        assert slow == Outcome(fault="too_slow")
    absent = await sender(["127.0.0.1"]).send(f"http://x:{port}/", {}, b"{}")
    assert absent == Outcome(fault="unreachable")

    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        found = await sender(["127.0.0.1"]).send(f"https://x:{port}/", {}, b"{}")
        assert found == Outcome(fault="no_certificate")


def test_a_secret_is_another_one_for_each_webhook_and_installation() -> None:
    made = {
        WebhookSecrets(key).of(webhook, salt) for key in (b"1", b"2") for webhook in "ab" for salt in "cd"
    }
    assert len(made) == 8


async def test_its_owner_sends_a_webhook_a_test_and_sees_what_came_of_it(
    services: Services, owner: str, stranger: str, receiver: Receiver
) -> None:
    made = await services.webhooks.make(owner, receiver.url)
    webhook = made.view.webhook_id
    came = await services.webhook_tests.send(owner, webhook)
    assert (came.is_accepted, came.answered, came.problem) == (True, 204, None)
    headers, body = await receiver.next()
    assert json.loads(body)["type"] == "webhook.test"
    secret = base64.b64decode(made.secret.removeprefix(PREFIX))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{right}"
    receiver.answer = b"HTTP/1.1 503 Busy\r\n\r\n"
    came = await services.webhook_tests.send(owner, webhook)
    assert (came.is_accepted, came.answered) == (False, 503)
    assert came.problem == "It was answered with the status 503."
    with pytest.raises(NotFound):
        await services.webhook_tests.send(stranger, webhook)
    for _ in range(OF_OWNER[0] - 2):
        await services.webhook_tests.send(owner, webhook)
    with pytest.raises(TooMany):
        await services.webhook_tests.send(owner, webhook)
    assert len(receiver.told) == OF_OWNER[0]
    assert await services.webhooks.deliveries(owner, webhook) == ()


async def test_a_webhook_can_be_shown_once_more_to_who_made_it_and_to_nobody_else(
    services: Services, owner: str, stranger: str, receiver: Receiver
) -> None:
    made = await services.webhooks.make(owner, receiver.url)
    assert await services.webhooks.made(owner, made.view.webhook_id) == made
    with pytest.raises(NotFound):
        await services.webhooks.made(stranger, made.view.webhook_id)
