"""What the conversation puts on the screen: who speaks, blocks of plain text, and only what changed."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from reflex.state import State

from memo_coach.services.chat.views import ChatMessageView, ChatView
from memo_coach.services.container import Services
from memo_coach.services.errors import NotFound
from memo_coach.ui.states import chat, evaluations
from memo_coach.ui.states.chat import BlockOnScreen, ChatState, blocks_of, message_of
from memo_coach.web.events.authorisation import is_allowed
from tests.databases import only_on_sqlite

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ANSWER = ChatMessageView(
    message_id="m2", role="coach", text="Begin.", about=None, about_text=None, status="done", coach="builtin",
    model=None, fallback_from=None, notice=None, created=NOON,
)  # fmt: skip


class Held:
    """A state within a background event: it may be taken and let go."""

    def __init__(self, state: ChatState) -> None:
        object.__setattr__(self, "_state", state)

    async def __aenter__(self) -> Held:
        return self

    async def __aexit__(self, *_reason: object) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._state, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._state, name, value)


def fresh() -> ChatState:
    found = State(_reflex_internal_init=True).get_substate(ChatState.get_full_name().split("."))  # type: ignore[call-arg]
    assert isinstance(found, ChatState)
    return found


def unmarked(state: ChatState) -> None:
    """Take all as sent."""
    state._clean()  # type: ignore[no-untyped-call]  # the framework's own, without types


async def call(state: ChatState, handler: str, *arguments: object) -> Any:
    return await ChatState.event_handlers[handler].fn(state, *arguments)


@pytest.fixture
async def judged(services: Services, owner: str) -> str:
    """Return the id of an evaluation that is done."""
    evaluation = await services.evaluations.submit(
        owner, text="Subject: A new pump\n\nPlease approve a new pump.", rubric="investment-memo"
    )
    async with asyncio.timeout(10):
        async for _view in services.evaluations.follow(owner, evaluation):
            pass
    return evaluation


@pytest.fixture
def state(judged: str, owner: str, monkeypatch: pytest.MonkeyPatch) -> ChatState:
    """Return the state of the owner's page about that evaluation."""

    async def mine(_state: object) -> str:
        return owner

    for module in (chat, evaluations):
        monkeypatch.setattr(module, "owner_of", mine)
    monkeypatch.setattr(ChatState, "_asked_for", lambda _self: judged)
    return fresh()


def test_a_text_becomes_paragraphs_and_lists_and_nothing_else() -> None:
    text = "One.\nTwo.\n\n- a\n- b\nThree <b>\n\n  \n- [c](http://x)\n\n- d"
    assert blocks_of(text) == [
        BlockOnScreen("text", ["One.", "Two."]),
        BlockOnScreen("list", ["a", "b"]),
        BlockOnScreen("text", ["Three <b>"]),
        BlockOnScreen("list", ["[c](http://x)"]),
        BlockOnScreen("list", ["d"]),
    ]
    assert blocks_of("") == []


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        ({}, "Built-in coach"),
        ({"coach": "llm", "model": "test/model"}, "Model: test/model"),
        ({"coach": None, "status": "streaming"}, "Coach"),
        ({"coach": None, "role": "person"}, "You"),
    ],
)
def test_each_message_says_who_speaks(changes: dict[str, Any], by: str) -> None:
    assert message_of(dataclasses.replace(ANSWER, **changes)).by == by


def test_an_answer_that_broke_off_or_was_stopped_says_so_and_a_notice_is_shown_as_it_is() -> None:
    assert "broke off" in message_of(dataclasses.replace(ANSWER, status="failed")).notice
    assert "stopped" in message_of(dataclasses.replace(ANSWER, status="stopped")).notice
    assert message_of(dataclasses.replace(ANSWER, status="failed", notice="A fault.")).notice == "A fault."


def test_what_a_question_is_about_is_cut_to_a_line() -> None:
    about = message_of(dataclasses.replace(ANSWER, about_text="word " * 100 + "\n\nend")).about
    assert len(about) <= 140
    assert about.endswith("…")


