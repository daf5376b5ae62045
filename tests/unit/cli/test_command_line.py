"""The command line, run as a person runs it: a problem is one line and a status, never a traceback."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import shutil
import signal
import socket
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from memo_coach import __version__
from memo_coach.coaching.rubric.reader import FOLDER
from tests.command_line import PROGRAM, run_command
from tests.documents import docx, paragraph, pdf, word_document
from tests.unit.coaching.foreign_memos import sentences
from tests.waiting import PATIENCE_SECONDS, wait_until

MEMO = (
    "Subject: Replace the pump in hall 3\n\n"
    "Please approve $5,000 for a new pump by 1 May 2026. The old pump failed eleven times in 2025, and each "
    "failure stopped the line for four hours.\n\n"
    "## Options\n\n- Do nothing: eleven failures a year.\n- Repair: $2,000, and it fails again.\n"
    "- Replace: $5,000, recommended.\n\nAnn Lee orders the pump by 3 May 2026.\n"
)


def environment(directory: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "DATA_DIR": str(directory / "data"), **more}


def run(
    directory: Path, *arguments: str, given: bytes = b"", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    return run_command(
        arguments, environment=environment(directory, **variables), directory=directory, given=given
    )


async def beside(directory: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command line while services of this process go on, and end what they have begun to write."""
    return await asyncio.to_thread(run, directory, *arguments, **variables)


@pytest.fixture
def memo(tmp_path: Path) -> Path:
    path = tmp_path / "memo.md"
    path.write_text(MEMO)
    return path


def assert_one_line(answer: subprocess.CompletedProcess[bytes], status: int, *parts: str) -> None:
    complaint = answer.stderr.decode()
    assert answer.returncode == status, complaint
    assert complaint.startswith("memo-coach: ")
    assert complaint.count("\n") == 1
    assert "Traceback" not in complaint
    for part in parts:
        assert part in complaint
    assert answer.stdout == b""


def test_a_memo_is_judged_in_words(tmp_path: Path, memo: Path) -> None:
    answer = run(tmp_path, "evaluate", str(memo))
    report = answer.stdout.decode()
    assert (answer.returncode, answer.stderr) == (0, b"")
    for part in ("Replace the pump in hall 3", "Overall  ", "Criteria", "Comments", "built-in coach"):
        assert part in report
    assert "\x1b" not in report
    assert max(map(len, report.splitlines())) <= 80


def test_a_memo_is_judged_as_json_with_true_quotes_and_the_same_bytes_each_time(
    tmp_path: Path, memo: Path
) -> None:
    first, second = (run(tmp_path, "evaluate", str(memo), "--format", "json") for _ in range(2))
    assert first.stdout == second.stdout
    document = json.loads(first.stdout)
    assert document["status"] == "done"
    assert document["memo"]["title"] == "Replace the pump in hall 3"
    assert document["memo"]["language"] == "en"
    assert document["rubric"]["id"] == "investment-memo"
    assert document["coach"] == {"kind": "builtin", "cached": False}
    assert 1.0 <= document["overall"]["score"] <= 5.0
    assert document["criteria"]
    assert document["comments"]
    assert document["indicators"]["ask-verb"] > 0.5
    assert all(0 <= value <= 1 for value in document["indicators"].values())
    assert "indicators" not in document["overall"]
    for comment in document["comments"]:
        if comment["quote"] is not None:
            assert MEMO[comment["start"] : comment["end"]] == comment["quote"]


def test_nothing_is_stored_by_judging_a_file(tmp_path: Path, memo: Path) -> None:
    run(tmp_path, "evaluate", str(memo))
    assert not (tmp_path / "data").exists()


