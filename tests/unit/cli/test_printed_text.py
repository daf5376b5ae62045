"""Nothing that a document brings along reaches the terminal as a control character."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator, MutableMapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

import memo_coach.cli
from memo_coach.cli import main
from memo_coach.cli.output import say
from memo_coach.cli.report import Style, as_text
from memo_coach.coaching.control_characters import without_controls
from memo_coach.coaching.samples import samples
from memo_coach.services import standard_error

CONTROLS = {
    "escape": "\x1b]0;owned\x07\x1b[2J\x1b[31m",
    "C1": "\x9b31m\x9d0;owned\x9c",
    "delete": "\x7f\x08\x08",
    "direction": "\u202etxt.exe\u2066\u200f",
    "return": "harmless\rowned",
    "lines": "a\u2028b\u2029c",
}
FORBIDDEN = set("".join(CONTROLS.values())) - set("0;owned2J31mtxt.exeharmless[]abc")
SHIPPED = Path(memo_coach.cli.__file__).parents[1] / "coaching" / "rubric" / "shipped" / "status-update.yaml"


def quoted(text: str) -> str:
    """Return the inside of a YAML string in double quotes."""
    return json.dumps(text)[1:-1]


@pytest.fixture
def memo(tmp_path: Path) -> Path:
    path = tmp_path / "memo.md"
    path.write_text(samples("status-update", "en")[0].text, "utf-8")
    return path


def rubric(tmp_path: Path, controls: str) -> Path:
    """Return a rubric whose names and words hold such characters."""
    source, name = SHIPPED.read_text("utf-8"), "Status update"
    assert f"en: {name}\n" in source
    path = tmp_path / "rubric.yaml"
    path.write_text(source.replace(f"en: {name}\n", f'en: "{name}{quoted(controls)}"\n'), "utf-8")
    return path


@pytest.mark.parametrize("kind", CONTROLS)
def test_a_rubric_prints_none(
    kind: str, memo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = rubric(tmp_path, CONTROLS[kind])
    main(["evaluate", str(memo), "--coach", "builtin", "--rubric-file", str(path)])
    printed = capfd.readouterr()
    assert not FORBIDDEN & set(printed.out + printed.err)
    assert printed.out or printed.err


@pytest.mark.parametrize("kind", CONTROLS)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_memo_prints_none_and_json_says_the_same(
    kind: str, form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "memo.md"
    path.write_bytes(f"# Plan {CONTROLS[kind]}\n\nPlease approve {CONTROLS[kind]} a pump.\n".encode())
    assert main(["evaluate", str(path), "--coach", "builtin", "--format", form]) == 0
    printed = capfd.readouterr()
    assert not FORBIDDEN & set(printed.out + printed.err)
    if form == "json":
        assert json.loads(printed.out)["status"] == "done"


@pytest.mark.parametrize("kind", CONTROLS)
def test_a_message_about_a_broken_document_prints_none(
    kind: str, memo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text(f'"{quoted(CONTROLS[kind])}": 1\n', "utf-8")
    assert main(["evaluate", str(memo), "--rubric-file", str(path)]) == 1
    assert not FORBIDDEN & set(capfd.readouterr().err)


@pytest.mark.parametrize("kind", CONTROLS)
@pytest.mark.parametrize(
    "arguments",
    [
        ["evaluate", "{}"],
        ["evaluate", "--rubric", "{}", "-"],
        ["evaluate", "--{}"],
        ["{}"],
        ["evaluate", "--coach", "{}", "-"],
        ["evaluate", "--format", "{}", "-"],
    ],
)
def test_a_name_or_an_argument_prints_none(
    kind: str, arguments: list[str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", BytesIOWithBuffer())
    assert main([argument.format(CONTROLS[kind]) for argument in arguments]) != 0
    printed = capfd.readouterr()
    assert printed.err
    assert not FORBIDDEN & set(printed.out + printed.err)


class BytesIOWithBuffer:
    """Standard input with a short memo."""

    buffer = BytesIO(b"Please approve a pump.")

    def isatty(self) -> bool:
        return False


def test_our_own_colours_stay() -> None:
    assert Style(colour=True).strong("a") == "\x1b[1ma\x1b[0m"
    assert as_text.__doc__


@pytest.mark.parametrize("kind", CONTROLS)
def test_what_was_there_can_be_seen(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    say(f"a{CONTROLS[kind]}b")
    assert "\ufffd" in capfd.readouterr().out
    assert without_controls("Añade 5 €.\n\tשלום «ß» 👩‍👩‍👧") == "Añade 5 €.\n\tשלום «ß» 👩‍👩‍👧"


def test_all_of_the_command_line_prints_in_one_place() -> None:
    printing = set()
    for path in Path(memo_coach.cli.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "print",
                "click.echo",
                "click.secho",
                "sys.stdout.write",
                "sys.stderr.write",
                "sys.stdout.buffer.write",
            }:
                printing.add(path.name)
    assert printing == {"output.py"}


TRACEBACK = b"""Traceback (most recent call last):
  File "%b", line 7, in evaluate
    raise ValueError(text)
ValueError: Our secret plan
Secret
  File "/no/such/file/Secret.py", line 1, in Secret
Secret: plan
"""


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged meanwhile; the module's own logger may have been bound by a test before this one."""
    with capture_logs() as entries:
        monkeypatch.setattr(standard_error, "_log", structlog.get_logger())
        yield entries


def test_of_a_process_beside_class_and_places_are_logged_and_no_text(
    logs: list[MutableMapping[str, Any]],
) -> None:
    standard_error.log_exceptions(BytesIO(TRACEBACK % __file__.encode()), "reading process")
    assert [(each["event"], each["exception"]) for each in logs] == [
        ("reading process broke", f"ValueError at {__file__}:7 evaluate")
    ]
    assert "ecret" not in str(logs)


def test_a_process_that_breaks_over_and_over_is_logged_so_many_times(
    logs: list[MutableMapping[str, Any]],
) -> None:
    stream = BytesIO(TRACEBACK % __file__.encode() * (2 * standard_error.MOST_EXCEPTIONS))
    standard_error.log_exceptions(stream, "reading process")
    assert len(logs) == standard_error.MOST_EXCEPTIONS
