"""``memo-coach evaluate --format pdf``, run as a person runs it."""

from __future__ import annotations

import os
from pathlib import Path

from tests.command_line import run_command
from tests.pdf_reading import text_of

MEMO = (
    "Subject: Sustituir la bomba\n\n"
    "Pedimos aprobar 5.000 € para una bomba nueva antes del 1 de mayo de 2026.\n"
)


def run(directory: Path, *arguments: str) -> tuple[int, bytes, str]:
    (directory / "memo.md").write_text(MEMO, encoding="utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    ended = run_command(
        ("evaluate", "memo.md", "--coach", "builtin", "--format", "pdf", *arguments),
        environment={**kept, "DATA_DIR": str(directory / "data")},
        directory=directory,
    )
    return ended.returncode, ended.stdout, ended.stderr.decode()


def test_the_pdf_is_written_to_the_file_in_the_memos_language(tmp_path: Path) -> None:
    status, printed, complaint = run(tmp_path, "--output", "feedback.pdf")
    assert (status, printed, complaint) == (0, b"", "")
    shown = text_of((tmp_path / "feedback.pdf").read_bytes())
    assert "Valoración de «Sustituir la bomba»" in shown
    assert "Pedimos aprobar 5.000 €" in shown


def test_it_goes_to_standard_output_where_that_is_no_terminal(tmp_path: Path) -> None:
    status, printed, _complaint = run(tmp_path, "--output", "-")
    assert status == 0
    assert printed.startswith(b"%PDF-")


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    status, _printed, complaint = run(tmp_path, "--output", "no/such/folder/feedback.pdf")
    assert status == 1
    assert complaint.startswith("memo-coach: ")
    assert complaint.count("\n") == 1
