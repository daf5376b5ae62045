"""Conversations: stored before they are answered, answered whoever looks, stopped, kept, and bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from memo_coach.coaching.chat import ChatLimits
from memo_coach.coaching.documents.context import shipped_context
from memo_coach.coaching.documents.frameworks import shipped_frameworks
from memo_coach.coaching.documents.prompt import shipped_prompt
from memo_coach.coaching.llm.model import Model, ModelFailure
from memo_coach.coaching.llm.prompt.messages import Prompts
from memo_coach.operations.logging import configure_logging
from memo_coach.services import streaming
from memo_coach.services.chat import answers as chat_answers
from memo_coach.services.chat import service as chats
from memo_coach.services.chat.answers import ChatModels
from memo_coach.services.chat.service import ChatService, QuestionRefused
from memo_coach.services.chat.views import ChatView
from memo_coach.services.errors import NotFound, TooMany
from memo_coach.services.rubrics import RubricService
from memo_coach.services.streaming import MemoryBroadcast
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.storage_budget import StorageBudget
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.chats import ChatRepository
from memo_coach.storage.tables import ChatMessage, CommentRow, CriterionRow, Evaluation, Memo, MemoVersion
from tests.databases import database_at
from tests.scripted_model import ScriptedModel
from tests.stored_rows import NOON, add_visitor, queued
from tests.waiting import PATIENCE_SECONDS

OWNER, STRANGER, JUDGED = "v", "w", "e-v"
WORDS = ("The ", "reader ", "wants ", "a date.")


def speaking(
    words: tuple[str, ...] = WORDS, failure: ModelFailure | None = None, go: asyncio.Semaphore | None = None
) -> ScriptedModel:
    return ScriptedModel(words, failure=failure, go=go)


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """Yield a database with one evaluation that is done, and another writer."""
    opened = database_at(migrated_url)
    await schema.upgrade(opened)
    await add_visitor(opened, OWNER)
    await add_visitor(opened, STRANGER)
    await add_judged(opened)
    yield opened
    await opened.close()


async def add_judged(database: Database) -> None:
    evaluation = queued(OWNER, JUDGED)
    evaluation.rubric, evaluation.status, evaluation.finished = "investment-memo", "done", NOON
    evaluation.overall = {"score": 2.0, "summary": "Good. Late.", "strengths": [], "opportunities": []}
    async with database.write() as session:
        session.add(evaluation)
        await session.flush()
        session.add(
            CriterionRow(
                evaluation=JUDGED, criterion="risks", position=0, name="Risks", weight=9.0,
                effective_weight=9.0, score=2.0, justification="No risk is named.", evidence=[],
            )
        )  # fmt: skip
        session.add(
            CommentRow(
                evaluation=JUDGED, id="c01", criterion="risks", kind="opportunity", start_position=0,
                end_position=1, quote="T", comment="Nothing can go wrong here?", questions=["What could?"],
                suggestion="Name three.",
            )
        )  # fmt: skip


Begin = Callable[..., ChatService]


@pytest.fixture
async def begin(database: Database, tmp_path: Path) -> AsyncIterator[Begin]:
    """Yield a function that makes a service of its own, as another process would have it."""
    opened: list[ChatService] = []
    configure_logging("INFO", "json")  # as in a process that serves: errors are told briefly

    async def admitted(_owner: str, _address: str | None) -> None: ...

    def make(
        model: Model | None = None, admit: Callable[[str, str | None], Awaitable[None]] = admitted
    ) -> ChatService:
        prompts = Prompts(shipped_prompt(), shipped_frameworks(), shipped_context())

        async def open_model(_owner: str, _evaluation: str) -> Model | None:
            return model

        unit_of_work = UnitOfWork(database, tmp_path)
        service = ChatService(
            unit_of_work,
            RubricService(),
            MemoryBroadcast(),
            ChatModels(open_model, admit, lambda: prompts, lambda _text: "b0undary",
                       lambda: ChatLimits(500, 20_000)),
            frameworks=lambda: shipped_frameworks().frameworks, budget=StorageBudget(unit_of_work, str),
        )  # fmt: skip
        opened.append(service)
        return service

    yield make
    for service in opened:
        await service.close()


async def followed(service: ChatService) -> list[ChatView]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return [view async for view in service.follow(OWNER, JUDGED)]


async def until_said(service: ChatService, text: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while text not in (await service.get(OWNER, JUDGED)).messages[-1].text:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def stored(database: Database) -> list[ChatMessage]:
    async with database.read() as session:
        statement = select(ChatMessage).order_by(ChatMessage.position)  # type: ignore[arg-type]
        return list((await session.execute(statement)).scalars())


async def test_without_a_model_the_built_in_coach_answers_and_both_messages_are_kept(begin: Begin) -> None:
    service = begin()
    await service.ask(OWNER, JUDGED, "Why is my risks score so low?")
    question, answer = (await followed(service))[-1].messages
    assert (question.role, question.text, question.status) == (
        "person", "Why is my risks score so low?", "done",
    )  # fmt: skip
    assert (answer.role, answer.status, answer.coach, answer.model, answer.notice) == (
        "coach", "done", "builtin", None, None,
    )  # fmt: skip
    assert "No risk is named." in answer.text
    assert (await begin().get(OWNER, JUDGED)).messages == (question, answer)


async def test_a_model_answers_with_its_name_and_is_shown_as_it_comes(begin: Begin) -> None:
    model = speaking(go=asyncio.Semaphore(0))
    service = begin(model)
    await service.ask(OWNER, JUDGED, "What is missing?")
    seen: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for view in service.follow(OWNER, JUDGED):
            seen.append(view.messages[-1].text)
            assert model.go is not None
            model.go.release()
    assert len(set(seen)) >= 3
    assert all("".join(WORDS).startswith(text) for text in seen)
    answer = (await service.get(OWNER, JUDGED)).messages[-1]
    assert (answer.text, answer.status, answer.coach, answer.model) == (
        "The reader wants a date.", "done", "llm", "test/model",
    )  # fmt: skip


async def test_an_answer_goes_on_when_nobody_follows_it(begin: Begin) -> None:
    model = speaking(go=asyncio.Semaphore(0))
    service = begin(model)
    await service.ask(OWNER, JUDGED, "What is missing?")
    async for _view in service.follow(OWNER, JUDGED):
        break
    assert model.go is not None
    for _word in WORDS:
        model.go.release()
    assert (await followed(service))[-1].messages[-1].text == "The reader wants a date."


async def test_what_came_of_an_answer_is_stored_while_it_grows(
    begin: Begin, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "STORE_EVERY_SECONDS", 0.05)
    # The last word is held back: it may yet turn out to be the beginning of an address.
    model = speaking(go=asyncio.Semaphore(3))
    await begin(model).ask(OWNER, JUDGED, "What is missing?")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await stored(database))[-1].text != "The reader":  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert (await stored(database))[-1].status == "streaming"


async def test_a_stopped_answer_keeps_what_came_and_closes_the_model(begin: Begin) -> None:
    model = speaking(go=asyncio.Semaphore(3))
    service = begin(model)
    await service.ask(OWNER, JUDGED, "What is missing?")
    await until_said(service, "The reader")
    await service.stop(OWNER, JUDGED)
    answer = (await service.get(OWNER, JUDGED)).messages[-1]
    assert (answer.status, answer.text, model.closed) == ("stopped", "The reader wants", 1)
    await service.stop(OWNER, JUDGED)


@pytest.fixture
def last_store(monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """Hold the store of an answer's end: the first event says that it has begun, the second lets it go."""
    begun, go = asyncio.Event(), asyncio.Event()
    finish = ChatRepository.finish

    async def held(self: ChatRepository, *arguments: Any) -> bool:
        if not begun.is_set():
            begun.set()
            await go.wait()
        return await finish(self, *arguments)

    monkeypatch.setattr(ChatRepository, "finish", held)
    return begun, go


