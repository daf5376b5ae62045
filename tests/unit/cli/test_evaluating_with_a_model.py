"""``memo-coach evaluate`` where a model is configured: who judged, what it cost, and what the status says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.model_server import ModelServer, running_model_server
from tests.unit.cli.test_command_line import MEMO, run


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with running_model_server() as server:
        yield server


def evaluate(directory: Path, model: ModelServer, case: str, *arguments: str) -> tuple[int, dict, str]:
    (directory / "memo.md").write_text(MEMO)
    answer = run(
        directory, "evaluate", "memo.md", "--format", "json", *arguments,
        LLM_MODEL=f"openai/{case}", LLM_API_BASE=model.url, LLM_API_KEY="test-key",
    )  # fmt: skip
    return answer.returncode, json.loads(answer.stdout), answer.stderr.decode()


def test_the_model_judges_and_its_tokens_are_told(tmp_path: Path, model: ModelServer) -> None:
    status, document, complaint = evaluate(tmp_path, model, "fine")
    assert (status, complaint) == (0, "")
    assert document["coach"] == {"kind": "llm", "model": "openai/fine", "cached": False}
    assert {criterion["coach"] for criterion in document["criteria"]} == {"llm"}
    assert document["usage"]["prompt_tokens"] > 0
    assert document["usage"]["cost_usd"] > 0
    for comment in document["comments"]:
        if comment["quote"] is not None:
            assert MEMO[comment["start"] : comment["end"]] == comment["quote"]


def test_the_builtin_coach_can_be_asked_for_and_sends_nothing(tmp_path: Path, model: ModelServer) -> None:
    status, document, _ = evaluate(tmp_path, model, "fine", "--coach", "builtin")
    assert (status, document["coach"]) == (0, {"kind": "builtin", "cached": False})
    assert not model.requests


def test_where_the_model_fails_there_is_a_judgement_all_the_same_and_status_3(
    tmp_path: Path, model: ModelServer
) -> None:
    status, document, complaint = evaluate(tmp_path, model, "refused-key", "--coach", "llm")
    assert status == 3
    assert document["coach"] == {"kind": "builtin", "fallback_from": "openai/refused-key", "cached": False}
    assert "does not accept the key" in document["overall"]["notices"][0]
    assert complaint.startswith("memo-coach: The model gave no usable answer")
    assert "Traceback" not in complaint


def test_the_budget_holds_on_the_command_line_too(tmp_path: Path, model: ModelServer) -> None:
    (tmp_path / "memo.md").write_text(MEMO)
    answer = run(
        tmp_path, "evaluate", "memo.md", LLM_MODEL="openai/fine", LLM_API_BASE=model.url,
        LLM_API_KEY="test-key", LLM_DAILY_BUDGET_USD="0",
    )  # fmt: skip
    assert answer.returncode == 3
    assert b"may spend on language models in a day" in b" ".join(answer.stdout.split())
    assert not model.requests
