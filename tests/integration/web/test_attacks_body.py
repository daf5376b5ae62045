"""Bodies that are malformed, or that never come to their end."""

from __future__ import annotations

import socket

import pytest

from tests.integration.web.sockets import cookie_of
from tests.live_server import LiveServer
from tests.waiting import wait_until

CHUNKED = "Transfer-Encoding: chunked"


def head(server: LiveServer, kind: str) -> bytes:
    lines = (
        "PUT /draft HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Origin: {server.url}",
        f"Cookie: {cookie_of(server)}",
        "Content-Type: application/json",
        kind,
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def answer_to(server: LiveServer, sent: bytes) -> tuple[bytes, bytes]:
    """Return the head of the answer, and its body, to what is sent over a connection as it is."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(sent)
        received = b""
        while part := connection.recv(65_536):
            received += part
            start, separator, body = received.partition(b"\r\n\r\n")
            if separator and b"content-length: %d\r\n" % len(body) in start + b"\r\n":
                break
    return received.partition(b"\r\n\r\n")[0], received.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhello\r\nQQ\r\n",
        b"2\r\nhello\r\n0\r\n\r\n",
        b"f" * 18 + b"\r\nhello",
        b"-1\r\n\r\n",
    ],
)
def test_a_malformed_chunk_is_the_senders_fault_and_told_as_all_problems_are(
    server: LiveServer, body: bytes
) -> None:
    before = server.log.stat().st_size
    start, told = answer_to(server, head(server, CHUNKED) + body)
    assert start.startswith(b"HTTP/1.1 400 ")
    assert b"content-security-policy:" in start
    assert b"application/problem+json" in start
    assert b"x-request-id:" in start
    assert b"malformed" in told
    logged = server.log.read_text()[before:]
    assert "body refused" in logged
    assert "Traceback" not in logged
    assert "error" not in logged


def test_a_sender_who_goes_away_in_the_middle_of_a_body_is_no_error(server: LiveServer) -> None:
    before = server.log.stat().st_size
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head(server, "Content-Length: 500") + b'{"text": "We')
    wait_until(lambda: "body refused" in server.log.read_text()[before:])
    assert "Traceback" not in server.log.read_text()[before:]


def test_a_body_that_is_whole_is_taken(server: LiveServer) -> None:
    text = b'{"memo_id": null, "text": "We ask.", "rubric": "investment-memo", "base_revision": 0}'
    sent = head(server, CHUNKED) + b"%x\r\n%s\r\n0\r\n\r\n" % (len(text), text)
    start, _told = answer_to(server, sent)
    assert start.startswith(b"HTTP/1.1 200 ")
