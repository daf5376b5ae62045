"""What is saved over HTTP counts for the client's true address, and a refusal says when to come again."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

import httpx
from starlette.responses import PlainTextResponse

from memo_coach.services.container import Services
from memo_coach.services.usage.storage_budget import Allowance, StorageLimits
from memo_coach.web.middleware.client_address import ClientAddressMiddleware
from memo_coach.web.middleware.rate_limit import RateLimitMiddleware
from memo_coach.web.middleware.session import SessionMiddleware
from memo_coach.web.routes import RoutesMiddleware
from tests.unit.conftest import Opening, Seconds

PROXY, ELSEWHERE = "172.30.30.2", "203.0.113.7"
UNLIMITED = Allowance(1e12, 0)
SMALL = StorageLimits(Allowance(10_000, 100), UNLIMITED, UNLIMITED, UNLIMITED)
DRAFT = {"memo_id": None, "text": "a" * 8_000, "rubric": "investment-memo", "base_revision": 0}


async def save(services: Services, peer: str, forwarded_for: str) -> httpx.Response:
    """Save a draft with a fresh cookie."""
    app = SessionMiddleware(RoutesMiddleware(PlainTextResponse("")), services.settings)
    around = ClientAddressMiddleware(app, (ipaddress.ip_network("172.30.30.0/28"),))
    token, _owner = await services.visitors.admit()
    transport = httpx.ASGITransport(around, client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
        headers = {"Cookie": f"memo_coach={token}", "X-Forwarded-For": forwarded_for}
        return await client.put("/draft", json=DRAFT, headers=headers)


async def test_behind_a_proxy_of_ours_each_client_has_an_allowance_of_its_own(
    opening: Opening, seconds: Seconds
) -> None:
    services = await opening(SMALL)
    assert (await save(services, PROXY, "192.0.2.1")).status_code == 200
    refused = await save(services, PROXY, "10.0.0.1, 192.0.2.1")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "80"
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert "in 2 minutes" in refused.json()["detail"]
    assert (await save(services, PROXY, "192.0.2.2")).status_code == 200
    seconds.now += 80
    assert (await save(services, PROXY, "192.0.2.1")).status_code == 200


async def test_who_is_no_proxy_cannot_claim_another_address(opening: Opening) -> None:
    services = await opening(replace(SMALL))
    assert (await save(services, ELSEWHERE, "192.0.2.1")).status_code == 200
    assert (await save(services, ELSEWHERE, "192.0.2.2")).status_code == 429


async def test_the_pace_of_requests_counts_a_network_of_the_new_kind_as_one() -> None:
    pace = RateLimitMiddleware(PlainTextResponse("saved"), of_owner=(100, 0.0), from_address=(2, 0.0))

    async def write(address: str) -> int:
        transport = httpx.ASGITransport(pace, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
            return (await client.put("/draft")).status_code

    assert [await write(f"2001:db8:1:2::{number}") for number in (1, 2, 3)] == [200, 200, 429]
    assert await write("2001:db8:1:3::1") == 200
    assert [await write(f"::ffff:192.0.2.{number}") for number in (1, 1, 1)] == [200, 200, 429]
