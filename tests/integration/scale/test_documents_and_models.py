"""What one process is told of documents, models and money holds in the other one as well, at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.integration.scale.pair import Pair, judged, programs, running_pair
from tests.model_server import ModelServer, running_model_server
from tests.redis_server import program
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(program() is None, reason="neither Valkey nor Redis is installed")

TEXT = "Subject: The new pump\n\nThe pump was delivered on 3 May. It will run from 1 June."
RUBRIC, MODELS = "/api/v1/config/rubric--status-update", "/api/v1/config/llm"
OPEN_CIRCUIT = re.compile(r'^memo_coach_model_circuit_open\{model="openai/any"\} 1\.0$', re.MULTILINE)
BUDGET_MICRO_USD = 400_000
"""Less than what would be set aside for each of four calls of a model whose price nobody knows."""


@pytest.fixture(scope="module")
def pair(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with running_pair(tmp_path_factory.mktemp("documents")) as made:
        yield made


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with running_model_server() as server:
        yield server


def asking(model: ModelServer, budget_usd: str) -> dict[str, str]:
    return {
        "LLM_MODEL": "openai/any",
        "LLM_API_BASE": model.url,
        "LLM_API_KEY": "test-key",
        "LLM_DAILY_BUDGET_USD": budget_usd,
    }


def changed(asked: httpx.Client, document: str, line: str, to: str) -> int:
    """Change one line of a document, and return the version that is saved."""
    found = asked.get(document).raise_for_status()
    text, count = re.subn(line, to, found.json()["text"], count=1)
    assert count == 1
    saved = asked.put(document, json={"text": text}, headers={"If-Match": found.headers["etag"]})
    assert saved.is_success, saved.text
    return int(saved.json()["version"])


def test_a_rubric_that_one_process_saves_serves_the_next_evaluation_of_the_other(pair: Pair) -> None:
    with programs(pair, pair.administrator()) as (first, second):
        judged(second, f"{TEXT} By the shipped one.")
        before = judged(first, f"{TEXT} By the shipped one as well.")
        for saving, reading in ((first, second), (second, first)):
            version = changed(saving, RUBRIC, r"(?m)^  en: .*$", f"  en: Saved at {saving.base_url.port}")
            found = judged(reading, f"{TEXT} By version {version}.")
            assert found["rubric"]["version"] != before["rubric"]["version"]
            assert reading.get(RUBRIC).json()["version"] == version
            before = found


def test_a_model_that_fails_in_one_process_is_left_alone_by_the_other_too(
    site: Path, tmp_path: Path, model: ModelServer
) -> None:
    """It would be tried again after a while, which is made longer than this can take."""
    model.play("failing")
    environment = asking(model, "1000") | {"OPERATOR_NETWORKS": "127.0.0.0/8"}
    with (
        running_pair(tmp_path, **environment) as pair,
        programs(pair, pair.administrator()) as (first, second),
    ):
        changed(first, MODELS, r"(?m)^circuit_rest_seconds: .*$", "circuit_rest_seconds: 600")
        judged(second, f"{TEXT} So that it goes by that document, too.")
        for number in range(2):  # three tries each, and five failures in a row are enough
            assert judged(first, f"{TEXT} {number}", "llm")["coach"]["kind"] == "builtin"
        asked = len(model.requests)
        assert asked >= 5
        wait_until(lambda: OPEN_CIRCUIT.search(second.get("/metrics").text), "the other process has heard")
        assert judged(second, f"{TEXT} By the other one.", "llm")["coach"]["kind"] == "builtin"
        assert len(model.requests) == asked


def test_two_processes_spend_no_more_in_a_day_than_one_may(
    site: Path, tmp_path: Path, model: ModelServer
) -> None:
    model.play("fine")
    model.hold()
    with (
        running_pair(tmp_path, **asking(model, f"{BUDGET_MICRO_USD / 1_000_000}")) as pair,
        programs(pair, pair.administrator()) as both,
        ThreadPoolExecutor(4) as at_once,
    ):
        texts = [f"{TEXT} {number}" for number in range(4)]
        asked = [at_once.submit(judged, both[number % 2], text, "llm") for number, text in enumerate(texts)]
        spending = "SELECT coalesce(sum(reserved_micro_usd + spent_micro_usd), 0) FROM spending"
        # While none is answered, what both have set aside may be spent, and all else is judged.
        wait_until(lambda: sum(each.done() for each in asked) + len(model.requests) == len(asked))
        ((set_aside,),) = pair.rows(spending)
        assert 0 < set_aside <= BUDGET_MICRO_USD
        told = len(model.requests)
        assert 0 < told < len(asked)
        model.release()
        kinds = sorted(each.result()["coach"]["kind"] for each in asked)
        assert kinds == ["builtin"] * (len(asked) - told) + ["llm"] * told
        ((spent,),) = pair.rows(spending)
        assert spent <= BUDGET_MICRO_USD
