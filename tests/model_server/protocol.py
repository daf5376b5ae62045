"""HTTP/1.1 and OpenAI's chat protocol, as bytes: requests read, answers and their pieces written."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

LONGEST_HEAD = 64 * 1024
CHARACTERS_PER_TOKEN = 4
"""The usual rule of thumb for English; the usage that this server tells is no more than that."""

Json = dict[str, Any]


@dataclass(slots=True)
class Received:
    """A request as it came in, and how its answer went."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Json
    time: float
    """``time.monotonic()`` when it was read."""
    model: str = ""
    pieces_sent: int = 0
    finished: bool = False
    """Whether the answer was sent to its end."""
    abandoned: bool = False
    """Whether the client went away before that."""
    seconds: float | None = None
    """From the request to the end of the answer, whatever the end was."""
    last_sent: float | None = None
    """``time.monotonic()`` when the last piece of the text was handed to the socket."""

    @property
    def streams(self) -> bool:
        """Whether a stream was asked for."""
        return bool(self.body.get("stream"))

    @property
    def wants_usage(self) -> bool:
        """Whether the usage was asked for at the end of the stream."""
        return bool((self.body.get("stream_options") or {}).get("include_usage"))

    @property
    def tool(self) -> str | None:
        """Return the function that the model must call, where the answer was asked for as a tool call."""
        tools = self.body.get("tools") or []
        if not tools or self.body.get("tool_choice") == "none":
            return None
        return str(tools[0]["function"]["name"])

    @property
    def text(self) -> str:
        """Return all that the messages say, one after the other."""
        return "\n".join(content(message) for message in self.body.get("messages", []))


def content(message: Mapping[str, Any]) -> str:
    """Return the text of a message, whose content is a string or a list of parts."""
    said = message.get("content") or ""
    if isinstance(said, str):
        return said
    return "\n".join(str(part.get("text", "")) for part in said)


async def read_request(reader: asyncio.StreamReader) -> Received | None:
    """Read the next request of a connection; ``None`` where the client has no more."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _version = first.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines if line)
    }
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    received = time.monotonic()
    body = json.loads(raw) if raw else {}
    return Received(method, path.partition("?")[0], headers, body, received, str(body.get("model", "")))


def whole(status: int, body: Json, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a whole answer of JSON."""
    payload = json.dumps(body).encode()
    return (
        _head(
            status,
            {"Content-Type": "application/json", "Content-Length": str(len(payload)), **(headers or {})},
        )
        + payload
    )


def stream_head() -> bytes:
    """Return the head of a stream of events."""
    return _head(
        200,
        {
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-cache",
            "Transfer-Encoding": "chunked",
        },
    )


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def event(data: Json | str) -> bytes:
    """Return one event of a stream, as one chunk of the transfer."""
    payload = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    line = f"data: {payload}\n\n".encode()
    return f"{len(line):x}\r\n".encode() + line + b"\r\n"


END_OF_STREAM = b"0\r\n\r\n"


def error(message: str, kind: str, code: str | None = None, parameter: str | None = None) -> Json:
    """Return the body of an error as OpenAI words it."""
    return {"error": {"message": message, "type": kind, "param": parameter, "code": code}}


def usage(received: Received, text: str) -> Json:
    """Count the tokens of a call."""
    prompt = max(len(received.text) // CHARACTERS_PER_TOKEN, 1)
    completion = max(len(text) // CHARACTERS_PER_TOKEN, 1)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def chunk(received: Received, number: int, delta: Json, finish: str | None = None) -> Json:
    """Return one piece of a streamed answer."""
    return {
        **_envelope(received, number, "chat.completion.chunk"),
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
    }


def usage_chunk(received: Received, number: int, text: str) -> Json:
    """Return the last piece of a streamed answer, which has the usage and no text."""
    return {
        **_envelope(received, number, "chat.completion.chunk"),
        "choices": [],
        "usage": usage(received, text),
    }


def completion(received: Received, number: int, message: Json, finish: str, counted: Json | None) -> Json:
    """Return an answer as one value."""
    answer = {
        **_envelope(received, number, "chat.completion"),
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
    }
    return answer if counted is None else {**answer, "usage": counted}


def _envelope(received: Received, number: int, kind: str) -> Json:
    return {
        "id": f"chatcmpl-{number}",
        "object": kind,
        "created": int(time.time()),
        "model": received.model,
        "system_fingerprint": "fp_tests",
    }
