"""A PDF is made in a process of its own, which has bounds and says nothing of the memo where it fails."""

from __future__ import annotations

import dataclasses

import pytest

from memo_coach.documents.pdf.process import make_pdf
from memo_coach.documents.writing_process import DocumentNotWritten, WritingTimedOut
from tests.pdf_reading import text_of
from tests.some_report import some_report


def test_the_process_gives_the_document() -> None:
    assert "Please approve $5,000" in text_of(make_pdf(some_report()))


def test_a_process_that_takes_too_long_is_ended() -> None:
    with pytest.raises(WritingTimedOut, match=r"0\.001 seconds"):
        make_pdf(some_report(), longest_seconds=0.001)


def test_a_failure_names_a_class_and_not_a_word_of_the_memo() -> None:
    broken = dataclasses.replace(some_report("A secret plan."), overall=None)  # type: ignore[arg-type]
    with pytest.raises(DocumentNotWritten) as failure:
        make_pdf(broken)
    assert str(failure.value) == "status 1: AttributeError"
