"""What a program asks and is answered; on both databases where the database has to do with it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from memo_coach.api.evaluations import MOST_LISTED
from memo_coach.services.container import Services
from memo_coach.services.usage.idempotency import StillAtIt
from memo_coach.storage.repositories.idempotency import IdempotencyRepository
from tests.databases import only_on_sqlite
from tests.unit.api.asking import program
from tests.unit.api.test_whose_it_is import judged, token_of

MEMO = {"text": "Subject: A second pump\n\nPlease approve a pump for 5,000 EUR by 1 June."}


async def test_a_memo_is_judged_and_everything_about_it_fetched(services: Services, owner: str) -> None:
    async with program(await token_of(services, owner)) as asking:
        answer = await asking.post("/api/v1/evaluations?wait=30", json={**MEMO, "language": "en"})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["status"], found["memo"]["title"]) == ("done", "A second pump")
        for comment in found["comments"]:
            if comment["quote"] is not None:
                assert MEMO["text"][comment["start"] : comment["end"]] == comment["quote"]
        again = await asking.get(answer.headers["location"])
        assert again.json() == found
        known = {"If-None-Match": f'"other", {again.headers["etag"]}'}
        assert (await asking.get(answer.headers["location"], headers=known)).status_code == 304
        pdf = await asking.get(found["links"]["pdf"])
        assert pdf.content.startswith(b"%PDF-")
        memo = (await asking.get(found["links"]["memo"])).json()
        assert (memo["text"], memo["versions"]) == (MEMO["text"], 1)
        # Its next version, and what differs.
        longer = {"text": MEMO["text"] + " It is urgent.", "memo": memo["id"]}
        second = (await asking.post("/api/v1/evaluations?wait=30", json=longer)).json()
        assert second["memo"]["version"] == 2
        versions = (await asking.get(memo["links"]["versions"])).json()["items"]
        assert [each["number"] for each in versions] == [2, 1]
        diff = (await asking.get(f"{memo['links']['self']}/diff?old=1&new=2")).json()
        assert [run["text"] for run in diff["runs"] if run["kind"] == "added"] == [" It is urgent."]
        assert (await asking.delete(found["links"]["self"])).status_code == 204
        assert (await asking.get(found["links"]["self"])).status_code == 404
        listed = (await asking.get("/api/v1/evaluations")).json()
        assert [line["id"] for line in listed["items"]] == [second["id"]]
        answer = await asking.get("/api/v1/progress")
        assert answer.status_code == 200, answer.text
        progress = answer.json()
        assert progress["evaluations"] == 1


async def test_a_list_is_gone_through_by_cursors_of_ones_own(
    services: Services, owner: str, stranger: str
) -> None:
    made = [(await judged_as(services, owner, number)) for number in range(5)]
    async with program(await token_of(services, owner)) as asking:
        found, cursors = [], [""]
        while cursors[-1] is not None:
            page = (await asking.get(f"/api/v1/evaluations?limit=2{cursors[-1]}")).json()
            found += [line["id"] for line in page["items"]]
            cursors.append(page["next"] and f"&cursor={page['next']}")
        assert found == made[::-1]
        for wrong in ("limit=0", f"limit={MOST_LISTED + 1}", "limit=x", "cursor=%00", "cursor=", "cursor=é"):
            assert (await asking.get(f"/api/v1/evaluations?{wrong}")).status_code == 400, wrong
        assert (await asking.get("/api/v1/evaluations?cursor=abcd")).status_code == 422
    async with program(await token_of(services, stranger)) as asking:
        assert (await asking.get(f"/api/v1/evaluations?limit=2{cursors[1]}")).status_code == 422


async def judged_as(services: Services, owner: str, number: int) -> str:
    text = f"Please approve {number + 2} pumps."
    found = await services.evaluations.submit(owner, text=text, rubric="investment-memo")
    async for _view in services.evaluations.follow(owner, found):
        pass
    return found


async def test_a_request_with_a_key_is_done_once(services: Services, owner: str, stranger: str) -> None:
    key = {"Idempotency-Key": "8e03978e"}
    async with program(await token_of(services, owner)) as asking:
        answers = [await asking.post("/api/v1/evaluations", json=MEMO, headers=key) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [202, 202]
        assert answers[0].content == answers[1].content
        other = await asking.post("/api/v1/evaluations", json={"text": "Another."}, headers=key)
        assert other.status_code == 422
        file = {"file": ("memo.md", b"Please approve a pump.")}
        key["Idempotency-Key"] = "file"
        read = [await asking.post("/api/v1/memos", files=file, headers=key) for _ in range(2)]
        assert [answer.status_code for answer in read] == [201, 201]
        assert read[0].content == read[1].content
        key["Idempotency-Key"] = "webhook"
        hook = {"url": "https://receiver.example.org/"}
        made = [await asking.post("/api/v1/webhooks", json=hook, headers=key) for _ in range(2)]
        assert [answer.status_code for answer in made] == [201, 201]
        assert made[0].json()["secret"] == made[1].json()["secret"]
        assert len((await asking.get("/api/v1/webhooks")).json()["items"]) == 1
    async with program(await token_of(services, stranger)) as asking:
        foreign = await asking.post("/api/v1/evaluations", json=MEMO, headers={"Idempotency-Key": "8e03978e"})
        assert foreign.json()["id"] != answers[0].json()["id"]


async def test_the_same_key_waits_for_the_first_and_is_free_where_that_failed(
    services: Services, owner: str
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    once = services.idempotency.once

    async def slow() -> dict[str, Any]:
        begun.set()
        await go_on.wait()
        raise LookupError

    async def quick() -> dict[str, Any]:
        return {"done": True}

    first = asyncio.create_task(once(owner, "k", b"r", slow))
    await begun.wait()
    with pytest.raises(StillAtIt):
        await once(owner, "k", b"r", quick)
    go_on.set()
    with pytest.raises(LookupError):
        await first
    assert await once(owner, "k", b"r", quick) == {"done": True}
    assert await once(owner, "k", b"r", slow) == {"done": True}
    # It is forgotten after a day, by whoever cleans up.
    async with services.database.write() as session:
        later = services.idempotency._now().replace(year=9_000)
        assert await IdempotencyRepository(session).remove_expired(later, 10) == 1


@only_on_sqlite
async def test_an_evaluation_is_followed_and_gone_on_with(services: Services, owner: str) -> None:
    own = await judged(services, owner)
    async with program(await token_of(services, owner)) as asking:
        address = f"/api/v1/evaluations/{own['evaluation']}/events"
        answer = await asking.get(address)
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.text.strip().rpartition("\n\n")[2].split("\n")
        assert lines[1] == "event: evaluation"
        assert json.loads(lines[2].removeprefix("data: "))["status"] == "done"
        last = lines[0].removeprefix("id: ")
        assert (await asking.get(address, headers={"Last-Event-ID": last})).status_code == 204
        assert (await asking.get(address, headers={"Last-Event-ID": "0"})).status_code == 200
        question = {"message": "Why this score?"}
        told = await asking.post(f"/api/v1/evaluations/{own['evaluation']}/chat", json=question)
        assert (told.status_code, told.json()["status"]) == (200, "done")
        events = await asking.post(
            f"/api/v1/evaluations/{own['evaluation']}/chat",
            json=question,
            headers={"Accept": "text/event-stream", "Idempotency-Key": "q"},
        )
        assert '"status":"done"' in events.text


@only_on_sqlite
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", "#"),
        (b"{", "#/1"),
        (b"[]", "#"),
        (b'{"text": 5}', "#/text"),
        (b'{"text": ""}', "#/text"),
        (b'{"text": "a\\u0000"}', "#/text"),
        (b'{"text": "a\\ud800"}', "#/text"),
        (b'{"text": "a", "owner": "me"}', "#/owner"),
        (b'{"text": "a", "coach": "best"}', "#/coach"),
        (b'{"text": "\xff"}', None),
        (b'{"text": ' * 100_000, None),
        (b'{"text": "' + b"x" * 1_048_576 + b'"}', "#/text"),
    ],
)
async def test_what_is_not_as_described_is_refused_with_its_place(
    services: Services, owner: str, body: bytes, pointer: str | None
) -> None:
    async with program(await token_of(services, owner)) as asking:
        answer = await asking.post(
            "/api/v1/evaluations", content=body, headers={"Content-Type": "application/json"}
        )
    problem = answer.json()
    assert answer.status_code == problem["status"] == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["type"], problem["request_id"]) == ("about:blank", "number")
    if pointer is not None:
        assert pointer in [fault["pointer"] for fault in problem["errors"]]
    assert len(answer.content) < 2_000


async def test_the_description_is_a_page_that_needs_nothing_from_elsewhere() -> None:
    async with program() as asking:
        page = await asking.get("/api/docs")
        described = await asking.get("/api/openapi.json")
        known = {"If-None-Match": described.headers["etag"]}
        assert (await asking.get("/api/openapi.json", headers=known)).status_code == 304
        nowhere = await asking.get("/api/v1/nowhere")
        other = await asking.put("/api/v1/me")
    assert described.json()["openapi"].startswith("3.1")
    assert "<script" not in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    for path in described.json()["paths"]:
        assert path in page.text
    assert nowhere.status_code == 404
    assert (other.status_code, other.headers["allow"]) == (405, "DELETE, GET")
