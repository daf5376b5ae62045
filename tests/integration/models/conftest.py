"""What the tests of the model's coach share: servers that play the model, one of them not our own."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from memo_coach.coaching.rubric.reader import shipped_rubric
from tests.integration.models.evaluating import MEMO, RUBRIC, RUNNING_TEXT
from tests.litellm_proxy import (
    CONTEXT_TOO_LONG,
    RATE_LIMIT,
    SERVER_ERROR,
    LitellmProxy,
    running_litellm_proxy,
)
from tests.model_server import ModelServer, running_model_server
from tests.model_server.answers import Asked, good_answer


@pytest.fixture(scope="session")
def running() -> Iterator[ModelServer]:
    """Yield the server that all tests of a process share."""
    with running_model_server() as server:
        yield server


@pytest.fixture
def server(running: ModelServer) -> Iterator[ModelServer]:
    """Yield the server as it is at the start."""
    running.reset()
    yield running
    running.reset()


@pytest.fixture(scope="session")
def proxy() -> Iterator[LitellmProxy]:
    """Yield litellm's proxy: a model that judges the memo, one that talks, and three that fail."""
    criteria = tuple(criterion.id for criterion in shipped_rubric(RUBRIC).criteria)
    asked = Asked(MEMO, "", "en", criteria, wants_overall=True, is_chat=False)
    texts = {
        "answers": json.dumps(good_answer(asked), ensure_ascii=False),
        "talks": RUNNING_TEXT,
        "limited": RATE_LIMIT,
        "failing": SERVER_ERROR,
        "too-long": CONTEXT_TOO_LONG,
    }
    with running_litellm_proxy(texts) as proxy:
        yield proxy