async def test_a_second_stop_does_not_interrupt_the_last_store_of_the_first(
    begin: Begin, database: Database, last_store: tuple[asyncio.Event, asyncio.Event]
) -> None:
    storing, go = last_store
    service = begin(speaking(go=asyncio.Semaphore(3)))
    await service.ask(OWNER, JUDGED, "What is missing?")
    await until_said(service, "The reader")
    stops = [asyncio.create_task(service.stop(OWNER, JUDGED))]
    async with asyncio.timeout(PATIENCE_SECONDS):
        await storing.wait()
        for _ in range(3):
            stops.append(asyncio.create_task(service.stop(OWNER, JUDGED)))
            await asyncio.sleep(0)
        go.set()
        await asyncio.gather(*stops)
    answer = (await stored(database))[-1]
    assert (answer.status, answer.text) == ("stopped", "The reader wants")


async def test_an_answer_that_is_whole_is_stored_as_whole_whoever_stops_it_then(
    begin: Begin, database: Database, last_store: tuple[asyncio.Event, asyncio.Event]
) -> None:
    storing, go = last_store
    service = begin(speaking())
    await service.ask(OWNER, JUDGED, "What is missing?")
    async with asyncio.timeout(PATIENCE_SECONDS):
        await storing.wait()
        stops = [asyncio.create_task(service.stop(OWNER, JUDGED)) for _ in range(2)]
        await asyncio.sleep(0)
        go.set()
        await asyncio.gather(*stops)
    answer = (await stored(database))[-1]
    assert (answer.status, answer.text) == ("done", "The reader wants a date.")


