"""What a process beside writes on standard error, logged as exceptions are: class and places, no message.

A message may quote the text that was worked on, and so may any other line: neither is kept.
"""

from __future__ import annotations

import re
from collections import deque
from pathlib import Path
from typing import IO

import structlog

_log = structlog.get_logger(__name__)

_FRAME = re.compile(rb'\A  File "([^"\n]{1,300})", line (\d{1,7}), in ([\w<>.]{1,100})')
_CLASS = re.compile(rb"\A((?:[a-zA-Z_]\w{0,80}\.){0,6}[A-Z]\w{0,80})(?::|\s*\Z)")
_FATAL = re.compile(rb"\AFatal Python error")
_FRAMES = 6
_LONGEST_LINE = 2_000
MOST_EXCEPTIONS = 50
"""Of one process. One that breaks over and over says no more after that."""


def log_exceptions(stream: IO[bytes], process: str) -> None:
    """Read a process's standard error to its end, and log each exception that it tells of."""
    frames: deque[str] = deque(maxlen=_FRAMES)
    logged = 0
    with stream:
        while line := stream.readline(_LONGEST_LINE):
            frame = _FRAME.match(line)
            if frame is not None:
                place, number, name = (part.decode(errors="replace") for part in frame.groups())
                if not Path(place).is_file():
                    continue  # a message that looks like a place
                frames.appendleft(f"{place}:{number} {name}")
                continue
            kind = b"FatalPythonError" if _FATAL.match(line) else _class_of(line)
            if kind is None or logged == MOST_EXCEPTIONS or (not frames and kind != b"FatalPythonError"):
                continue
            logged += 1
            places = ", ".join(frames)
            _log.error(
                f"{process} broke", exception=f"{kind.decode()} at {places}" if places else kind.decode()
            )
            frames.clear()


def _class_of(line: bytes) -> bytes | None:
    found = _CLASS.match(line)
    return None if found is None else found[1].rpartition(b".")[2]
