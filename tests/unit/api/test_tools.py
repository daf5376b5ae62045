"""The tools as a client of the protocol uses them over HTTP, by the SDK's own client."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, TextContent

from memo_coach.api.mcp_server import tools
from memo_coach.api.mcp_server.tools import MOST_COMMENTS, TOOLS
from memo_coach.services.container import Services
from tests.databases import only_on_sqlite
from tests.scripted_coach import ScriptedCoach
from tests.unit.api.asking import around_the_api, program
from tests.unit.api.test_whose_it_is import SECRET, judged, token_of

MEMO = "Subject: A second pump\n\nPlease approve a pump for 5,000 EUR by 1 June."


@asynccontextmanager
async def client(token: str, mode: str = "auto", **headers: str) -> AsyncIterator[Client]:
    """Connect as a client does that was given an address and a token."""
    transport = httpx2.ASGITransport(around_the_api(None), raise_app_exceptions=False)
    sent = {"Authorization": f"Bearer {token}", **headers}
    async with (
        httpx2.AsyncClient(transport=transport, headers=sent) as http,
        Client(streamable_http_client("http://test/mcp", http_client=http), mode=mode) as connected,
    ):
        yield connected


def said(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_client_has_a_memo_judged_and_fetches_the_feedback(
    services: Services, owner: str, stranger: str, mode: str
) -> None:
    async with client(await token_of(services, owner), mode) as asking:
        tools = {tool.name: tool for tool in (await asking.list_tools()).tools}
        assert tools.keys() == TOOLS.keys()
        before = await asking.call_tool("get_feedback", {})
        assert before.is_error
        made = await asking.call_tool("evaluate_memo", {"text": MEMO, "language": "en"})
        assert not made.is_error, made.content
        found = made.structured_content
        # The client has compared it with the schema.
        assert tools["evaluate_memo"].output_schema
        assert json.loads(said(made)) == found
        assert (found["status"], found["memo"]["title"]) == ("done", "A second pump")
        assert len(found["comments"]) <= MOST_COMMENTS
        for comment in found["comments"]:
            assert comment["quote"] is None or comment["quote"] in MEMO
        for arguments in ({}, {"evaluation": found["id"]}):
            again = await asking.call_tool("get_feedback", arguments)
            assert again.structured_content == found
        rubrics = (await asking.call_tool("list_rubrics", {})).structured_content
        assert found["rubric"]["id"] in {rubric["id"] for rubric in rubrics["items"]}
    # It is there for whoever looks at the pages, and for nobody else.
    assert (await services.evaluations.get(owner, found["id"])).status == "done"
    async with client(await token_of(services, stranger)) as asking:
        foreign = await asking.call_tool("get_feedback", {"evaluation": found["id"]})
        never = await asking.call_tool("get_feedback", {"evaluation": "nothing"})
        assert foreign.is_error
        assert foreign.content == never.content


@only_on_sqlite
async def test_an_evaluation_that_still_runs_is_given_as_far_as_it_is_and_later_whole(
    services: Services, owner: str, stranger: str, coach: ScriptedCoach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "WAIT_SECONDS", 0.01)
    coach.hold()
    async with client(await token_of(services, owner)) as asking:
        begun = (await asking.call_tool("evaluate_memo", {"text": MEMO})).structured_content
        assert begun["status"] in {"queued", "running"}
        asked = {"evaluation": begun["id"]}
        meanwhile = await asking.call_tool("get_feedback", asked)
        assert not meanwhile.is_error
        assert (meanwhile.structured_content["id"], meanwhile.structured_content["overall"]) == (
            begun["id"], None,
        )  # fmt: skip
        async with client(await token_of(services, stranger)) as other:
            assert (await other.call_tool("get_feedback", asked)).is_error
        coach.go_on()
        monkeypatch.setattr(tools, "WAIT_SECONDS", 45)
        whole = (await asking.call_tool("get_feedback", asked)).structured_content
        assert (whole["status"], whole["overall"]["score"]) == ("done", 3.5)


@only_on_sqlite
async def test_what_cannot_be_done_is_said_in_a_sentence(services: Services, owner: str) -> None:
    own = await judged(services, owner)
    wrong: list[dict[str, Any]] = [
        {},
        {"text": ""},
        {"text": "\0"},
        {"text": 5},
        {"text": "x" * 500_000},
        {"text": "too long " * 25_000},
        {"text": MEMO, "more": 1},
        {"text": MEMO, "rubric": "../etc"},
        {"text": MEMO, "rubric": "nobodys"},
        {"text": MEMO, "memo": "nobodys"},
    ]
    async with client(await token_of(services, owner)) as asking:
        for arguments in wrong:
            refused = await asking.call_tool("evaluate_memo", arguments)
            assert refused.is_error, arguments
            assert 5 < len(said(refused)) < 1_000, arguments
            assert "Traceback" not in said(refused)
        with pytest.raises(MCPError, match="evaluate_memo"):
            await asking.call_tool("delete_everything", {})
    async with client(await token_of(services, owner, "read")) as asking:
        refused = await asking.call_tool("evaluate_memo", {"text": MEMO})
        assert refused.is_error
        assert "write" in said(refused)
        read = await asking.call_tool("get_feedback", {"evaluation": own["evaluation"]})
        assert SECRET in read.structured_content["memo"]["title"]
    async with client(await token_of(services, owner, "write"), **{"Accept-Language": "es"}) as asking:
        refused = await asking.call_tool("get_feedback", {})
        assert refused.is_error
        assert "read" in said(refused)


@only_on_sqlite
async def test_only_a_token_opens_the_tools(services: Services, owner: str) -> None:
    await judged(services, owner)
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    for token, session in ((None, owner), ("mct_" + "x" * 43, owner), ("", None)):
        async with program(token, session=session) as asking:
            answer = await asking.post("/mcp", json=asked)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    async with program(await token_of(services, owner)) as asking:
        for method in ("GET", "DELETE", "PUT"):
            answer = await asking.request(method, "/mcp")
            assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        for body in (b"", b"{", b'{"jsonrpc": "2.0"}', b"[" * 10_000, b"\xff", b"null"):
            answer = await asking.post("/mcp", content=body, headers={"Content-Type": "application/json"})
            assert 400 <= answer.status_code < 500, (body[:20], answer.text)