async def test_a_fault_is_told_also_where_the_answer_is_stopped_while_that_is_stored(
    begin: Begin, database: Database, last_store: tuple[asyncio.Event, asyncio.Event]
) -> None:
    class Broken(ScriptedModel):
        def count_tokens(self, text: str) -> int:
            raise RuntimeError("a fault")

    storing, go = last_store
    service = begin(Broken(WORDS))
    await service.ask(OWNER, JUDGED, "What is missing?")
    async with asyncio.timeout(PATIENCE_SECONDS):
        await storing.wait()
        stop = asyncio.create_task(service.stop(OWNER, JUDGED))
        await asyncio.sleep(0)
        go.set()
        await stop
    answer = (await stored(database))[-1]
    assert answer.status == "failed"
    assert "on our side" in (answer.notice or "")


async def test_an_answer_can_be_stopped_before_it_begins(begin: Begin) -> None:
    service = begin(speaking(go=asyncio.Semaphore(0)))
    await service.ask(OWNER, JUDGED, "What is missing?")
    await service.stop(OWNER, JUDGED)
    assert (await followed(service))[-1].messages[-1].status == "stopped"


async def test_an_answer_of_another_process_can_be_stopped(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_answers, "SIGN_OF_LIFE_SECONDS", 0.05)
    model = speaking(go=asyncio.Semaphore(0))
    answering, other = begin(model), begin()
    await answering.ask(OWNER, JUDGED, "What is missing?")
    await other.stop(OWNER, JUDGED)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not model.closed:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert (await other.get(OWNER, JUDGED)).messages[-1].status == "stopped"


async def test_where_the_model_gives_nothing_the_built_in_coach_answers_and_says_why(begin: Begin) -> None:
    service = begin(speaking(words=(), failure=ModelFailure("unreachable")))
    await service.ask(OWNER, JUDGED, "Why is my risks score so low?")
    answer = (await followed(service))[-1].messages[-1]
    assert (answer.status, answer.coach, answer.fallback_from) == ("done", "builtin", "test/model")
    assert "No risk is named." in answer.text
    assert "could not be reached" in (answer.notice or "")