def test_standard_input_is_judged_like_the_file(tmp_path: Path, memo: Path) -> None:
    from_file = run(tmp_path, "evaluate", str(memo), "--format", "json")
    from_input = run(tmp_path, "evaluate", "-", "--format", "json", given=MEMO.encode())
    assert from_input.stdout == from_file.stdout


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_file_that_says_its_encoding_is_read_by_it(tmp_path: Path, memo: Path, encoding: str) -> None:
    expected = run(tmp_path, "evaluate", str(memo), "--format", "json").stdout
    memo.write_bytes(MEMO.encode(encoding))
    assert run(tmp_path, "evaluate", str(memo), "--format", "json").stdout == expected


def test_the_result_can_be_written_to_a_file(tmp_path: Path, memo: Path) -> None:
    answer = run(tmp_path, "evaluate", str(memo), "--format", "json", "--output", "result.json")
    assert (answer.returncode, answer.stdout) == (0, b"")
    printed = run(tmp_path, "evaluate", str(memo), "--format", "json").stdout
    assert (tmp_path / "result.json").read_bytes() == printed


def test_rubric_and_language_can_be_chosen(tmp_path: Path, memo: Path) -> None:
    answer = run(
        tmp_path, "evaluate", str(memo), "--rubric", "status-update", "--language", "es", "--format", "json"
    )
    document = json.loads(answer.stdout)
    assert (document["rubric"]["id"], document["memo"]["language"]) == ("status-update", "es")


def test_a_rubric_of_ones_own_can_be_used(tmp_path: Path, memo: Path) -> None:
    shutil.copy(FOLDER / "policy-memo.yaml", tmp_path / "mine.yaml")
    answer = run(tmp_path, "evaluate", str(memo), "--rubric-file", "mine.yaml", "--format", "json")
    assert json.loads(answer.stdout)["rubric"]["id"] == "policy-memo"


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (b"", ("no text",)),
        (b" \n\t\n", ("no text",)),
        ("…!?".encode(), ("no text",)),
        (b"word " * 200_000, ("200,000 characters",)),
        (bytes(range(256)) * 10, (".txt, .md, .docx",)),
        (b"\xff\xfea", ("damaged",)),
        (b"%PDF-1.7 \x00", ("damaged",)),
        (b"PK\x03\x04\x14\x00", ("damaged",)),
        (docx(parts={"word/vbaProject.bin": b""}), ("macros",)),
        (b"{\\rtf1 hello}", ("Rich Text",)),
    ],
)
def test_content_that_cannot_be_judged_is_one_line(
    tmp_path: Path, memo: Path, content: bytes, parts: tuple[str, ...]
) -> None:
    memo.write_bytes(content)
    assert_one_line(run(tmp_path, "evaluate", str(memo)), 1, *parts)


@pytest.mark.parametrize("content", [docx(), pdf(), MEMO.encode("windows-1252"), MEMO.encode("utf-16-le")])
def test_word_pdf_and_other_encodings_are_judged(tmp_path: Path, memo: Path, content: bytes) -> None:
    memo.write_bytes(content)
    answer = run(tmp_path, "evaluate", str(memo), "--format", "json")
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert json.loads(answer.stdout)["criteria"]


def test_what_was_left_out_of_a_file_is_said_beside_the_judgement(tmp_path: Path) -> None:
    change = "<w:ins><w:r><w:t>soon</w:t></w:r></w:ins>"
    given = docx(word_document(paragraph(MEMO) + f"<w:p>{change}</w:p>"))
    answer = run(tmp_path, "evaluate", "-", "--format", "json", given=given)
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["criteria"]
    assert answer.stderr.startswith(b"memo-coach: One tracked change was taken as accepted")


