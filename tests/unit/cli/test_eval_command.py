"""``memo-coach eval``: a coach measured on annotated documents, with what fails told and counted."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memo_coach.cli.measure_report import as_text
from memo_coach.cli.measuring import Measured
from memo_coach.coaching.control_characters import without_controls
from memo_coach.coaching.measure.annotated import AnnotatedDocument
from memo_coach.coaching.measure.comparing import Feedback, compare
from memo_coach.coaching.measure.figures import Measure, summed_up
from tests.annotated import TEXT, annotations, element, write_document
from tests.command_line import PROGRAM
from tests.model_server import ModelServer, running_model_server
from tests.unit.cli.test_command_line import assert_one_line, environment, run
from tests.unit.coaching.foreign_memos import sentences

NOTHING_FOUND = {name: element() for name in annotations()["elements"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two documents without a fault, of two kinds and languages."""
    path = tmp_path / "annotated"
    write_document(path, "decision/01")
    write_document(path, "other/02", genre="memo", language="es", set="held")
    return path


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with running_model_server() as server:
        yield server


def asking(model: ModelServer, case: str, **more: str) -> dict[str, str]:
    return {"LLM_MODEL": f"openai/{case}", "LLM_API_BASE": model.url, "LLM_API_KEY": "test-key", **more}


def as_json(directory: Path, *arguments: str, **variables: str) -> tuple[int, dict[str, Any], str]:
    answer = run(directory, "eval", "annotated", "--format", "json", *arguments, **variables)
    return answer.returncode, json.loads(answer.stdout), answer.stderr.decode()


def test_the_builtin_coach_is_measured_by_kind_and_by_language(tmp_path: Path, folder: Path) -> None:
    answer = run(tmp_path, "eval", str(folder))
    lines = answer.stdout.decode().splitlines()
    assert answer.returncode == 0
    assert lines[0] == "Built-in coach: 2 documents, 1 run"
    for name in ("all", "decision", "memo", "language en", "language es", "risks"):
        assert any(line.startswith(f"{name}  ") for line in lines), name
    assert answer.stderr.decode().splitlines()[-1] == "2 of 2: other/02"
    assert not (tmp_path / "data").exists()


def test_its_figures_are_those_of_what_it_says(tmp_path: Path, folder: Path) -> None:
    status, document, _ = as_json(tmp_path, "--set", "dev")
    judged = json.loads(
        run(tmp_path, "evaluate", str(folder / "decision" / "01.md"), "--rubric", "decision-memo",
            "--format", "json").stdout
    )  # fmt: skip
    (coach,) = document["coaches"]
    assert (status, document["documents"], coach["kind"], coach["model"]) == (0, 1, "builtin", None)
    apart = round(abs(3.5 - judged["overall"]["score"]), 2)
    assert coach["figures"]["overall_difference"] == {"lowest": apart, "median": apart, "highest": apart}
    (one,) = coach["runs"]
    assert one["whole"] == one["by_kind"]["decision"] == one["by_language"]["en"]
    of_criteria = {each["id"]: each["score"] for each in judged["criteria"]}
    for criterion, agreed in one["whole"]["criteria"].items():
        assert agreed["mean_difference"] == pytest.approx(abs(3.0 - of_criteria[criterion]), abs=0.01)


def test_the_builtin_coach_says_the_same_in_each_run(tmp_path: Path, folder: Path) -> None:
    _, document, _ = as_json(tmp_path, "--runs", "2")
    first, second = document["coaches"][0]["runs"]
    assert first == second


def test_a_document_with_faults_is_told_left_out_and_counted(tmp_path: Path, folder: Path) -> None:
    write_document(folder, "other/03", overall=7, not_prose=["nowhere"])
    write_document(folder, "other/04")
    (folder / "other" / "04.md").unlink()
    status, document, complaint = as_json(tmp_path)
    assert (status, document["documents"]) == (1, 2)
    assert [each["document"] for each in document["left_out"]] == ["other/03", "other/04"]
    assert "other/03: overall: a score is from 1.0 to 5.0 in halves, not 7\n" in complaint
    assert "other/03: not_prose: not in the text: 'nowhere'\n" in complaint
    assert "other/04: There is no file 04.md.\n" in complaint
    assert complaint.splitlines()[-1].startswith("memo-coach: 2 of 4 documents could not be used")
    assert document["coaches"][0]["figures"]["documents"] == [2]


