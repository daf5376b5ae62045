"""The check that commands and paths named in the documents exist."""

import pytest

from tests.checks.documented_names import code, missing_paths, unknown_commands, unknown_targets

FOLDERS = {"docs", "memo_coach", "tests"}


def test_spans_fenced_and_indented_blocks_are_code_and_prose_is_not() -> None:
    text = "Please make sense of `make one`.\n\n    make two\n\n```sh\nmake three\n```\n"
    assert [piece.strip() for piece in code(text)] == ["make one", "make two", "make three"]


@pytest.mark.parametrize("command", ["make test", "PORT=8080 make run", "make bench WRITE=--write", "make"])
def test_targets_of_the_makefile_are_known(command: str) -> None:
    assert list(unknown_targets(command)) == []


def test_a_target_that_is_not_there_is_named() -> None:
    assert list(unknown_targets("cd x && make no-such-thing")) == ["make no-such-thing"]


@pytest.mark.parametrize(
    "command",
    [
        ".venv/bin/memo-coach evaluate memo.md --rubric status-update --format json",
        "memo-coach db status",
        "docker compose exec app memo-coach db upgrade",
        "docker compose -p memo-coach ps",
        "sudo systemctl restart memo-coach && echo done",
        "docker run memo-coach:0.1.0 nothing",
        "ls /opt/memo-coach secrets",
    ],
)
def test_commands_of_the_program_are_known_and_other_things_of_its_name_are_left_alone(command: str) -> None:
    assert list(unknown_commands(command)) == []


@pytest.mark.parametrize(
    ("command", "unknown"),
    [
        ("memo-coach db destroy", "memo-coach db destroy"),
        (".venv/bin/memo-coach evaluate memo.md --loud", "memo-coach evaluate --loud"),
        ("docker compose run --rm app memo-coach nonsense", "memo-coach nonsense"),
    ],
)
def test_a_command_or_an_option_that_is_not_there_is_named(command: str, unknown: str) -> None:
    assert list(unknown_commands(command)) == [unknown]


@pytest.mark.parametrize(
    "path",
    [
        "memo_coach/settings/values.py",
        "memo_coach/coaching/builtin/detectors/<idea>/",
        "memo_coach/{database_url,memo_coach}.py",
        "docs/*.md",
        "elsewhere/of/somebody/else.py",
        "https://memos.example.org/docs/nothing",
        "/opt/docs/nothing",
    ],
)
def test_paths_that_exist_and_paths_of_others_pass(path: str) -> None:
    assert list(missing_paths(path, FOLDERS)) == []


@pytest.mark.parametrize("path", ["memo_coach/nothing.py", "docs/no/such/folder/"])
def test_a_path_that_leads_nowhere_is_named(path: str) -> None:
    assert list(missing_paths(f"see {path}", FOLDERS)) == [path.rstrip("/")]


def test_each_choice_in_braces_is_a_path_of_its_own() -> None:
    assert list(missing_paths("memo_coach/{database_url,nothing}.py", FOLDERS)) == ["memo_coach/nothing.py"]