def test_one_word_is_judged(tmp_path: Path) -> None:
    answer = run(tmp_path, "evaluate", "-", given=b"Hello")
    assert (answer.returncode, answer.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("missing.md",), ("no file missing.md",)),
        (("mis\x1b[31m\nsing.md",), ("no file 'mis\\x1b[31m\\nsing.md'",)),
        ((".",), ("is a directory",)),
        (("x" * 5000,), ("cannot be read",)),
        (("/dev/zero",), ("larger than 5 MB",)),
        (("memo.md", "--rubric", "none"), ("none", "investment-memo")),
        (("memo.md", "--rubric-file", "broken.yaml"), ("broken.yaml:2",)),
        (("memo.md", "--rubric-file", "missing.yaml"), ("missing.yaml",)),
        (("memo.md", "--coach", "llm"), ("LLM_MODEL", "builtin")),
        (("memo.md", "--output", "no/such/directory.txt"), ("cannot be written",)),
        (("memo.md", "--output", "."), ("cannot be written",)),
    ],
)
def test_a_problem_with_the_input_is_one_line(
    tmp_path: Path, memo: Path, arguments: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    (tmp_path / "broken.yaml").write_text("id: [unclosed\n")
    assert_one_line(run(tmp_path, "evaluate", *arguments), 1, *parts)


@pytest.mark.parametrize(
    "arguments",
    [
        ("evaluate",),
        ("evaluate", "memo.md", "--no-such-option"),
        ("evaluate", "memo.md", "--format", "xml"),
        ("evaluate", "memo.md", "--language", "tlh"),
        ("evaluate", "memo.md", "--rubric", "a", "--rubric-file", "b"),
        ("no-such-command",),
        ("db", "sideways"),
    ],
)
def test_wrong_usage_is_told_with_status_2(tmp_path: Path, memo: Path, arguments: tuple[str, ...]) -> None:
    answer = run(tmp_path, *arguments)
    assert answer.returncode == 2
    assert b"Usage: memo-coach" in answer.stderr
    assert b"Traceback" not in answer.stderr


def test_a_reader_who_goes_away_is_no_error(tmp_path: Path, memo: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    answer = subprocess.run(
        [*PROGRAM, "evaluate", str(memo)],
        stdout=writing, stderr=subprocess.PIPE, env=environment(tmp_path), check=False,
    )  # fmt: skip
    os.close(writing)
    assert (answer.returncode, answer.stderr) == (141, b"")


def _unread(pipe: IO[bytes]) -> int:
    """Count what was written into a pipe and nobody has read yet."""
    (count,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))
    return int(count)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A suite that was started in the background has interruptions ignored, and a child takes that over."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interruption_is_quiet(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "evaluate", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(tmp_path),
    )  # fmt: skip
    given = process.stdin
    assert given is not None
    given.write(b"Please approve")
    given.flush()
    wait_until(lambda: _unread(given) == 0, "it has read what there is, and waits for the rest")
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert complaint.strip() == b""


def in_terminal(directory: Path, memo: Path, **variables: str) -> str:
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "evaluate", str(memo)],
        stdin=follower, stdout=follower, stderr=follower,
        env=environment(directory, COLUMNS="60", TERM="xterm", **variables),
    )  # fmt: skip
    os.close(follower)
    shown = b""
    try:
        while piece := os.read(leader, 65536):
            shown += piece
    except OSError:
        pass  # a terminal without its program ends so
    finally:
        os.close(leader)
    assert process.wait() == 0
    return shown.decode()


def test_a_terminal_gets_colour_and_its_width_unless_no_color_is_set(tmp_path: Path, memo: Path) -> None:
    assert "\x1b[1m" in in_terminal(tmp_path, memo)
    plain = in_terminal(tmp_path, memo, NO_COLOR="1")
    assert "\x1b" not in plain
    assert 40 < max(map(len, plain.splitlines())) <= 60


def test_the_version_is_told(tmp_path: Path) -> None:
    assert run(tmp_path, "version").stdout.decode() == f"memo-coach {__version__}\n"


def test_the_database_is_made_upgraded_and_described(tmp_path: Path) -> None:
    assert_one_line(run(tmp_path, "db", "status"), 1, "migration none", "memo-coach db upgrade")
    assert not (tmp_path / "data" / "memo_coach.db").exists()
    assert b"is now at" in run(tmp_path, "db", "upgrade").stdout
    assert b"already" in run(tmp_path, "db", "upgrade").stdout
    answer = run(tmp_path, "db", "status")
    assert (answer.returncode, b"the newest" in answer.stdout) == (0, True)