def test_while_an_answer_grows_only_its_last_block_is_sent() -> None:
    state = fresh()
    question = dataclasses.replace(ANSWER, message_id="m1", role="person", text="Why?")
    for text in ("One.", "One.\n\nTw", "One.\n\nTwo."):
        growing = dataclasses.replace(ANSWER, text=text, status="streaming")
        unmarked(state)
        state._put(ChatView("e", (question, growing)))
    assert set(state.dirty_vars) == {"growing"}
    assert state.grown == [BlockOnScreen("text", ["One."])]
    assert state.growing == [BlockOnScreen("text", ["Two."])]
    unmarked(state)
    state._put(ChatView("e", (question, dataclasses.replace(ANSWER, text="One.\n\nTwo."))))
    assert (state.streaming, state.grown, state.growing) == (False, [], [])
    assert [message.id for message in state.messages] == ["m1", "m2"]


@only_on_sqlite
async def test_a_question_is_answered_and_the_field_may_be_emptied(state: ChatState) -> None:
    await call(state, "open")
    assert (state.status, state.messages, state.sent) == ("done", [], 0)
    following = await call(state, "ask", {"question": "Where should I begin?"})
    assert following == ChatState.listen
    assert state.sent == 1
    assert state.messages[0].blocks == [BlockOnScreen("text", ["Where should I begin?"])]
    await ChatState.event_handlers["listen"].fn(Held(state))
    assert [(message.role, message.by) for message in state.messages] == [
        ("person", "You"), ("coach", "Built-in coach"),
    ]  # fmt: skip
    assert not state.streaming


@only_on_sqlite
async def test_a_question_that_is_refused_stays_in_the_field_with_a_sentence(state: ChatState) -> None:
    for form in ({}, {"question": "  "}, {"question": "a" * 5_000}):
        assert await call(state, "ask", form) is None
        assert state.refused
    assert state.sent == 0
    await call(state, "ask", {"question": "Where should I begin?"})
    assert state.refused == ""


@only_on_sqlite
async def test_the_conversation_starts_from_a_comment_with_questions_about_it(
    state: ChatState, services: Services, owner: str, judged: str
) -> None:
    await call(state, "open")
    general = state.suggested
    comment = (await services.evaluations.get(owner, judged)).comments[0]
    await call(state, "ask_about", comment.id)
    assert (state.about, state.about_text) == (comment.id, comment.quote)
    assert state.suggests
    assert state.suggested
    assert state.suggested != general
    await call(state, "ask_suggested", state.suggested[0])
    assert not state.suggests
    assert state.messages[0].about == comment.quote
    ChatState.event_handlers["ask_about_all"].fn(state)
    assert (state.about, state.suggested) == ("", general)


@only_on_sqlite
async def test_a_comment_that_does_not_exist_is_not_taken(state: ChatState) -> None:
    await call(state, "ask_about", "c99")
    assert state.about == ""


@only_on_sqlite
async def test_a_conversation_can_be_cleared(
    state: ChatState, services: Services, owner: str, judged: str
) -> None:
    await call(state, "ask", {"question": "Where should I begin?"})
    await call(state, "clear")
    assert state.messages == []
    assert (await services.chats.get(owner, judged)).messages == ()


@only_on_sqlite
async def test_nobody_is_shown_the_conversation_of_another(
    state: ChatState, services: Services, stranger: str, judged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await call(state, "ask", {"question": "Where should I begin?"})

    async def another(_state: object) -> str:
        return stranger

    for module in (chat, evaluations):
        monkeypatch.setattr(module, "owner_of", another)
    theirs = fresh()
    await call(theirs, "open")
    assert (theirs.status, theirs.messages, theirs.title) == ("missing", [], "")
    for handler, *arguments in (("ask", {"question": "Mine?"}), ("ask_about", "o0"), ("stop",), ("clear",)):
        await call(theirs, handler, *arguments)
        assert theirs.refused == NotFound().message
        assert theirs.messages == []
    await ChatState.event_handlers["listen"].fn(Held(theirs))
    assert theirs.messages == []


def test_what_a_browser_may_call_is_what_the_page_needs() -> None:
    name = ChatState.get_full_name()
    callable_handlers: Callable[[str], bool] = is_allowed
    assert {handler for handler in ChatState.event_handlers if callable_handlers(f"{name}.{handler}")} == {
        "open", "follow", "cancel", "again", "listen", "ask", "ask_suggested", "ask_about", "ask_about_all",
        "stop", "clear",
    }  # fmt: skip
