"""Every alert fires where it should, stays silent close beside, and leads to a runbook; its figures exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.installing import install, one_install_at_a_time

ROOT = Path(__file__).resolve().parents[3]
PROMETHEUS = ROOT / "ops" / "monitoring" / "prometheus"
RULE_FILES = sorted((PROMETHEUS / "rules").glob("*.yml"))
_ALL = [
    (file, rule)
    for file in RULE_FILES
    for group in yaml.safe_load(file.read_text())["groups"]
    for rule in group["rules"]
]
RULES: dict[str, dict[str, Any]] = {rule["alert"]: rule for _, rule in _ALL}
FILE_OF = {rule["alert"]: file for file, rule in _ALL}
CASES: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "alert_cases.yaml").read_text())
ALWAYS = {"Watchdog"}
"""What fires whenever Prometheus works."""


def program(name: str, package: str) -> str:
    """Return where a program is, installed from its Debian package where it was not there."""
    with one_install_at_a_time():
        if shutil.which(name) is None:
            install(package)
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine, and only Debian's root installs it")
    return found


@pytest.fixture(scope="module")
def promtool() -> str:
    return program("promtool", "prometheus")


def outcome(promtool: str, folder: Path, *, fires: bool) -> subprocess.CompletedProcess[str]:
    """See by the program itself that all alerts of the cases fire, or that none does."""
    documents: dict[tuple[Path, int], list[dict[str, Any]]] = {}
    for name, cases in CASES.items():
        case = cases.get("fires" if fires else "silent")
        if case is not None:
            # With the rules of its own file alone, and seldom where it lasts days: else it takes minutes.
            place = (FILE_OF[name], case.get("every", 1))
            documents.setdefault(place, []).append(promtool_case(name, case, fires=fires))
    files = []
    for number, ((rules, every), tests) in enumerate(documents.items()):
        files.append(folder / f"{number}.yml")
        document = {"rule_files": [str(rules)], "evaluation_interval": f"{every}m", "tests": tests}
        files[-1].write_text(yaml.safe_dump(document))
    return subprocess.run([promtool, "test", "rules", *files], check=False, capture_output=True, text=True)


def promtool_case(name: str, case: dict[str, Any], *, fires: bool) -> dict[str, Any]:
    expression = f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) > bool 0'
    expected = [{"labels": "{}", "value": 1}] if fires else []
    return {
        "name": name,
        "interval": f"{case.get('every', 1)}m",
        "input_series": [{"series": each, "values": str(values)} for each, values in case["series"].items()],
        "promql_expr_test": [{"expr": expression, "eval_time": f"{case['at']}m", "exp_samples": expected}],
    }


def test_every_alert_fires_where_it_should(promtool: str, tmp_path: Path) -> None:
    said = outcome(promtool, tmp_path, fires=True)
    assert said.returncode == 0, said.stdout + said.stderr


def test_no_alert_fires_where_all_is_nearly_well(promtool: str, tmp_path: Path) -> None:
    said = outcome(promtool, tmp_path, fires=False)
    assert said.returncode == 0, said.stdout + said.stderr


def test_an_alert_that_nobody_wrote_a_case_for_is_noticed() -> None:
    assert set(CASES) == set(RULES)
    for name, cases in CASES.items():
        assert set(cases) == ({"fires"} if name in ALWAYS else {"fires", "silent"}), name


def test_prometheus_takes_its_rules_and_its_configuration(promtool: str, tmp_path: Path) -> None:
    configuration = tmp_path / "prometheus.yml"
    text = (PROMETHEUS / "prometheus.yml").read_text()
    configuration.write_text(text.replace("/etc/prometheus/rules", str(PROMETHEUS / "rules")))
    said = subprocess.run(
        [promtool, "check", "config", configuration], check=False, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.count("rules found") == len(RULE_FILES)


@pytest.mark.parametrize("name", RULES)
def test_an_alert_says_how_grave_it_is_what_is_wrong_and_what_to_do(name: str) -> None:
    rule = RULES[name]
    assert rule["labels"]["severity"] in {"critical", "warning", "none"}
    assert rule["annotations"]["summary"].endswith(".")
    runbook = ROOT / rule["annotations"]["runbook"]
    assert runbook.parent == ROOT / "docs" / "operate" / "runbooks"
    assert re.search(rf"^\| `{name}` \|", runbook.read_text(), re.MULTILINE), "the runbook does not name it"


def test_every_runbook_belongs_to_an_alert_or_to_a_task() -> None:
    named = {Path(rule["annotations"]["runbook"]).name for rule in RULES.values()}
    there = {each.name for each in (ROOT / "docs" / "operate" / "runbooks").glob("*.md")}
    assert there - named == {"rotation.md"}
