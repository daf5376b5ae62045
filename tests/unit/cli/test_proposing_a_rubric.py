"""``memo-coach evaluate`` without a rubric says so where the memo asks for another than the first one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.test_command_line import MEMO, run

STATUS = (
    "# Weekly status: ERP migration, week 47\n\n14 of 19 tables are loaded. Payroll waits for a certificate."
)


def test_a_status_update_is_told_its_rubric_beside_the_answer(tmp_path: Path) -> None:
    answer = run(tmp_path, "evaluate", "-", "--format", "json", given=STATUS.encode())
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["rubric"]["id"] == "investment-memo"
    assert b"--rubric status-update" in answer.stderr


def test_it_is_said_in_the_language_of_who_asks(tmp_path: Path) -> None:
    answer = run(tmp_path, "--interface-language", "es", "evaluate", "-", given=STATUS.encode())
    assert "Parece otra clase de memo" in answer.stderr.decode()


@pytest.mark.parametrize(
    ("text", "options"), [(STATUS, ("--rubric", "investment-memo")), (MEMO, ())], ids=["named", "fitting"]
)
def test_nothing_is_said_where_the_rubric_was_named_or_fits(
    tmp_path: Path, text: str, options: tuple[str, ...]
) -> None:
    answer = run(tmp_path, "evaluate", "-", *options, given=text.encode())
    assert (answer.returncode, answer.stderr) == (0, b"")
