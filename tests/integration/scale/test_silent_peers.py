"""A peer that says nothing any more is let go after a bounded time, and what others have stays."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memo_coach.server.serve import _FRAMEWORK
from tests.integration.scale.impatient_server import ImpatientServer
from tests.integration.web.sockets import HYDRATE, cookie_of, opened
from tests.waiting import until, wait_until

SILENT = 10
PEER = """
import asyncio, sys
from tests.integration.web.sockets import opened

class Server:
    url = sys.argv[1]

async def main():
    async with opened(Server, sys.argv[2]):
        print("open", flush=True)
        await asyncio.sleep(3600)

asyncio.run(main())
"""
"""A browser of its own, to be stopped as a laptop is that goes to sleep: its system keeps the connection."""


@pytest.fixture
def server(site: Path, tmp_path: Path) -> Iterator[ImpatientServer]:
    made = ImpatientServer(tmp_path)
    made.start()
    try:
        yield made
    finally:
        made.stop()


def sockets_of(server: ImpatientServer) -> int:
    """Return how many sockets the server's processes have."""
    return sum(
        str(entry.readlink()).startswith("socket:")
        for process in server.processes()
        for entry in Path(f"/proc/{process}/fd").iterdir()
        if entry.is_symlink()
    )


async def test_peers_that_answer_no_more_are_let_go_while_one_that_answers_stays(
    server: ImpatientServer,
) -> None:
    # Before: whoever stays has to answer meanwhile.
    own, *others = [cookie_of(server) for _ in range(1 + SILENT)]
    async with opened(server, own) as staying:
        reading = asyncio.create_task(_read(staying.frames()))
        before = sockets_of(server)
        silent = [opened(server, cookie) for cookie in others]
        peers = [await each.__aenter__() for each in silent]
        try:
            # Of the first some may have been let go by now.
            assert sockets_of(server) > before + SILENT // 2
            await until(lambda: sockets_of(server) <= before, "the server has let all of them go")
            await until(lambda: all(peer.closed for peer in peers))
            assert not staying.closed
            await staying.event(HYDRATE)
            await until(reading.done, "the one that stayed is answered")
        finally:
            for each in silent:
                await each.__aexit__(None, None, None)
            reading.cancel()


async def _read(frames: object) -> None:
    async for _ in frames:  # type: ignore[attr-defined]  # an iterator of frames
        return


def test_a_peer_whose_machine_sleeps_with_the_connection_open_is_let_go(server: ImpatientServer) -> None:
    before, cookie = sockets_of(server), cookie_of(server)
    command = [sys.executable, "-c", PEER, server.url, cookie]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as peer:
        try:
            assert peer.stdout is not None
            assert peer.stdout.readline() == "open\n"
            assert sockets_of(server) > before
            peer.send_signal(signal.SIGSTOP)
            wait_until(lambda: sockets_of(server) <= before, "the server has let it go")
        finally:
            peer.kill()


def test_in_production_that_takes_sixteen_seconds() -> None:
    assert [int(_FRAMEWORK[f"REFLEX_SOCKET_{name}"]) for name in ("INTERVAL", "TIMEOUT")] == [8, 8]