def test_a_database_that_is_none_is_a_failed_dependency(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "memo_coach.db").write_text("This is not a database. " * 100)
    assert_one_line(run(tmp_path, "db", "status"), 3, "database")
    assert_one_line(run(tmp_path, "db", "upgrade"), 3, "database")
    answer = run(tmp_path, "doctor")
    assert answer.returncode == 3
    assert b"wrong   database" in answer.stdout


def test_the_doctor_finds_a_file_of_no_bytes_good_as_sqlite_does(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "memo_coach.db").touch()
    assert b"The tables will be made at the first start." in run(tmp_path, "doctor").stdout


def test_the_doctor_finds_a_damaged_page_and_says_what_to_do(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    assert b"ok      database" in run(tmp_path, "doctor").stdout
    with (tmp_path / "data" / "memo_coach.db").open("r+b") as handle:
        handle.seek(4096 * 3)
        handle.write(b"damaged!" * (4096 // 8))
    answer = run(tmp_path, "doctor")
    assert answer.returncode == 3
    assert b"wrong   database: " in answer.stdout
    assert b"is damaged: " in answer.stdout
    assert b".recover" in answer.stdout


@pytest.mark.parametrize("command", [("serve",), ("doctor",), ("db", "upgrade")])
def test_a_wrong_setting_stops_every_command_that_needs_it(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert_one_line(run(tmp_path, *command, PORT="many"), 1, "PORT: 'many'", "Example: PORT=3000")


def test_the_doctor_finds_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = run(tmp_path, "doctor", PORT=str(taken.getsockname()[1]))
    assert answer.returncode == 1
    assert b"wrong   port: Cannot listen" in answer.stdout


def test_the_doctor_names_every_part_and_leaves_nothing_behind(tmp_path: Path) -> None:
    answer = run(tmp_path, "doctor").stdout.decode()
    for part in ("settings", "data directory", "SQLite", "database", "rubrics", "coach", "pages", "port"):
        assert f" {part}: " in answer
    assert list(tmp_path.iterdir()) == []


def modules_of(*arguments: str) -> set[str]:
    code = (
        "import sys\nfrom memo_coach.cli import main\n"
        f"status = main({list(arguments)!r})\nprint(*sys.modules, file=sys.stderr)\nsys.exit(status)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], input=MEMO.encode(), capture_output=True, check=True
    )
    return {name.split(".")[0] for name in answer.stderr.decode().split()}


@pytest.mark.parametrize("asked", ["version", "--help"])
def test_the_version_and_the_help_load_no_coach_and_no_framework(asked: str) -> None:
    loaded = modules_of(asked)
    assert loaded.isdisjoint({"sqlalchemy", "sqlmodel", "pydantic", "reflex", "granian", "yaml", "asyncio"})


def test_judging_a_file_loads_no_database_and_no_framework() -> None:
    loaded = modules_of("evaluate", "-")
    assert loaded.isdisjoint({"sqlalchemy", "sqlmodel", "alembic", "reflex", "granian", "starlette"})


def test_judging_by_the_builtin_coach_and_a_rubric_in_a_file_loads_no_settings_either() -> None:
    asked = ("evaluate", "--coach", "builtin", "--rubric-file", str(FOLDER / "status-update.yaml"), "-")
    assert modules_of(*asked).isdisjoint({"pydantic", "pydantic_settings"})


def test_a_memo_in_another_language_is_one_line_and_status_1_unless_its_language_is_given(
    tmp_path: Path,
) -> None:
    path = tmp_path / "memo.md"
    path.write_text(" ".join(sentences()["de"]), "utf-8")
    answer = run(tmp_path, "evaluate", str(path))
    assert_one_line(answer, 1, "German", "alemán", "--language")
    assert run(tmp_path, "evaluate", str(path), "--language", "en").returncode == 0
