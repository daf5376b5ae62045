"""The providers' library: loaded late, in a thread, without a network; nothing of it is left open."""

from __future__ import annotations

import subprocess
import sys

from tests.model_server import ModelServer

_PREPARED = """
import asyncio, socket, sys, threading
from memo_coach.coaching.llm.model import Message, ModelFailure, ModelRequest
from memo_coach.providers.providers import Providers
from tests.integration.providers.asking import Ledger, ask, settings

def refuse(*arguments, **named):
    raise AssertionError(f"the network was asked for {arguments}")

def only_this_machine(self, address):
    if address[0] != "127.0.0.1":
        refuse(address)
    return connect(self, address)

connect = socket.socket.connect
"""

_WITHOUT_NETWORK = """
socket.getaddrinfo = refuse
socket.socket.connect = refuse

async def main():
    models = ("openai/gpt-4o-mini", "anthropic/claude-haiku-4-5", "ollama_chat/llama3.1")
    providers = Providers(settings("", *models))
    assert "litellm" not in sys.modules
    loading = asyncio.ensure_future(providers.warm_up())
    turns = 0
    while not loading.done():
        turns += 1
        await asyncio.sleep(0.01)
    await loading
    assert "litellm" in sys.modules
    assert turns > 20, turns
    assert providers.estimate(ModelRequest((Message("user", "A memo."),), "chat", 1000)).micro_usd < 1000
    assert providers.destination == "openai"
    await providers.close()

asyncio.run(main())
"""

_LEAVES_NOTHING = """
socket.socket.connect = only_this_machine
import gc, warnings

async def main():
    for model in ("openai/fine", "hosted_vllm/fine"):
        providers = Providers(settings(sys.argv[1], model, first_token_seconds=30.0))
        ledger = Ledger()
        assert (await ask(providers, ledger)).failure is None
        await providers.close()
    await asyncio.sleep(0.1)

warnings.simplefilter("error", ResourceWarning)
asyncio.run(main())
import aiohttp
gc.unfreeze()
gc.collect()
assert not [each for each in gc.get_objects() if isinstance(each, aiohttp.ClientSession) and not each.closed]
"""


def _run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _PREPARED + script, *arguments],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_loading_asks_nothing_of_the_network_and_lets_others_work_meanwhile() -> None:
    done = _run(_WITHOUT_NETWORK)
    assert done.returncode == 0, done.stderr


def test_after_closing_no_connection_is_left_open(server: ModelServer) -> None:
    done = _run(_LEAVES_NOTHING, server.url)
    assert done.returncode == 0, done.stderr
    assert "Unclosed" not in done.stderr
