"""Making a PDF without risk to the service: each in a process of its own, which ends with it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

from memo_coach.documents.pdf.report import Report

LONGEST_SECONDS = 60.0
"""After which the process is killed. The longest memo takes a few seconds: docs/performance.md."""
_ROOT = Path(__file__).resolve().parents[3]
_MOST_TOLD = 200
"""Characters of what the process says of its failure."""


class PdfFailed(Exception):
    """No document came out. The message, for the log, is the class of what went wrong; it quotes nothing."""


class PdfTimedOut(PdfFailed):
    """It took longer than it may."""


def make_pdf(report: Report, longest_seconds: float = LONGEST_SECONDS) -> bytes:
    """Return an evaluation as a PDF. This waits for a process, so it belongs into a thread.

    Raises:
        PdfTimedOut: it took longer than ``longest_seconds``.
        PdfFailed: the process ended without a document.
    """
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "memo_coach.documents.pdf.compile_process"],
            input=pickle.dumps(report, pickle.HIGHEST_PROTOCOL),
            capture_output=True,
            cwd=_ROOT,
            # The environment holds secrets, and there is nothing in it that making a document needs.
            env={},
            timeout=longest_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PdfTimedOut(f"{longest_seconds:g} seconds") from error
    if ended.returncode != 0 or not ended.stdout.startswith(b"%PDF-"):
        told = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        raise PdfFailed(f"status {ended.returncode}: {told[-1][:_MOST_TOLD] if told else 'nothing said'}")
    return ended.stdout
