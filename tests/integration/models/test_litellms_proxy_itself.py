"""litellm's own proxy, as the tests start it: it streams, fails as it is told, and keeps to this machine."""

from __future__ import annotations

import json

import httpx

from tests.integration.models.evaluating import RUNNING_TEXT
from tests.litellm_proxy import LitellmProxy


def ask(proxy: LitellmProxy, model: str) -> httpx.Response:
    body = {
        "model": model, "stream": True, "stream_options": {"include_usage": True},
        "messages": [{"role": "user", "content": "What is missing?"}],
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {proxy.key}"}
    return httpx.post(f"{proxy.url}/chat/completions", json=body, headers=headers, timeout=30)


def test_a_text_streams_in_pieces_and_the_usage_comes_last(proxy: LitellmProxy) -> None:
    lines = ask(proxy, "talks").text.split("\n\n")
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]
    pieces = [chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"]]
    assert "".join(pieces) == RUNNING_TEXT
    assert sum(map(bool, pieces)) > 5
    assert chunks[-1]["usage"]["completion_tokens"] > 0
    assert "data: [DONE]" in lines


def test_an_error_is_answered_with_its_status(proxy: LitellmProxy) -> None:
    assert ask(proxy, "limited").status_code == 429


def test_it_reaches_for_nothing_beyond_this_machine(proxy: LitellmProxy) -> None:
    assert ask(proxy, "talks").is_success
    assert not proxy.reached_out