def test_a_document_that_the_coach_refuses_is_told_and_counted(tmp_path: Path, folder: Path) -> None:
    write_document(folder, "empty", "…\n", elements=NOTHING_FOUND, not_prose=[])
    status, document, complaint = as_json(tmp_path)
    (failed,) = document["coaches"][0]["failed"]
    assert (status, failed["document"], failed["run"]) == (1, "empty", 1)
    assert "empty, run 1: There is no memo yet." in complaint
    assert document["coaches"][0]["figures"]["documents"] == [2]


def test_the_builtin_coach_measures_no_document_in_a_language_that_it_does_not_read(
    tmp_path: Path, folder: Path
) -> None:
    write_document(folder, "german", " ".join(sentences()["de"]), elements=NOTHING_FOUND, not_prose=[])
    status, document, complaint = as_json(tmp_path)
    (failed,) = document["coaches"][0]["failed"]
    assert (status, failed["document"], failed["run"]) == (1, "german", 1)
    assert "German" in failed["reason"]
    assert f"german, run 1: {failed['reason']}" in complaint
    assert document["coaches"][0]["figures"]["documents"] == [2]


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("nowhere",), ("no folder nowhere",)),
        (("no\x1b[31m\nwhere",), ("no folder 'no\\x1b[31m\\nwhere'",)),
        (("x" * 5000,), ("cannot be read",)),
        (("bare",), ("no annotated document in bare",)),
        (("annotated", "--set", "new"), ("the set new", "dev, held")),
        (("annotated", "--coach", "oracle"), ("“oracle”", "builtin, llm")),
        (("annotated", "--coach", "llm", "--yes"), ("LLM_MODEL",)),
    ],
)
def test_a_problem_is_one_line(
    tmp_path: Path, folder: Path, arguments: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    (tmp_path / "bare").mkdir()
    assert_one_line(run(tmp_path, "eval", *arguments), 1, *parts)


def test_a_folder_with_too_many_documents_is_refused(tmp_path: Path) -> None:
    for number in range(1_001):
        (tmp_path / f"{number}.json").touch()
    assert_one_line(run(tmp_path, "eval", "."), 1, "more than 1,000")


@pytest.mark.parametrize("arguments", [(), ("annotated", "--runs", "0"), ("annotated", "--runs", "21")])
def test_wrong_usage_is_told(tmp_path: Path, folder: Path, arguments: tuple[str, ...]) -> None:
    answer = run(tmp_path, "eval", *arguments)
    assert (answer.returncode, answer.stdout) == (2, b"")
    assert b"Usage: memo-coach eval" in answer.stderr


def test_what_is_no_document_is_not_read(tmp_path: Path, folder: Path) -> None:
    (folder / "large.md").write_text(TEXT)
    (folder / "large.json").write_bytes(b" " * (1024 * 1024 + 1))
    write_document(folder, "pipe")
    (folder / "pipe.md").unlink()
    os.mkfifo(folder / "pipe.md")
    (folder / "device.json").symlink_to("/dev/zero")
    status, document, complaint = as_json(tmp_path)
    assert (status, document["documents"]) == (1, 2)
    for fault in (
        "large: large.json is larger than 1 MiB.",
        "pipe: There is no file pipe.md.",
        "device: There is no file device.json.",
    ):
        assert f"{fault}\n" in complaint


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_control_character_reaches_the_terminal(tmp_path: Path, folder: Path, form: str) -> None:
    evil = "\x1b[31m\x9b\u202e"
    text = f"{TEXT}\n{evil} says Ann."
    write_document(folder, f"a{evil}/b{evil}", text)
    write_document(folder, f"a{evil}/c", text, not_prose=[f"{evil} says nobody."], genre=evil)
    write_document(folder, f"a{evil}/d", text, set=f"{evil}\nx")
    (folder / f"a{evil}" / "e.json").write_text(f'{{"{evil}": }}')
    answer = run(tmp_path, "eval", str(folder), "--format", form)
    assert answer.returncode == 1
    for shown in (answer.stdout.decode(), answer.stderr.decode()):
        assert shown == without_controls(shown)


# With a model


def test_a_model_is_measured_beside_the_builtin_coach_in_several_runs_and_its_cost_is_told_first(
    tmp_path: Path, folder: Path, model: ModelServer
) -> None:
    both = ("--coach", "builtin", "--coach", "llm")
    status, document, complaint = as_json(tmp_path, *both, "--runs", "2", "--yes", **asking(model, "fine"))
    builtin, asked = document["coaches"]
    told = complaint.splitlines()
    assert status == 0, complaint
    assert told[4].startswith("4 answers of openai/fine: about ")
    assert "USD" in told[4]
    each = ["1 of 4: decision/01", "2 of 4: other/02", "3 of 4: decision/01", "4 of 4: other/02"]
    assert told[:4] == told[5:] == each
    assert (builtin["kind"], builtin["model"], builtin["usage"]["prompt_tokens"]) == ("builtin", None, 0)
    assert (asked["kind"], asked["model"], asked["failed"]) == ("llm", "openai/fine", [])
    assert [run["whole"]["documents"] for run in asked["runs"]] == [2, 2]
    spread = asked["figures"]["overall_difference"]
    assert spread["lowest"] <= spread["median"] <= spread["highest"]
    assert asked["usage"]["prompt_tokens"] > 0
    assert len(model.requests) >= 4


def test_without_a_terminal_a_model_is_asked_only_with_consent(
    tmp_path: Path, folder: Path, model: ModelServer
) -> None:
    variables = asking(model, "fine", LLM_DAILY_BUDGET_USD="0")
    answer = run(tmp_path, "eval", str(folder), "--coach", "llm", **variables)
    assert answer.returncode == 2
    assert b"The budget of a day is 0.00 USD (LLM_DAILY_BUDGET_USD)" in answer.stderr
    assert b"Say --yes" in answer.stderr
    assert not model.requests


def test_on_a_terminal_whoever_declines_the_cost_has_asked_nothing(
    tmp_path: Path, folder: Path, model: ModelServer
) -> None:
    leader, follower = pty.openpty()
    os.write(leader, b"n\n")
    answer = subprocess.run(
        [*PROGRAM, "eval", str(folder), "--coach", "llm"],
        stdin=follower, capture_output=True, check=False, env=environment(tmp_path, **asking(model, "fine")),
    )  # fmt: skip
    os.close(follower)
    os.close(leader)
    assert (answer.returncode, answer.stdout) == (1, b"")
    assert b"2 answers of openai/fine" in answer.stderr
    assert b"Nothing was asked." in answer.stderr
    assert not model.requests


@pytest.mark.parametrize("another", ["", "openai/fine"])
def test_where_the_model_fails_no_other_coach_is_measured_in_its_place(
    tmp_path: Path, folder: Path, model: ModelServer, another: str
) -> None:
    variables = asking(model, "refused-key", LLM_FALLBACK_MODELS=another)
    status, document, complaint = as_json(tmp_path, "--coach", "llm", "--yes", **variables)
    (coach,) = document["coaches"]
    assert status == 3
    assert [each["document"] for each in coach["failed"]] == ["decision/01", "other/02"]
    assert coach["figures"]["documents"] == [0]
    assert coach["figures"]["false"] is None
    assert complaint.splitlines()[-1].startswith("memo-coach: The model gave no usable answer 2 times")


def test_the_spread_of_several_runs_stands_behind_the_median() -> None:
    def run_of(apart: float) -> Measure:
        document = AnnotatedDocument(
            "01", TEXT, "decision", "decision-memo", "en", "dev", {}, {}, 3.0, (), ()
        )
        return summed_up([compare(document, Feedback((), {}, 3.0 + apart), {})])

    report = as_text([Measured("llm", "openai/some", [run_of(0.5), run_of(0.25), run_of(1.0)])])
    line = next(line for line in report.splitlines() if line.endswith(")") and line.startswith("all "))
    assert line.split("  ")[-1] == "0.50 (0.25 to 1.00)"
    assert report.startswith("Coach that asks openai/some: 1 document, 3 runs, 0 tokens, 0.0000 USD\n")
