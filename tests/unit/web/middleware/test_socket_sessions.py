"""What is kept of the request that opened a socket, and until when the socket is its owner's."""

from __future__ import annotations

from typing import Any

from memo_coach.web.events.socket_sessions import LONGEST_HEADER, kept_headers, while_known


def test_of_a_sockets_headers_only_what_is_read_later_is_kept_and_no_more_than_a_line_of_it() -> None:
    sent = [
        (b"host", b"memos.example.org"),
        (b"origin", b"https://memos.example.org"),
        (b"user-agent", b"x" * 9_000),
        (b"cookie", b"memo_coach=secret; other=" + b"x" * 9_000),
        (b"authorization", b"Basic x"),
        (b"sec-websocket-protocol", b"0.10.1"),
        *[(f"x-{number}".encode(), b"x" * 900) for number in range(30)],
        *[(f"x-forwarded-{number}".encode(), b"x" * 900) for number in range(30)],
    ]
    kept = kept_headers(sent)
    assert set(kept) == {b"host", b"origin", b"user-agent", b"sec-websocket-protocol", b"via"}
    assert max(map(len, kept.values())) == LONGEST_HEADER
    assert sum(len(name) + len(value) for name, value in kept.items()) < 1_000


class Visitors:
    known = True

    async def identify(self, _token: str | None) -> str | None:
        return "ana" if self.known else None


async def test_a_socket_is_closed_at_its_next_frame_once_its_session_has_ended() -> None:
    visitors, sent = Visitors(), []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.receive", "text": "3"}

    async def send(message: Any) -> None:
        sent.append(message)

    guarded = while_known("token", visitors, receive, send)
    assert (await guarded())["type"] == "websocket.receive"
    visitors.known = False
    assert (await guarded())["type"] == "websocket.disconnect"
    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_the_end_of_a_socket_is_passed_on() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "websocket.disconnect"}

    async def send(_message: Any) -> None:
        raise AssertionError("nothing is to be sent")

    visitors = Visitors()
    visitors.known = False
    assert (await while_known("token", visitors, receive, send)())["type"] == "websocket.disconnect"
