"""The server: connections, the pace of answers, and sockets that are cut where a case says so."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.model_server import protocol
from tests.model_server.answers import read_asked
from tests.model_server.cases import CASES, Call, Options, Reply
from tests.model_server.pace import Pace
from tests.model_server.protocol import Json, Received
from tests.model_server.spoiling import Injection

LOOK_SECONDS = 0.05
"""How often a stream that stands still looks whether its client is still there."""
BEFORE_A_CUT_SECONDS = 0.05
"""Time for the client to read what was sent: a reset would take it away again."""
PATIENCE_SECONDS = 10
QUEUE = 1024


class ClientGone(Exception):
    """The client closed the connection before the answer was at its end."""


class ModelServer:
    """A server that runs, or can be run, in an event loop; what it received can be read from any thread."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.requests: list[Received] = []
        """Requests for an answer, in the order they came."""
        self.port = 0
        self._calls: Counter[tuple[str, str]] = Counter()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Return the address that clients are told, with the version of the protocol."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def pace(self) -> Pace:
        """The pace of answers whose case has none of its own."""
        return self.options.pace

    @pace.setter
    def pace(self, pace: Pace) -> None:
        self.options.pace = pace

    @property
    def obey(self) -> Injection | None:
        """What the case ``obeys`` was told."""
        return self.options.obey

    @obey.setter
    def obey(self, injection: Injection | None) -> None:
        self.options.obey = injection

    def answer_with(self, *texts: str) -> None:
        """Let the case ``scripted`` say these texts, call by call about one memo; the last one stays."""
        self.options.texts = texts

    def play(self, case: str) -> None:
        """Let every model answer as ``case`` does, until :meth:`reset`."""
        assert case in CASES
        self.options.played = case

    def hold(self) -> None:
        """Let no answer begin, however many are asked for, until :meth:`release`."""
        self.options.held = True

    def release(self) -> None:
        """Let the answers begin that were held back."""
        self.options.held = False

    def calls(self, case: str) -> int:
        """Count the requests for a case."""
        return sum(request.model == case for request in list(self.requests))

    def reset(self) -> None:
        """Forget all requests, and be as at the start."""
        self.release()
        self.requests.clear()
        self._calls.clear()
        self.options = Options()

    async def start(self, port: int = 0) -> None:
        """Listen on a port of this machine; 0 takes a free one."""
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", port, limit=protocol.LONGEST_HEAD, backlog=QUEUE
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        # A stopping server cancels the connections; that is no error of theirs.
        with contextlib.suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            while (received := await protocol.read_request(reader)) is not None:
                if not await self._serve(received, reader, writer):
                    break
        with contextlib.suppress(ConnectionError):
            writer.close()

    async def _serve(
        self, received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; tell whether the connection is still good."""
        if received.method == "GET" and received.path == "/v1/models":
            listed: Json = {"object": "list", "data": [{"id": name, "object": "model"} for name in CASES]}
            writer.write(protocol.whole(200, listed))
            await writer.drain()
            return True
        if received.method != "POST" or received.path != "/v1/chat/completions":
            writer.write(
                protocol.whole(404, protocol.error("There is nothing here.", "invalid_request_error"))
            )
            await writer.drain()
            return True
        reply = self._reply(received)
        answering = Answering(
            received, len(self.requests), reply, reply.pace or self.options.pace, self.options, reader, writer
        )
        try:
            return await answering.run()
        except (ClientGone, ConnectionError):
            received.abandoned = True
            return False
        finally:
            received.seconds = time.monotonic() - received.time

    def _reply(self, received: Received) -> Reply:
        self.requests.append(received)
        case = CASES.get(self.options.played or received.model)
        if case is None:
            missing = protocol.error("The model does not exist.", "invalid_request_error", "model_not_found")
            return Reply(status=404, error=missing)
        asked = read_asked(received)
        about = (received.model, hashlib.sha256(asked.memo.encode()).hexdigest())
        self._calls[about] += 1
        return case(Call(received, asked, self._calls[about], self.options))


@dataclass(frozen=True, slots=True)
class Answering:
    """One answer on its way to the client."""

    received: Received
    number: int
    reply: Reply
    pace: Pace
    options: Options
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def run(self) -> bool:
        """Send the answer; tell whether the connection is still good."""
        reply = self.reply
        if reply.error is not None:
            self.writer.write(protocol.whole(reply.status, reply.error, reply.headers))
            await self.writer.drain()
        elif self.received.streams:
            return await self._stream()
        else:
            return await self._at_once()
        self.received.finished = True
        return True

    async def _stream(self) -> bool:
        received, reply = self.received, self.reply
        await self._until(received.time + self.pace.first_token)
        self.writer.write(protocol.stream_head())
        await self._send({"role": "assistant", "content": None if reply.text is None else ""})
        if reply.refusal is not None:
            await self._send({"refusal": reply.refusal})
        pieces = self.pace.cut(reply.text or "")
        for piece in pieces[: round(len(pieces) * reply.share)]:
            await self._until(
                received.time + self.pace.first_token + received.pieces_sent * self.pace.between
            )
            await self._send(self._delta(piece))
            received.pieces_sent += 1
            received.last_sent = time.monotonic()
        if reply.ending == "stalls":
            await self._until(float("inf"))
        if reply.ending == "cuts":
            await self._cut()
            return False
        await self._end()
        return True

    def _delta(self, piece: str) -> Json:
        name = self.received.tool
        if name is None:
            return {"content": piece}
        if self.received.pieces_sent:
            return {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
        function = {"name": name, "arguments": piece}
        return {"tool_calls": [{"index": 0, "id": "call_tests", "type": "function", "function": function}]}

    async def _end(self) -> None:
        received, reply = self.received, self.reply
        ended = [protocol.event(protocol.chunk(received, self.number, {}, self._finish()))]
        if received.wants_usage and reply.tells_usage:
            ended.append(protocol.event(protocol.usage_chunk(received, self.number, reply.text or "")))
        self.writer.write(b"".join([*ended, protocol.event("[DONE]"), protocol.END_OF_STREAM]))
        await self.writer.drain()
        received.finished = True

    async def _at_once(self) -> bool:
        """Answer as one value; what stalls or is cut in a stream gives no answer at all."""
        received, reply, pace = self.received, self.reply, self.pace
        pieces = len(pace.cut(reply.text or ""))
        await self._until(received.time + pace.first_token + max(pieces - 1, 0) * pace.between)
        if reply.ending == "stalls":
            await self._until(float("inf"))
        if reply.ending == "cuts":
            await self._cut()
            return False
        message: Json = {"role": "assistant", "content": reply.text, "refusal": reply.refusal}
        if received.tool is not None and reply.text is not None:
            function = {"name": received.tool, "arguments": reply.text}
            message["content"] = None
            message["tool_calls"] = [{"id": "call_tests", "type": "function", "function": function}]
        counted = protocol.usage(received, reply.text or "") if reply.tells_usage else None
        answer = protocol.completion(received, self.number, message, self._finish(), counted)
        self.writer.write(protocol.whole(200, answer))
        await self.writer.drain()
        received.finished = True
        return True

    def _finish(self) -> str:
        """A forced call of a tool ends with ``stop``, one that the model chose with ``tool_calls``."""
        chosen = self.received.tool is not None and not isinstance(
            self.received.body.get("tool_choice"), dict
        )
        return "tool_calls" if chosen and self.reply.finish == "stop" else self.reply.finish

    async def _send(self, delta: Json) -> None:
        self.writer.write(protocol.event(protocol.chunk(self.received, self.number, delta)))
        await self.writer.drain()

    async def _until(self, moment: float) -> None:
        """Wait for a moment of ``time.monotonic()``, unless the client goes away."""
        while not self.reader.at_eof():
            left = moment - time.monotonic()
            if left <= 0 and not self.options.held:
                return
            await asyncio.sleep(LOOK_SECONDS if self.options.held else min(left, LOOK_SECONDS))
        raise ClientGone

    async def _cut(self) -> None:
        """Reset the connection, as a machine does that falls over."""
        await asyncio.sleep(BEFORE_A_CUT_SECONDS)
        held: socket.socket = self.writer.get_extra_info("socket")
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@contextlib.contextmanager
def running_model_server(options: Options | None = None) -> Iterator[ModelServer]:
    """Yield a server that runs in a thread of its own, on a free port."""
    server = ModelServer(options)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="model server", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(PATIENCE_SECONDS)
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(PATIENCE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE_SECONDS)
        loop.close()
