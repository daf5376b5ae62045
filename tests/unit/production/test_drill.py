"""The drill compares what it recovered with what was known, starts the application, and leaves nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FILES = Path(__file__).parents[3] / "ansible" / "roles" / "archive" / "files"
SITE = "memo.example.org"
FIGURES = {
    "memos": {"rows": 3, "sha256": "aa"},
    "leases": {"rows": 1, "sha256": "bb"},
    "users": {"rows": 2, "sha256": "cc"},
}
ANSWERS = """#!{python}
import json, pathlib, sys
folder = pathlib.Path({folder!r})
answers = json.loads((folder / "answers.json").read_text())
file, asked = sys.argv[3].rpartition("/")[2], sys.argv[6:]
line = " ".join([{{"docker-compose.drill.yml": "drill:"}}.get(file, "stack:"), *asked])
with (folder / "asked").open("a") as noted:
    noted.write(line + "\\n")
for words, given in answers.items():
    if all(word in line for word in words.split()):
        answer = given.pop(0) if len(given) > 1 else given[0]
        (folder / "answers.json").write_text(json.dumps(answers))
        if answer == "fail":
            sys.exit("It does not come up.")
        print(answer)
        break
"""


class Drilled:
    """A server whose Compose gives prepared answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: dict[str, list[str]] = {
            "stack: ps --services": ["postgres\napp\ntraefik"],
            "stack: app db fingerprint": [json.dumps(FIGURES)],
            "stack: clock_timestamp": ["1790000000.25"],
            "stack: .ready": ["0"],
            "drill: app db fingerprint": [json.dumps(FIGURES)],
            "drill: backup restore": ["The backup was restored."],
        }
        docker = folder / "docker"
        docker.write_text(ANSWERS.format(python=sys.executable, folder=str(folder)))
        docker.chmod(0o755)

    def run(self) -> subprocess.CompletedProcess[str]:
        (self.folder / "answers.json").write_text(json.dumps(self.answers))
        environment = {
            "PATH": f"{self.folder}:{os.environ['PATH']}", "PYTHONPATH": str(FILES),
            "MEMO_COACH_INSTALLATION": str(self.folder), "MEMO_COACH_STATUS": str(self.folder),
            "MEMO_COACH_LOCK": str(self.folder / "lock"), "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, "-m", "memo_coach_archive", "drill", "--site", SITE],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "drill.json").read_text())
        return found

    def asked(self) -> list[str]:
        return (self.folder / "asked").read_text().splitlines()


@pytest.fixture
def drilled(tmp_path: Path) -> Drilled:
    return Drilled(tmp_path)


def test_a_drill_recovers_to_a_moment_compares_and_starts_the_application_twice(drilled: Drilled) -> None:
    ended = drilled.run()

    assert ended.returncode == 0, ended.stderr
    status = drilled.status()
    assert (status["kind"], status["result"], status["compared"], status["rows"]) == ("drill", "ok", 3, 6)
    assert {"recovered_seconds", "ready_seconds", "restored_seconds", "moment"} <= status.keys()
    asked = drilled.asked()
    (recovery,) = [line for line in asked if line.startswith("drill: run") and " recover " in line]
    assert "--type=time --target=2026-09-21 14:13:20.250000+00 --target-action=promote" in recovery
    assert " off keep-sessions " in recovery
    assert sum(line.startswith("drill: up") and line.endswith(" app") for line in asked) == 2
    assert any(f"backup restore --replace {SITE}" in line for line in asked)
    assert asked[-1].startswith("drill: down --volumes")


def test_tables_that_differ_after_a_recovery_fail_the_drill_by_name(drilled: Drilled) -> None:
    other = {**FIGURES, "memos": {"rows": 2, "sha256": "dd"}}
    drilled.answers["drill: app db fingerprint"] = [json.dumps(other)]

    assert drilled.run().returncode == 3
    assert drilled.status()["result"] == "failed"
    assert "these tables differ: memos" in drilled.status()["error"]
    assert drilled.asked()[-1].startswith("drill: down --volumes")


def test_a_table_that_was_written_meanwhile_is_not_compared_but_named(drilled: Drilled) -> None:
    later = {**FIGURES, "leases": {"rows": 1, "sha256": "ee"}}
    drilled.answers["stack: app db fingerprint"] = [json.dumps(FIGURES), json.dumps(later)]

    assert drilled.run().returncode == 0
    assert (drilled.status()["compared"], drilled.status()["moving"]) == (2, ["leases"])


def test_a_drill_in_which_hardly_anything_stood_still_proves_nothing_and_fails(drilled: Drilled) -> None:
    later = {name: {"rows": 1, "sha256": "ff"} for name in FIGURES}
    drilled.answers["stack: app db fingerprint"] = [json.dumps(FIGURES), json.dumps(later)]

    assert drilled.run().returncode == 3
    assert "stood still" in drilled.status()["error"]


def test_an_application_that_does_not_start_on_what_was_recovered_fails_the_drill(drilled: Drilled) -> None:
    drilled.answers = {"drill: up app": ["fail"], **drilled.answers}

    assert drilled.run().returncode == 3
    assert "It does not come up." in drilled.status()["error"]
    assert drilled.asked()[-1].startswith("drill: down --volumes")
