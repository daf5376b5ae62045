"""What a script sends over a socket that no page would send."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest

from memo_coach.web.events.socket_frames import BYTES_BURST, UNSUPPORTED
from tests.integration.web.sockets import GONE, HYDRATE, cookie_of, opened
from tests.live_server import LiveServer

FORGED_ENVIRONMENT = {
    "QUERY_STRING": "token=victim",
    "asgi.scope": {"headers": [["cookie", "memo_coach=other"]], "client": ["6.6.6.6", 1]},
}


@pytest.mark.parametrize(
    "frame",
    [
        f'42/_event,["connect",{json.dumps({"QUERY_STRING": "token=victim"})}]',
        f'42/_event,["connect",{json.dumps(FORGED_ENVIRONMENT)}]',
        '42/_event,["disconnect","client namespace disconnect"]',
        '42/_event,["ping"]',
        "42/_event,[1,2]",
        '40/_event,{"event":{}}',
        '40/elsewhere,{}',
        '42["event",{}]',
        '43/_event,1[]',
        "49",
        "4",
        "garbage",
        "",
    ],
)  # fmt: skip
async def test_what_no_page_sends_does_not_reach_the_framework(server: LiveServer, frame: str) -> None:
    # Among these: connecting once more, for a tab of the sender's choice.
    before = server.log.stat().st_size
    async with opened(server, cookie_of(server)) as socket:
        await socket.send(frame)
        assert await socket.answers(0.3) == []
        await socket.event(HYDRATE)
        answers = await socket.answers()
    assert answers, "the tab has lost its state"
    assert "victim" not in str(answers)
    assert "Traceback" not in server.log.read_text()[before:]


async def test_a_packet_of_endless_binary_parts_closes_the_socket(server: LiveServer) -> None:
    # The protocol keeps each part until the last one has come: a way to fill the memory.
    async with opened(server, cookie_of(server)) as socket:
        await socket.send('459999999999-/_event,["event",{"_placeholder":true,"num":0}]')
        with contextlib.suppress(*GONE):
            for _ in range(3):
                await socket.send(b"x" * 500_000)
        # 1006: the reason is lost where the kernel resets a connection that is still being written to.
        assert await socket.closing_code() in {UNSUPPORTED, 1006}
    async with opened(server, cookie_of(server)) as another:
        await another.event(HYDRATE)
        assert await another.answers()


async def test_big_frames_one_after_the_other_close_the_socket(server: LiveServer) -> None:
    async with opened(server, cookie_of(server)) as socket:
        with contextlib.suppress(*GONE):
            for _ in range(BYTES_BURST // 900_000 + 3):
                await socket.send("42/_event," + " " * 900_000)
                await asyncio.sleep(0)
        # A socket that is reset while the client still writes tells no code.
        assert await socket.closing_code() in {1006, 1008}


async def test_deeply_nested_arguments_leave_the_server_and_the_tab_alive(server: LiveServer) -> None:
    async with opened(server, cookie_of(server)) as socket:
        await socket.send('42/_event,["event",' + "[" * 400_000)
        await socket.send('42/_event,["event",{"name":' + "9" * 10_000 + "}]")
        await socket.event(HYDRATE)
        assert await socket.answers()
