"""Making a PDF, in a process of its own."""

from __future__ import annotations

from memo_coach.documents.pdf.report import Report
from memo_coach.documents.writing_process import LONGEST_SECONDS, write_in_process


def make_pdf(report: Report, longest_seconds: float = LONGEST_SECONDS) -> bytes:
    """Return an evaluation as a PDF. This waits for a process, so it belongs into a thread.

    Raises:
        WritingTimedOut: it took longer than ``longest_seconds``.
        DocumentNotWritten: the process ended without a document.
    """
    return write_in_process("memo_coach.documents.pdf.compiling:compiled", report, b"%PDF-", longest_seconds)
