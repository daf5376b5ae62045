"""Writing a Word document, in a process of its own."""

from __future__ import annotations

from memo_coach.documents.word.memo import WordMemo
from memo_coach.documents.writing_process import LONGEST_SECONDS, write_in_process


def write_word(memo: WordMemo, longest_seconds: float = LONGEST_SECONDS) -> bytes:
    """Return a memo as a .docx file. This waits for a process, so it belongs into a thread.

    Raises:
        WritingTimedOut: it took longer than ``longest_seconds``.
        DocumentNotWritten: the process ended without a document.
    """
    return write_in_process("memo_coach.documents.word.writer:written", memo, b"PK", longest_seconds)
