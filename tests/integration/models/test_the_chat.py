"""The conversation about an evaluation, against the same server: what the person reads, what is stored."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from memo_coach.services.chat.views import ChatMessageView, ChatView
from memo_coach.services.container import Services
from memo_coach.storage.tables import ModelCall
from tests.integration.models.evaluating import (
    HURRIED_SECONDS,
    MEMO,
    UNHURRIED_SECONDS,
    followed,
    handed_in,
    installation,
    rows,
    settings_for,
)
from tests.integration.models.test_the_answer_as_it_streams import until
from tests.model_server import ModelServer, Pace
from tests.model_server.spoiling import FOREIGN_HOST

QUESTION = "Which figure would the board ask about first?"


async def evaluated(services: Services, owner: str) -> str:
    evaluation_id = await handed_in(services, owner, coach="builtin")
    assert (await followed(services, owner, evaluation_id))[-1].status == "done"
    return evaluation_id


async def conversation(services: Services, owner: str, evaluation_id: str) -> list[ChatView]:
    async with asyncio.timeout(60):
        return [view async for view in services.chats.follow(owner, evaluation_id)]


async def answered(services: Services, owner: str, question: str = QUESTION) -> ChatMessageView:
    evaluation_id = await evaluated(services, owner)
    await services.chats.ask(owner, evaluation_id, question)
    views = await conversation(services, owner, evaluation_id)
    asked, answer = views[-1].messages
    assert (asked.role, asked.text) == ("person", question)
    return answer


async def calls_of(services: Services) -> list[ModelCall]:
    return await rows(services.database, ModelCall, ModelCall.created)


async def test_the_model_answers_in_plain_text_and_the_call_is_accounted_for(
    server: ModelServer, tmp_path: Path
) -> None:
    async with installation(settings_for(tmp_path, server.url, "fine")) as (services, owner):
        answer = await answered(services, owner)
        assert (answer.status, answer.coach, answer.model) == ("done", "llm", "openai/fine")
        assert QUESTION in answer.text
        assert answer.notice is None
        (request,) = server.requests
        assert "14 orders were delivered late" in request.text
        assert "response_format" not in request.body
        assert "tools" not in request.body
        (call,) = await calls_of(services)
        assert (call.purpose, call.status) == ("chat", "done")
        assert 0 < call.micro_usd < call.reserved_micro_usd


async def test_the_answer_grows_on_the_page_and_stops_when_the_person_says_so(
    server: ModelServer, tmp_path: Path
) -> None:
    server.pace = Pace(first_token=0.1, between=0.5, pieces=20)
    async with installation(settings_for(tmp_path, server.url, "fine")) as (services, owner):
        evaluation_id = await evaluated(services, owner)
        await services.chats.ask(owner, evaluation_id, QUESTION)
        async with asyncio.timeout(60):
            async for view in services.chats.follow(owner, evaluation_id):
                if len(view.messages[-1].text) > 20:
                    break
        assert not server.requests[0].finished
        await services.chats.stop(owner, evaluation_id)
        answer = (await services.chats.get(owner, evaluation_id)).messages[-1]
        assert answer.status == "stopped"
        assert len(answer.text) > 20
        await until(lambda: server.requests[0].abandoned)
        (call,) = await calls_of(services)
        assert call.status == "stopped"


@pytest.mark.parametrize(
    ("case", "requests"),
    [("rate-limited", 3), ("refused-key", 1), ("context-too-long", 1), ("empty-always", 2), ("refusal", 2)],
)
async def test_where_the_model_says_nothing_the_built_in_coach_answers_and_the_reason_is_told(
    server: ModelServer, tmp_path: Path, case: str, requests: int
) -> None:
    async with installation(settings_for(tmp_path, server.url, case)) as (services, owner):
        answer = await answered(services, owner)
        assert (answer.status, answer.coach, answer.model) == ("done", "builtin", None)
        assert answer.fallback_from == f"openai/{case}"
        assert answer.text
        assert answer.notice
        assert server.calls(case) == requests


@pytest.mark.parametrize("case", ["cuts-always", "stalls"])
async def test_what_came_before_the_answer_broke_off_stays_and_is_marked(
    server: ModelServer, tmp_path: Path, case: str
) -> None:
    seconds = HURRIED_SECONDS if case == "stalls" else UNHURRIED_SECONDS
    settings = settings_for(tmp_path, server.url, case, LLM_FIRST_TOKEN_SECONDS=str(seconds))
    async with installation(settings) as (services, owner):
        answer = await answered(services, owner)
        assert (answer.status, answer.coach, answer.model) == ("failed", "llm", f"openai/{case}")
        assert answer.text.startswith("You ask")
        assert answer.notice
        assert server.calls(case) == 1
        (call,) = await calls_of(services)
        assert (call.status, call.failure) == ("broken", "broken")


async def test_nothing_hostile_in_an_answer_reaches_the_page(server: ModelServer, tmp_path: Path) -> None:
    server.pace = Pace(between=0.02, pieces=200)
    async with installation(settings_for(tmp_path, server.url, "hostile-markup")) as (services, owner):
        evaluation_id = await evaluated(services, owner)
        await services.chats.ask(owner, evaluation_id, QUESTION)
        shown = [view.messages[-1].text for view in await conversation(services, owner, evaluation_id)]
        assert QUESTION in shown[-1]
        for text in shown:
            assert FOREIGN_HOST not in text
            assert not any(mark in text for mark in ("http", "<", "](", "javascript:"))
            assert all(character.isprintable() or character == "\n" for character in text)


async def test_at_a_limit_the_built_in_coach_answers_and_no_model_is_asked(
    server: ModelServer, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, server.url, "fine")
    async with installation(settings, messages_per_hour=1) as (services, owner):
        evaluation_id = await evaluated(services, owner)
        for _ in range(2):
            await services.chats.ask(owner, evaluation_id, QUESTION)
            await conversation(services, owner, evaluation_id)
        messages = (await services.chats.get(owner, evaluation_id)).messages
        assert [message.coach for message in messages] == [None, "llm", None, "builtin"]
        assert "UTC on" in (messages[-1].notice or "")
        assert server.calls("fine") == 1


async def test_the_model_is_told_what_was_said_before(server: ModelServer, tmp_path: Path) -> None:
    async with installation(settings_for(tmp_path, server.url, "fine")) as (services, owner):
        evaluation_id = await evaluated(services, owner)
        for question in ("Is the cost clear?", "And the risk?"):
            await services.chats.ask(owner, evaluation_id, question)
            await conversation(services, owner, evaluation_id)
        first, second = server.requests
        assert "Is the cost clear?" in first.text
        assert "Is the cost clear?" in second.text
        assert second.body["messages"][-1]["content"].endswith("And the risk?")
        roles = [message["role"] for message in second.body["messages"]]
        assert roles[0] == "system"
        assert roles[-3:] == ["user", "assistant", "user"]
        assert MEMO.splitlines()[0] not in second.body["messages"][0]["content"]
