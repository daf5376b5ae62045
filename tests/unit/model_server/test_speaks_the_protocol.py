"""The tests' own model server speaks as OpenAI's does; checked with OpenAI's own client."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from memo_coach.coaching.documents.context import shipped_context
from memo_coach.coaching.documents.frameworks import shipped_frameworks
from memo_coach.coaching.documents.prompt import shipped_prompt
from memo_coach.coaching.llm.model import Message
from memo_coach.coaching.llm.prompt.delimiters import enclosed
from memo_coach.coaching.llm.prompt.messages import Prompts
from memo_coach.coaching.rubric.reader import shipped_rubrics
from tests.model_server import ModelServer, Pace, running_model_server
from tests.model_server.protocol import Json
from tests.model_server.spoiling import HOSTILE, INVENTED, NESTED
from tests.waiting import wait_until

MEMO = (
    "Subject: A second press\n\nWe ask the board to approve 200,000 euros for a second press.\n"
    "The first one stood still for 40 hours in March, and three orders were late.\n"
    "If we wait until autumn, the price goes up by 8 percent.\n"
)
BOUNDARY = "boundary" * 3
CRITERIA = ["ask", "options", "financial-case"]


@pytest.fixture(scope="module")
def running() -> Iterator[ModelServer]:
    with running_model_server() as server:
        yield server


@pytest.fixture
def server(running: ModelServer) -> ModelServer:
    running.reset()
    return running


def library() -> Any:
    """Return OpenAI's own: it takes seconds to load, so only the process that runs these tests does."""
    return importlib.import_module("openai")


def client(server: ModelServer) -> Any:
    return library().OpenAI(base_url=server.url, api_key="test-key", max_retries=0, timeout=10)


def messages(memo: str = MEMO) -> list[Any]:
    channel = f"This is the memo.\n\n{enclosed(memo, BOUNDARY)}\n\nWhat do you say of it?"
    return [{"role": "system", "content": "Judge the memo."}, {"role": "user", "content": channel}]


def schema(criteria: list[str] = CRITERIA, *, overall: bool = True) -> Json:
    entry = {"type": "object", "properties": {"id": {"enum": criteria}, "score": {"type": "number"}}}
    properties: Json = {"criteria": {"type": "array", "items": entry}}
    if overall:
        properties["overall"] = {"type": "object"}
    return {"type": "object", "properties": properties}


def response_format(**options: Any) -> Any:
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema(**options)}}


def judged(server: ModelServer, case: str, **options: Any) -> str:
    answer = client(server).chat.completions.create(
        model=case, messages=messages(), response_format=response_format(**options)
    )
    return answer.choices[0].message.content or ""


def test_an_answer_streams_and_its_last_chunk_tells_the_usage(server: ModelServer) -> None:
    server.pace = Pace(pieces=7)
    stream = client(server).chat.completions.create(
        model="fine", messages=messages(), response_format=response_format(),
        stream=True, stream_options={"include_usage": True},
    )  # fmt: skip
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    answer = json.loads(text)
    assert [entry["id"] for entry in answer["criteria"]] == CRITERIA
    assert answer["overall"]["summary"].count(". ") == 1
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == len(text) // 4
    assert server.requests[0].pieces_sent == 7
    assert server.requests[0].finished
    assert server.requests[0].headers["authorization"] == "Bearer test-key"


def test_quotes_stand_in_the_memo_and_scores_are_the_same_each_time(server: ModelServer) -> None:
    answer = json.loads(judged(server, "fine"))
    for entry in answer["criteria"]:
        assert 2.0 <= entry["score"] <= 4.5
        for place in [*entry["evidence"], *entry["comments"]]:
            at = MEMO.index(place["quote"])
            assert MEMO[:at].endswith(place["before"])
    assert json.loads(judged(server, "fine")) == answer


def test_a_repair_request_gets_just_what_it_asks_for(server: ModelServer) -> None:
    answer = json.loads(judged(server, "fine", criteria=["options"], overall=False))
    assert [entry["id"] for entry in answer["criteria"]] == ["options"]
    assert "overall" not in answer


def test_without_a_schema_the_criteria_are_those_of_the_instructions(server: ModelServer) -> None:
    prompts = Prompts(shipped_prompt(), shipped_frameworks(), shipped_context())
    rubric = shipped_rubrics()[0]
    wanted = [criterion.id for criterion in rubric.criteria]
    for language in ("en", "es"):
        whole = prompts.evaluation(MEMO, language, rubric, BOUNDARY)
        assert ids(server, whole) == (wanted, True)
        some = prompts.repair(
            MEMO, language, rubric, BOUNDARY, criteria=wanted[2:4], overall=False, faults=("not-json",)
        )
        assert ids(server, some) == (wanted[2:4], False)
        none = prompts.repair(MEMO, language, rubric, BOUNDARY, criteria=(), overall=True, faults=())
        assert ids(server, none) == ([], True)


