"""Writing a Word document without risk to the service: each in a process of its own, which ends with it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

from memo_coach.documents.word.memo import WordMemo

LONGEST_SECONDS = 60.0
"""After which the process is killed."""
_ROOT = Path(__file__).resolve().parents[3]
_MOST_TOLD = 200
"""Characters of what the process says of its failure."""


class WordFailed(Exception):
    """No document came out. The message, for the log, is the class of what went wrong; it quotes nothing."""


def write_word(memo: WordMemo, longest_seconds: float = LONGEST_SECONDS) -> bytes:
    """Return a memo as a .docx file. This waits for a process, so it belongs into a thread.

    Raises:
        WordFailed: the process ended without a document, or took longer than ``longest_seconds``.
    """
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "memo_coach.documents.word.writing_process"],
            input=pickle.dumps(memo, pickle.HIGHEST_PROTOCOL),
            capture_output=True,
            cwd=_ROOT,
            # The environment holds secrets, and there is nothing in it that writing a document needs.
            env={},
            timeout=longest_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise WordFailed(f"{longest_seconds:g} seconds") from error
    if ended.returncode != 0 or not ended.stdout.startswith(b"PK"):
        told = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        raise WordFailed(f"status {ended.returncode}: {told[-1][:_MOST_TOLD] if told else 'nothing said'}")
    return ended.stdout