async def test_what_came_before_a_model_broke_off_stays_and_is_marked(begin: Begin) -> None:
    service = begin(speaking(failure=ModelFailure("broken")))
    await service.ask(OWNER, JUDGED, "What is missing?")
    answer = (await followed(service))[-1].messages[-1]
    assert (answer.status, answer.text, answer.coach) == ("failed", "The reader wants a date.", "llm")
    assert "broke off" in (answer.notice or "")


async def test_at_a_limit_the_model_is_not_asked_and_the_time_is_told(begin: Begin) -> None:
    async def refuse(owner: str, address: str | None) -> None:
        assert (owner, address) == (OWNER, "192.0.2.1")
        raise ModelFailure("limit", until=datetime(2026, 5, 1, 13, 30, tzinfo=UTC))

    model = speaking()
    service = begin(model, refuse)
    await service.ask(OWNER, JUDGED, "Where should I begin?", address="192.0.2.1")
    answer = (await followed(service))[-1].messages[-1]
    assert (answer.coach, answer.fallback_from, model.requests) == ("builtin", "test/model", [])
    assert "13:30 UTC" in (answer.notice or "")


async def test_a_fault_of_our_own_ends_the_answer_with_a_sentence(begin: Begin) -> None:
    class Broken(ScriptedModel):
        def count_tokens(self, text: str) -> int:
            raise RuntimeError("a fault")

    service = begin(Broken(WORDS))
    await service.ask(OWNER, JUDGED, "What is missing?")
    answer = (await followed(service))[-1].messages[-1]
    assert answer.status == "failed"
    assert "on our side" in (answer.notice or "")


async def test_a_second_question_is_refused_while_the_first_is_answered(begin: Begin) -> None:
    service = begin(speaking(go=asyncio.Semaphore(0)))
    asked = [service.ask(OWNER, JUDGED, "What is missing?") for _ in range(4)]
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(result, QuestionRefused) for result in results) == 3
    with pytest.raises(QuestionRefused, match="still answering"):
        await begin().ask(OWNER, JUDGED, "And from another process?")
    assert len((await service.get(OWNER, JUDGED)).messages) == 2


async def test_an_answer_whose_process_died_is_shown_as_broken_off_and_one_may_ask_again(
    begin: Begin, database: Database
) -> None:
    service = begin()
    async with database.write() as session:
        long_ago = datetime.now(UTC) - timedelta(minutes=1)
        session.add(
            ChatMessage(
                id="lost", owner=OWNER, evaluation=JUDGED, position=0, role="coach", text="Begin with",
                status="streaming", created=long_ago, changed=long_ago,
            )
        )  # fmt: skip
    (lost,) = (await followed(service))[-1].messages
    assert (lost.status, lost.text) == ("failed", "Begin with")
    await service.ask(OWNER, JUDGED, "Where should I begin?")
    await followed(service)
    assert [message.status for message in await stored(database)] == ["failed", "done", "done"]


async def test_a_closing_process_stores_what_came(begin: Begin, database: Database) -> None:
    service = begin(speaking(go=asyncio.Semaphore(3)))
    await service.ask(OWNER, JUDGED, "What is missing?")
    await until_said(service, "The reader")
    await service.close()
    answer = (await stored(database))[-1]
    assert (answer.status, answer.text) == ("failed", "The reader wants")
    assert "restarted" in (answer.notice or "")


async def test_a_question_may_start_from_a_comment_and_keeps_what_it_is_about(begin: Begin) -> None:
    model = speaking()
    service = begin(model)
    await service.ask(OWNER, JUDGED, "What is meant?", about="c01")
    question = (await followed(service))[-1].messages[0]
    assert (question.about, question.about_text) == ("c01", "T")
    assert "Nothing can go wrong here?" in model.requests[0].messages[-1].content
    with pytest.raises(NotFound):
        await service.ask(OWNER, JUDGED, "What is meant?", about="c99")