def ids(server: ModelServer, prompt: tuple[Message, ...]) -> tuple[list[str], bool]:
    said = [{"role": message.role, "content": message.content} for message in prompt]
    answer = client(server).chat.completions.create(model="no-schema", messages=said)
    judged = json.loads(answer.choices[0].message.content)
    return [entry["id"] for entry in judged["criteria"]], "overall" in judged


def test_the_arguments_of_a_tool_are_answered_where_a_tool_is_offered(server: ModelServer) -> None:
    tool = {"type": "function", "function": {"name": "answer", "parameters": schema()}}
    stream = client(server).chat.completions.create(
        model="fine", messages=messages(), stream=True, tools=[tool],
        tool_choice={"type": "function", "function": {"name": "answer"}},
    )  # fmt: skip
    pieces = [call for chunk in stream for call in chunk.choices[0].delta.tool_calls or []]
    assert pieces[0].function is not None
    assert pieces[0].function.name == "answer"
    arguments = "".join((piece.function and piece.function.arguments) or "" for piece in pieces)
    assert [entry["id"] for entry in json.loads(arguments)["criteria"]] == CRITERIA


def test_a_chat_gets_plain_sentences_in_the_language_of_the_memo(server: ModelServer) -> None:
    for memo, begin in (
        (MEMO, "You ask: “What do"),
        ("Pedimos que se apruebe la compra de la prensa.", "Usted"),
    ):
        answer = client(server).chat.completions.create(model="fine", messages=messages(memo))
        assert (answer.choices[0].message.content or "").startswith(begin)


@pytest.mark.parametrize(
    ("case", "status", "code"),
    [
        ("rate-limited", 429, "rate_limit_exceeded"),
        ("failing", 500, None),
        ("refused-key", 401, "invalid_api_key"),
        ("context-too-long", 400, "context_length_exceeded"),
        ("no-schema", 400, None),
        ("there-is-no-such-case", 404, "model_not_found"),
    ],
)
def test_errors_are_those_of_the_protocol(
    server: ModelServer, case: str, status: int, code: str | None
) -> None:
    with pytest.raises(library().APIStatusError) as raised:
        judged(server, case)
    assert raised.value.status_code == status
    assert raised.value.code == code


def test_what_fails_once_is_fine_the_second_time_about_the_same_memo(server: ModelServer) -> None:
    with pytest.raises(library().RateLimitError) as raised:
        judged(server, "rate-limited-retry-after")
    assert raised.value.response.headers["retry-after"] == "1"
    assert json.loads(judged(server, "rate-limited-retry-after"))["criteria"]
    assert server.calls("rate-limited-retry-after") == 2


def read_lines(server: ModelServer, case: str, into: list[str], timeout: float = 10) -> None:
    body = {"model": case, "messages": messages(), "response_format": response_format(), "stream": True}
    with httpx.stream("POST", f"{server.url}/chat/completions", json=body, timeout=timeout) as response:
        into.extend(response.iter_lines())


def test_a_stream_that_is_cut_ends_in_a_reset_after_half_of_it(server: ModelServer) -> None:
    received: list[str] = []
    with pytest.raises(httpx.ReadError):
        read_lines(server, "cuts", received)
    assert any("ask" in line for line in received)
    assert "data: [DONE]" not in received
    assert not server.requests[0].finished


def test_a_stream_that_stalls_says_half_and_then_nothing_until_the_client_goes(server: ModelServer) -> None:
    with pytest.raises(httpx.ReadTimeout):
        read_lines(server, "stalls", [], timeout=0.5)
    wait_until(lambda: server.requests[0].abandoned, "the server sees that the client is gone")
    assert server.requests[0].pieces_sent == 40


def test_faults_are_in_the_answers_that_are_named_after_them(server: ModelServer) -> None:
    assert len(json.loads(judged(server, "missing-criterion"))["criteria"]) == len(CRITERIA) - 1
    assert json.loads(judged(server, "invented-criterion"))["criteria"][0]["id"] == INVENTED
    assert json.loads(judged(server, "score-nine"))["criteria"][0]["score"] == 9
    assert HOSTILE in json.loads(judged(server, "hostile-markup"))["overall"]["summary"]
    assert "El texto" in json.loads(judged(server, "wrong-language"))["overall"]["summary"]
    assert len(judged(server, "one-megabyte")) > 1_000_000
    assert judged(server, "fenced").startswith("```json\n{")
    assert judged(server, "empty") == ""
    with pytest.raises(json.JSONDecodeError):
        json.loads(judged(server, "broken-json"))
    assert judged(server, "deep-nesting").count("[") == NESTED


def test_answers_wait_while_they_are_held(server: ModelServer) -> None:
    with ThreadPoolExecutor() as others:
        server.hold()
        answers = [others.submit(judged, server, "fine") for _ in range(3)]
        wait_until(lambda: server.calls("fine") == 3, "all three have asked")
        assert not any(request.finished for request in server.requests)
        server.release()
        assert len({answer.result() for answer in answers}) == 1


def test_the_models_that_are_listed_are_the_cases(server: ModelServer) -> None:
    assert "fine" in {model.id for model in client(server).models.list()}
