"""The runner of the checks."""

import io
from pathlib import Path

import pytest

from tests.checks.running import Check, Result, in_continuous_integration, run, run_all


def shell(script: str, name: str = "a check") -> Check:
    return Check(name, ("sh", "-c", script), Path("/usr/bin"))


@pytest.mark.parametrize(
    ("status", "result"),
    [(0, Result.PASSED), (1, Result.FAILED), (2, Result.FAILED), (69, Result.NOT_CHECKED)],
)
def test_a_command_s_status_says_how_its_check_ended(status: int, result: Result) -> None:
    assert run(shell(f"exit {status}")).result is result


def test_a_tool_that_is_not_there_is_said_to_be_missing() -> None:
    outcome = run(Check("lint", ("no-such-tool-anywhere",)))
    assert outcome.result is Result.NOT_CHECKED
    assert "no-such-tool-anywhere is missing" in outcome.output


def test_a_folder_that_is_not_there_fails_its_check() -> None:
    assert run(Check("lint", ("sh",), directory="no-such-folder")).result is Result.FAILED


def test_a_script_of_the_repository_is_found_in_the_check_s_folder() -> None:
    assert run(Check("script", ("./no-such-script",), directory="docs")).result is Result.FAILED
    assert run(Check("python", ("./bin/python", "--version"), directory=".venv")).result is Result.PASSED


def test_both_streams_of_a_failed_check_are_shown_and_those_of_a_passed_one_are_not() -> None:
    stream = io.StringIO()
    checks = [shell("echo found; echo and this >&2; exit 1"), shell("echo all is well", "another")]
    assert run_all(checks, stream, strict=False) == 1
    assert "found\nand this\n" in stream.getvalue()
    assert "all is well" not in stream.getvalue()


def test_one_failure_does_not_keep_the_other_checks_from_running() -> None:
    stream = io.StringIO()
    run_all([shell("exit 1", "first"), shell("exit 0", "second")], stream, strict=False)
    assert "first" in stream.getvalue()
    assert "second" in stream.getvalue()
    assert "2 checks" in stream.getvalue()


def test_a_check_that_could_not_be_made_is_named_at_the_very_end_with_the_reason() -> None:
    stream = io.StringIO()
    checks = [shell("echo details; echo the tool is missing; exit 69", "plan"), shell("exit 0")]
    assert run_all(checks, stream, strict=False) == 0
    assert stream.getvalue().splitlines()[-1] == "NOT CHECKED: plan: the tool is missing"


def test_a_check_that_could_not_be_made_fails_in_continuous_integration() -> None:
    assert run_all([shell("exit 69")], io.StringIO(), strict=True) == 1


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("", False), ("false", False)])
def test_continuous_integration_is_known_by_its_variable(
    value: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", value)
    assert in_continuous_integration() is expected
