"""What must hold of the workflow: each job is a make target, actions are commits, permissions are few."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.checks.documented_names import targets
from tests.checks.repository import ROOT, files

WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]


def test_each_job_is_one_make_target_that_there_is() -> None:
    for name, job in JOBS.items():
        commands = [step["run"] for step in job["steps"] if "run" in step]
        assert len(commands) == 1, name
        named = re.match(r'make "?([a-z0-9$-]+[A-Z]*)"?', commands[0])
        assert named is not None, commands
        kinds = job.get("strategy", {}).get("matrix", {}).get("kind", [""])
        assert {named[1].replace("$KIND", kind) for kind in kinds} <= targets()


def test_unit_and_integration_run_on_both_pythons_and_both_databases() -> None:
    assert JOBS["tests"]["strategy"]["matrix"] == {
        "kind": ["unit", "integration"],
        "python": ["3.11", "3.13"],
        "database": ["sqlite", "postgres"],
    }


def test_an_action_is_a_commit_and_its_release_stands_behind_it() -> None:
    used = re.findall(r"uses: (\S+)(.*)", (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment)


def test_a_job_may_read_the_repository_and_nothing_else_and_has_an_end() -> None:
    assert WORKFLOW["permissions"] == {}
    for job in JOBS.values():
        assert job["permissions"] == {"contents": "read"}
        assert job["timeout-minutes"] <= 30
        assert job["steps"][0]["with"]["persist-credentials"] is False


def test_every_test_file_belongs_to_a_target_that_a_job_runs() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    run = set(re.findall(r"^\t@(?:TRACES=1 )?\$\(PYTEST\)((?: tests/\w+)+)$", makefile, re.MULTILINE))
    folders = {folder for line in run for folder in line.split()}
    tests = [path for path in files() if re.fullmatch(r"tests/(?:.*/)?test_\w+\.py", path)]
    assert {"/".join(path.split("/")[:2]) for path in tests} == folders