async def test_a_model_is_told_what_was_said_before_and_the_earlier_versions(
    begin: Begin, database: Database
) -> None:
    async with database.write() as session:
        session.add(
            MemoVersion(
                memo="m-v", number=2, text="The second version", text_sha256="x", words=3, language="en",
                created=NOON,
            )
        )  # fmt: skip
        await session.flush()
        await session.execute(update(MemoVersion).where(MemoVersion.number == 1).values(text="The first one"))  # type: ignore[arg-type]
        await session.execute(update(Evaluation).where(Evaluation.id == JUDGED).values(version=2))  # type: ignore[arg-type]
    model = speaking()
    service = begin(model)
    for question in ("What is missing?", "Which date?"):
        await service.ask(OWNER, JUDGED, question)
        await followed(service)
    sent = "\n".join(message.content for message in model.requests[-1].messages)
    for text in ("The first one", "The second version", "What is missing?", "The reader wants a date.",
                 "No risk is named.", "Which date?"):  # fmt: skip
        assert text in sent
    assert sent.count("Which date?") == 1


async def test_only_a_real_question_about_a_finished_evaluation_is_taken(
    begin: Begin, database: Database
) -> None:
    service = begin()
    with pytest.raises(QuestionRefused, match="Write"):
        await service.ask(OWNER, JUDGED, " \u200b\n")
    with pytest.raises(QuestionRefused, match="4,000"):
        await service.ask(OWNER, JUDGED, "a" * 4_001)
    async with database.write() as session:
        session.add(queued(OWNER, "e-running"))
    with pytest.raises(QuestionRefused, match="as soon as"):
        await service.ask(OWNER, "e-running", "What is missing?")
    assert await stored(database) == []


async def test_there_is_an_end_to_a_conversation_until_it_is_cleared(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chats, "MOST_MESSAGES", 3)
    service = begin()
    await service.ask(OWNER, JUDGED, "Where should I begin?")
    await followed(service)
    with pytest.raises(TooMany, match="Clear"):
        await service.ask(OWNER, JUDGED, "And then?")
    await service.clear(OWNER, JUDGED)
    assert (await service.get(OWNER, JUDGED)).messages == ()
    await service.ask(OWNER, JUDGED, "And then?")


async def test_clearing_ends_the_answer_that_is_being_given(begin: Begin) -> None:
    model = speaking(go=asyncio.Semaphore(0))
    service = begin(model)
    await service.ask(OWNER, JUDGED, "What is missing?")
    await service.clear(OWNER, JUDGED)
    assert (await followed(service))[-1].messages == ()


async def test_nobody_reads_or_touches_the_conversation_of_another(begin: Begin) -> None:
    service = begin(speaking(go=asyncio.Semaphore(0)))
    await service.ask(OWNER, JUDGED, "What is missing?")
    for foreign in (
        service.get(STRANGER, JUDGED),
        service.ask(STRANGER, JUDGED, "And mine?"),
        service.stop(STRANGER, JUDGED),
        service.clear(STRANGER, JUDGED),
        anext(service.follow(STRANGER, JUDGED)),
    ):
        with pytest.raises(NotFound):
            await foreign
    view = await service.get(OWNER, JUDGED)
    assert view.is_streaming


async def test_a_conversation_goes_with_its_memo(
    begin: Begin, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_answers, "SIGN_OF_LIFE_SECONDS", 0.05)
    model = speaking(go=asyncio.Semaphore(0))
    service = begin(model)
    await service.ask(OWNER, JUDGED, "What is missing?")
    async with database.write() as session:
        memo = (await session.execute(select(Memo).where(Memo.id == "m-v"))).scalar_one()  # type: ignore[arg-type]
        await session.delete(memo)
    with pytest.raises(NotFound):
        await followed(service)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not model.closed:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert await stored(database) == []
