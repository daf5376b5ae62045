"""One turn of a conversation with a model: cleaned, bounded, and honest where it fails."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from itertools import pairwise

import pytest

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.chat import ChatLimits, ChatQuestion, ChatTopic, ModelChat, Reply, builtin_reply
from memo_coach.coaching.documents.context import shipped_context
from memo_coach.coaching.documents.frameworks import shipped_frameworks
from memo_coach.coaching.documents.prompt import shipped_prompt
from memo_coach.coaching.evaluation import Provenance
from memo_coach.coaching.llm.model import FailureReason, Finish, ModelFailure
from memo_coach.coaching.llm.prompt.messages import Prompts
from memo_coach.coaching.rubric.reader import shipped_rubric
from memo_coach.coaching.samples import samples
from tests.scripted_model import ScriptedModel

RUBRIC = shipped_rubric("investment-memo")
MEMO = samples("investment-memo", "en")[0].text
TOPIC = ChatTopic(
    evaluation=evaluate_text(MEMO, RUBRIC, "en"),
    memo_text=MEMO,
    rubric=RUBRIC,
    frameworks=shipped_frameworks().frameworks,
    language="en",
)
PROMPTS = Prompts(shipped_prompt(), shipped_frameworks(), shipped_context())
WHY = ChatQuestion("Why is my risks score so low?")


def chat(model: ScriptedModel, budget: int = 30_000) -> ModelChat:
    return ModelChat(model, PROMPTS, boundary="b0undary", limits=ChatLimits(400, budget))


async def replied(
    model: ScriptedModel, question: ChatQuestion = WHY, topic: ChatTopic = TOPIC, budget: int = 30_000
) -> tuple[list[str], Reply]:
    """Return the texts as they grew, and the reply in the end."""
    texts = []
    async for reply in chat(model, budget).answer(question, topic):
        texts.append(reply.text)
    assert reply.is_ended
    return texts, reply


async def test_the_answer_grows_and_names_the_model() -> None:
    texts, reply = await replied(ScriptedModel(("No risk ", "is named. ", "Name three.")))
    assert reply.text == "No risk is named. Name three."
    assert reply.provenance == Provenance("llm", "test/model", prompt_version=PROMPTS.version)
    assert (reply.notices, reply.is_broken) == ([], False)
    for earlier, later in pairwise(texts):
        assert later.startswith(earlier)
    assert len(set(texts)) >= 3


async def test_another_model_in_place_of_the_first_is_told() -> None:
    _, reply = await replied(ScriptedModel(("Yes.",), answered_by="test/other"))
    assert reply.provenance is not None
    assert (reply.provenance.model, reply.provenance.fallback_from) == ("test/other", "test/model")


async def test_no_link_image_or_markup_of_a_model_is_ever_in_the_text() -> None:
    hostile = "See [this](https://evil.example/x) ![i](https://evil.example/p.png) <b>now</b> or evil.com."
    texts, reply = await replied(ScriptedModel(tuple(hostile)))
    for text in (*texts, reply.text):
        assert "evil" not in text
        assert "<" not in text
        assert "](" not in text


async def test_lists_and_paragraphs_stay() -> None:
    _, reply = await replied(ScriptedModel(("First:\n- one\n- two\n\nThen **rest**.",)))
    assert reply.text == "First:\n- one\n- two\n\nThen rest."


@pytest.mark.parametrize(
    ("reason", "sign"),
    [
        ("unreachable", "could not be reached"),
        ("slow", "took too long"),
        ("refused-key", "does not accept the key"),
        ("budget", "may spend"),
        ("circuit-open", "left alone"),
        ("empty", "no usable answer"),
    ],
)
async def test_where_nothing_came_the_built_in_coach_answers_and_says_why(
    reason: FailureReason, sign: str
) -> None:
    _, reply = await replied(ScriptedModel((), failure=ModelFailure(reason)))
    assert reply.text == (await builtin_reply(WHY, TOPIC)).text
    assert reply.provenance == Provenance("builtin", fallback_from="test/model")
    assert len(reply.notices) == 1
    assert reply.notices[0].startswith("The built-in coach answered instead.")
    assert sign in reply.notices[0]


@pytest.mark.parametrize("pieces", [(), ("  \n",), ("<br>", "![](http://x.example/y.png)")])
async def test_an_answer_without_a_visible_word_counts_as_none(pieces: tuple[str, ...]) -> None:
    _, reply = await replied(ScriptedModel(pieces))
    assert reply.provenance == Provenance("builtin", fallback_from="test/model")


async def test_what_came_before_it_broke_stays_with_a_notice_in_the_language_of_the_question() -> None:
    model = ScriptedModel(("No se nombra ", "ningún riesgo"), failure=ModelFailure("broken"))
    _, reply = await replied(model, ChatQuestion("¿Por qué es tan baja la nota?"))
    assert reply.text == "No se nombra ningún riesgo"
    assert reply.is_broken
    assert reply.notices[0].startswith("La respuesta se cortó aquí.")


@pytest.mark.parametrize(("finish", "sign"), [("length", "longest length"), ("filtered", "cut this answer")])
async def test_an_answer_that_was_cut_says_so(finish: Finish, sign: str) -> None:
    _, reply = await replied(ScriptedModel(("Well,",), finish=finish))
    assert sign in reply.notices[0]
    assert not reply.is_broken


async def test_an_answer_without_end_is_ended_by_us_and_the_model_closed() -> None:
    model = ScriptedModel(("word " * 1_000,) * 200)
    _, reply = await replied(model)
    assert len(reply.text) <= 16_000
    assert "longest length" in reply.notices[0]
    assert model.closed == 1


async def test_whoever_stops_listening_stops_the_model() -> None:
    model = ScriptedModel(("a ",) * 50)
    async with aclosing(chat(model).answer(WHY, TOPIC)) as replies:
        await anext(replies)
    assert model.closed == 1


async def test_the_model_is_told_memo_feedback_history_comment_and_question() -> None:
    model = ScriptedModel(("Yes.",))
    topic = replace(
        TOPIC,
        earlier=((1, "The very first version"),),
        history=(("user", "What is missing?"), ("assistant", "A date.")),
    )
    comment = next(each for each in TOPIC.evaluation.comments if each.criterion == "risks")
    await replied(model, ChatQuestion("What is meant by it?", comment), topic)
    (request,) = model.requests
    assert (request.purpose, request.schema, request.most_tokens) == ("chat", None, 400)
    sent = "\n".join(message.content for message in request.messages)
    for text in (MEMO[:200], "The very first version", "A date.", comment.comment, "b0undary", "SCQA"):
        assert text in sent
    last = request.messages[-1].content
    assert comment.comment in last
    assert last.rstrip().endswith("What is meant by it?")
    assert MEMO[:200] not in request.messages[0].content


async def test_what_did_not_fit_is_left_out_oldest_first_and_told() -> None:
    model = ScriptedModel(("Yes.",))
    topic = replace(TOPIC, earlier=((1, "old words " * 4_000), (2, "older still " * 4_000)))
    _, reply = await replied(model, topic=topic, budget=9_000)
    assert reply.notices == ["To fit, the model was not shown: earlier versions of the memo."]
    assert sum(len(message.content) for message in model.requests[0].messages) // 4 <= 9_000
    assert model.requests[0].messages[-1].content.rstrip().endswith(WHY.text)


async def test_every_reason_and_every_part_has_a_sentence_in_both_languages() -> None:
    from memo_coach.coaching.chat import _left_out, _why  # noqa: PLC0415 - their keys come from elsewhere

    parts = (
        "version 1", "version 2", "message 0", "frameworks", "context", "memo end", "feedback end",
        "feedback", "rubric", "memo",
    )  # fmt: skip
    reasons: tuple[FailureReason, ...] = (
        "not-configured", "not-allowed", "unreachable", "slow", "rate-limited", "server-error", "refused-key",
        "refused-request", "too-long", "broken", "empty", "unusable", "circuit-open", "budget", "limit",
    )  # fmt: skip
    for language in ("en", "es"):
        assert _left_out(parts, language)[0].count(",") == 9
        assert all(_why(language, ModelFailure(reason)) for reason in reasons)
