"""What must hold of the workflow: each job is a make target, actions are commits, permissions are few."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.checks.documented_names import targets
from tests.checks.repository import ROOT, files

FOLDER = ROOT / ".github" / "workflows"
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
    text = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.yml"))
    used = [each for each in re.findall(r"uses: (\S+)(.*)", text) if not each[0].startswith("./")]
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


def workflow(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))
    return found


def test_a_release_is_scanned_and_signed_before_staging_and_seen_there_before_production() -> None:
    jobs = workflow("release")["jobs"]
    assert jobs["scan"]["needs"] == "image"
    assert "scan" in jobs["sign"]["needs"]
    assert "sign" in jobs["staging"]["needs"]
    assert "staging" in jobs["production"]["needs"]
    assert jobs["production"]["with"]["environment"] == "production"


def test_a_scanner_runs_in_no_job_that_may_write_or_sign_and_sees_no_secret() -> None:
    for name in ("ci", "release", "deploy", "nightly"):
        for job in workflow(name)["jobs"].values():
            actions = " ".join(step.get("uses", "") for step in job.get("steps", ()))
            if "anchore/" in actions:
                assert set(job["permissions"].values()) == {"read"}
                assert "secrets." not in str(job)


def test_what_is_deployed_is_named_by_its_digest_and_goes_back_where_it_does_not_answer() -> None:
    steps = workflow("deploy")["jobs"]["deploy"]["steps"]
    run = {step["name"]: step for step in steps if "name" in step}
    assert "memo_coach_digest=${APP#*@}" in run["deploy"]["run"]
    assert "memo_coach_signer=$SIGNER" in run["deploy"]["run"]
    assert run["go back"]["if"] == "failure() && steps.deploy.outcome == 'success'"
    assert "rollback.yml" in run["go back"]["run"]


def test_no_workflow_has_a_permission_that_no_job_asked_for() -> None:
    for path in FOLDER.glob("*.yml"):
        assert workflow(path.stem)["permissions"] == {}, path.name


def test_updates_wait_until_others_have_found_what_is_wrong_with_them() -> None:
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))["updates"]
    assert all(each["cooldown"]["default-days"] >= 7 for each in updates)
    assert {each["package-ecosystem"] for each in updates} >= {"github-actions", "docker", "docker-compose"}


def test_every_test_file_belongs_to_a_target_that_a_job_runs() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    run = set(re.findall(r"^\t@(?:TRACES=1 )?\$\(PYTEST\)((?: tests/\w+)+)$", makefile, re.MULTILINE))
    folders = {folder for line in run for folder in line.split()}
    tests = [path for path in files() if re.fullmatch(r"tests/(?:.*/)?test_\w+\.py", path)]
    assert {"/".join(path.split("/")[:2]) for path in tests} == folders
