"""Other programs: started without a shell, in a session of their own, and never left behind.

What a program reads or writes in bulk goes straight between files and pipes; of what it says, the end is
kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from memo_coach.operations.backup.errors import Misconfigured
from memo_coach.translations.sentences import sentence

GRACE_SECONDS = 10
"""From SIGTERM to SIGKILL. restic removes its lock in that time."""
MOST_SAID_BYTES = 64 * 1024
_CHUNK = 64 * 1024

Stream = IO[bytes] | int | None


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended: its exit status (negative: the signal) and what it said."""

    status: int
    output: bytes
    """Standard output, where it was not sent elsewhere."""
    complaints: str
    """The end of standard error."""


class Child:
    """A running program. Leave its context, and it has ended."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        stdin: Stream = None,
        stdout: Stream = None,
        inherited: Sequence[int] = (),
    ) -> None:
        """Describe the program. Without ``stdin`` it reads nothing; without ``stdout`` its output is kept."""
        self._command = command
        self._environment = dict(environment)
        self._stdin = asyncio.subprocess.DEVNULL if stdin is None else stdin
        self._stdout = asyncio.subprocess.PIPE if stdout is None else stdout
        self._inherited = tuple(inherited)
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Child:
        """Start it.

        Raises:
            Misconfigured: there is no such program.
        """
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env=self._environment,
                stdin=self._stdin,
                stdout=self._stdout,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=self._inherited,
                start_new_session=True,
            )
        except (FileNotFoundError, PermissionError):
            raise Misconfigured(sentence("backup.not_installed", program=self._command[0])) from None
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it, and what it started, where it has not ended by itself."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        self._signal(process.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                await process.wait()
        except TimeoutError:
            self._signal(process.pid, signal.SIGKILL)
            await process.wait()

    async def finish(self, given: bytes | None = None) -> Finished:
        """Return it something to read, wait until it ends, and say how."""
        process = self._process
        if process is None or process.stderr is None:
            raise AssertionError("a program is finished inside its context")
        _, output, complaints = await asyncio.gather(
            _feed(process.stdin, given), _all_of(process.stdout), _end_of(process.stderr)
        )
        status = await process.wait()
        return Finished(status, output, complaints.decode("utf-8", "replace"))

    @staticmethod
    def _signal(group: int, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, number)


async def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    given: bytes | None = None,
    stdin: Stream = None,
    stdout: Stream = None,
    inherited: Sequence[int] = (),
) -> Finished:
    """Run a program to its end."""
    source = asyncio.subprocess.PIPE if given is not None else stdin
    async with Child(command, environment, stdin=source, stdout=stdout, inherited=inherited) as child:
        return await child.finish(given)


async def _feed(stream: asyncio.StreamWriter | None, given: bytes | None) -> None:
    if stream is None:
        return
    # One that ends before it has read everything says why by its exit status.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stream.write(given or b"")
        await stream.drain()
    stream.close()


async def _all_of(stream: asyncio.StreamReader | None) -> bytes:
    return b"" if stream is None else await stream.read()


async def _end_of(stream: asyncio.StreamReader) -> bytes:
    kept = b""
    while chunk := await stream.read(_CHUNK):
        kept = (kept + chunk)[-MOST_SAID_BYTES:]
    return kept
