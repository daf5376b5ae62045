"""Writing a document without risk to the service: each in a process of its own, which ends with it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

LONGEST_SECONDS = 60.0
"""After which the process is killed. The longest memo takes a few seconds: docs/performance.md."""
_ROOT = Path(__file__).resolve().parents[2]
_MOST_TOLD = 200
"""Characters of what the process says of its failure."""


class DocumentNotWritten(Exception):
    """No document came out. The message, for the log, is the class of what went wrong; it quotes nothing."""


class WritingTimedOut(DocumentNotWritten):
    """It took longer than it may."""


def write_in_process(writer: str, content: object, begins_with: bytes, longest_seconds: float) -> bytes:
    """Return the document that a function of ours, ``package.module:name``, writes of ``content``.

    This waits for a process, so it belongs into a thread.

    Raises:
        WritingTimedOut: it took longer than ``longest_seconds``.
        DocumentNotWritten: the process ended without what begins as a document of that kind does.
    """
    try:
        ended = subprocess.run(  # noqa: S603 - this very package's program
            [sys.executable, "-m", "memo_coach.documents.writing_program", writer],
            input=pickle.dumps(content, pickle.HIGHEST_PROTOCOL),
            capture_output=True,
            cwd=_ROOT,
            # The environment holds secrets, and there is nothing in it that writing a document needs.
            env={},
            timeout=longest_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise WritingTimedOut(f"{longest_seconds:g} seconds") from error
    if ended.returncode != 0 or not ended.stdout.startswith(begins_with):
        told = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DocumentNotWritten(
            f"status {ended.returncode}: {told[-1][:_MOST_TOLD] if told else 'nothing said'}"
        )
    return ended.stdout
