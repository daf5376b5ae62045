"""The service's end of the process that reads a file: it starts it, waits for its answer, and ends it.

Nothing that comes from there is trusted: it is JSON of a limited length and of one form, or the file counts
as broken.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from memo_coach.documents.reading.limits import LONGEST_SECONDS, MOST_CHARACTERS
from memo_coach.documents.reading.model import (
    DocumentRefused,
    Kind,
    LeftOut,
    Omission,
    ReadDocument,
    Refusal,
)

_PROGRAM = ("-m", "memo_coach.documents.reading.reader")
_ROOT = Path(__file__).resolve().parents[3]
_MOST_ANSWER_BYTES = 12 * MOST_CHARACTERS + 64 * 1024
"""A character takes up to twelve bytes, as two escapes; the rest is for what was left out."""
_LONGEST_CAUSE = 200
_OUT_OF_MEMORY = frozenset({signal.SIGKILL, signal.SIGABRT, signal.SIGILL, signal.SIGTRAP})
"""How a process ends for lack of memory: by the system's choice, or by its own hand, as pdfium does."""

OnErrorOutput = Callable[[IO[bytes], str], None]
"""Is given what the process writes on standard error, and the process's name; reads it to its end."""


def read_in_process(
    content: bytes, kind: Kind, on_error_output: OnErrorOutput, longest_seconds: float = LONGEST_SECONDS
) -> ReadDocument:
    """Read a file in a process of its own, which is at its end when this returns.

    All of this waits, for ``longest_seconds`` at most, and belongs into a thread that lives as long.

    Raises:
        DocumentRefused: it cannot be read.
    """
    process = subprocess.Popen(  # noqa: S603 - this very package's program, and one of three words
        [sys.executable, *_PROGRAM, kind.value],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=_ROOT,
        # The environment holds secrets, and there is nothing in it that reading needs.
        env={},
    )
    assert process.stderr is not None, "it is a pipe"  # noqa: S101
    errors = threading.Thread(
        target=on_error_output,
        args=(process.stderr, "file reading process"),
        name="errors-of-file-reading",
        daemon=True,
    )
    errors.start()
    timed_out = threading.Event()

    def stop() -> None:
        timed_out.set()
        process.kill()

    timer = threading.Timer(longest_seconds, stop)
    timer.start()
    try:
        answer = _answer_of(process, content)
        process.wait()  # the timer ends one that has answered and stays
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        errors.join()
    if timed_out.is_set() or process.returncode == -signal.SIGXCPU:
        raise DocumentRefused(Refusal.TOO_SLOW)
    if process.returncode < 0 and not answer:
        is_memory = -process.returncode in _OUT_OF_MEMORY
        raise DocumentRefused(
            Refusal.TOO_MUCH_MEMORY if is_memory else Refusal.CORRUPT, f"signal {-process.returncode}"
        )
    return _document(answer)


def _answer_of(process: subprocess.Popen[bytes], content: bytes) -> bytes:
    assert process.stdin is not None, "it is a pipe"  # noqa: S101
    assert process.stdout is not None, "it is a pipe"  # noqa: S101
    with process.stdout as answers:
        try:
            with process.stdin as contents:
                contents.write(content)
        except BrokenPipeError:
            return b""  # it has ended already; its status says why
        answer = answers.read(_MOST_ANSWER_BYTES + 1)
        if len(answer) > _MOST_ANSWER_BYTES:
            process.kill()
            return answer[:_MOST_ANSWER_BYTES]  # which is no JSON any more
        return answer


def _document(answer: bytes) -> ReadDocument:
    try:
        return _checked(json.loads(answer))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DocumentRefused(Refusal.CORRUPT, f"no answer ({type(error).__name__})") from error


def _checked(answer: Any) -> ReadDocument:  # noqa: ANN401 - anything may come from there
    if "refused" in answer:
        cause = str(answer.get("cause", ""))[:_LONGEST_CAUSE]
        raise DocumentRefused(Refusal(answer["refused"]), cause if cause.isprintable() else "")
    markdown, left_out = answer["markdown"], answer["left_out"]
    if not isinstance(markdown, str) or len(markdown) > MOST_CHARACTERS or len(left_out) > len(Omission):
        raise ValueError("no text")
    markdown.encode()  # a lone surrogate can be written nowhere
    return ReadDocument(
        markdown,
        tuple(
            LeftOut(Omission(what), int(count), tuple(min(int(place), len(markdown)) for place in places))
            for what, count, places in left_out
        ),
    )
