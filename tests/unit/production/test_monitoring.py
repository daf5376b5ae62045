"""What must hold of what watches the stack, read from its Compose file, its dashboards and its role."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from jinja2 import Environment

from memo_coach.operations import metrics
from tests.checks.dashboards import dashboards
from tests.unit.production.compose import REPOSITORY, interpolated, mebibytes, production
from tests.unit.production.test_alert_rules import RULES, program

TEXT = (REPOSITORY / "docker-compose.monitoring.yml").read_text()
STACK: dict[str, Any] = yaml.safe_load(interpolated(TEXT, {}))
SERVICES: dict[str, dict[str, Any]] = STACK["services"]
ROLE = REPOSITORY / "ansible" / "roles" / "monitoring"
PROGRAM = ROLE / "files" / "memo_coach_figures.py"
FOREIGN: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "exporters.yaml").read_text())
every_service = pytest.mark.parametrize("service", SERVICES)


def test_it_is_these_services_in_a_project_of_their_own() -> None:
    # A deploy of the stack removes what it does not know in its own project.
    assert STACK["name"] != production()["name"]
    assert set(SERVICES) == {
        *("prometheus", "alertmanager", "node-exporter", "postgres-exporter", "redis-exporter", "grafana"),
    }


def test_all_of_it_takes_at_most_600_mb() -> None:
    assert sum(mebibytes(each["mem_limit"]) for each in SERVICES.values()) <= 600
    assert all(0 < each["pids_limit"] <= 128 for each in SERVICES.values())
    assert all(each["cpus"] <= 0.5 for each in SERVICES.values())


@every_service
def test_a_service_has_no_capability_no_root_and_writes_to_its_volume_only(service: str) -> None:
    found = SERVICES[service]
    assert found["cap_drop"] == ["ALL"]
    assert "cap_add" not in found
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert not found["user"].startswith("0")
    assert found["read_only"] is True
    assert all(
        {"noexec", "nosuid", "nodev"} <= set(each.partition(":")[2].split(",")) for each in found["tmpfs"]
    )
    assert not {"network_mode", "pid", "ipc", "privileged", "devices"} & found.keys()
    assert "docker.sock" not in str(found)
    from_host = [each for each in found["volumes"] if each.startswith(("/", "."))]
    assert all(re.search(r":ro(,|$)", each) for each in from_host)
    assert found["healthcheck"]["test"][0] == "CMD"
    assert found["logging"]["driver"] == "journald"


@every_service
def test_an_image_is_named_by_its_full_version(service: str) -> None:
    assert re.search(r":v?\d+\.\d+\.\d+(-alpine)?$", SERVICES[service]["image"])


def test_the_dashboards_are_reached_from_the_server_itself_alone_and_nothing_else_is() -> None:
    assert {name: each["ports"] for name, each in SERVICES.items() if "ports" in each} == {
        "grafana": ["127.0.0.1:3001:3000"]
    }
    assert SERVICES["grafana"]["environment"]["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert STACK["networks"]["monitoring"]["internal"] is True


def test_it_joins_networks_that_the_stack_has_and_only_who_must() -> None:
    stack = production()
    foreign = {name: each for name, each in STACK["networks"].items() if each.get("external")}
    assert {each["name"] for each in foreign.values()} == {f"{stack['name']}_{name}" for name in foreign}
    assert set(foreign) <= set(stack["networks"])
    joined = {name: sorted(set(each["networks"]) & set(foreign)) for name, each in SERVICES.items()}
    assert {name: nets for name, nets in joined.items() if nets} == {
        "prometheus": ["figures"],
        "postgres-exporter": ["database"],
        "redis-exporter": ["messages"],
    }
    assert stack["networks"]["figures"]["internal"] is True
    members = {name for name, each in stack["services"].items() if "figures" in each["networks"]}
    assert members >= {"traefik"}
    assert all(name == "traefik" or name.startswith("app") for name in members)


def test_every_secret_is_a_file_that_a_service_uses_and_the_role_writes_for_its_user() -> None:
    assert {name for each in SERVICES.values() for name in each.get("secrets", [])} == set(STACK["secrets"])
    written = yaml.safe_load((ROLE / "vars" / "main.yml").read_text())["monitoring_secrets"]
    owners = {each["name"]: each["owner"] for each in written}
    used = {
        secret: found["user"].partition(":")[0]
        for found in SERVICES.values()
        for secret in found.get("secrets", [])
    }
    assert owners == used
    for found in SERVICES.values():
        for name, value in found.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|TOKEN|PASS_FILE", name):
                assert str(value).startswith("/run/secrets/")


def test_prometheus_asks_where_the_services_listen() -> None:
    jobs = yaml.safe_load((REPOSITORY / "ops/monitoring/prometheus/prometheus.yml").read_text())
    targets = {
        target.partition(":")[0]
        for job in jobs["scrape_configs"]
        for static in job.get("static_configs", [])
        for target in static["targets"]
    }
    assert targets <= {*SERVICES, "traefik", "localhost"}
    (ours,) = (job for job in jobs["scrape_configs"] if job["job_name"] == "memo-coach")
    assert {name for name in production()["services"] if name.startswith("app")} <= set(
        ours["dns_sd_configs"][0]["names"]
    )


def test_the_dashboards_are_what_is_described() -> None:
    for path, content in dashboards().items():
        assert (REPOSITORY / path).read_text() == content
        panels = json.loads(content)["panels"]
        places = {(each["gridPos"]["x"], each["gridPos"]["y"]) for each in panels}
        assert len(places) == len(panels) > 10


def names_in(expression: str) -> set[str]:
    """Return the names of figures in a query: what has a prefix of one who gives them."""
    without_texts = re.sub(r'"[^"]*"', "", expression)
    return set(re.findall(r"\b(?:memo_coach|node|pg|redis|traefik|up)(?:_[a-zA-Z0-9_]+)?\b", without_texts))


def ours() -> set[str]:
    metrics.load()
    found = {"memo_coach_build"}
    for metric in metrics._figures().registry.collect():
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(
            metric.type, ("",)
        )
        found |= {metric.name + suffix for suffix in suffixes}
    return found


QUERIES = {
    **{name: rule["expr"] for name, rule in RULES.items()},
    **{
        f"{path.stem}: {panel['title']} {target['refId']}": target["expr"]
        for path, content in dashboards().items()
        for panel in json.loads(content)["panels"]
        for target in panel["targets"]
    },
}


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_asked_for_is_given_by_somebody(query: str) -> None:
    known = ours() | {name for names in FOREIGN.values() for name in names}
    assert names_in(QUERIES[query]) <= known


def test_the_lists_of_others_figures_hold_nothing_that_is_not_used() -> None:
    used = {name for query in QUERIES.values() for name in names_in(query)}
    assert {name for names in FOREIGN.values() for name in names} <= used


def command(folder: Path, name: str, said: str, status: int = 0) -> None:
    (folder / f"{name}.said").write_text(said)
    program = folder / name
    program.write_text(
        f'#!/bin/sh\n[ "$1" = ps ] && echo one && exit 0\ncat {folder}/{name}.said\nexit {status}\n'
    )
    program.chmod(0o755)


def written(folder: Path) -> tuple[int, set[str]]:
    target = folder / "memo_coach.prom"
    ended = subprocess.run(
        [sys.executable, PROGRAM, target],
        check=False, capture_output=True, env={"PATH": f"{folder}:/usr/bin:/bin"},
    )  # fmt: skip
    return ended.returncode, set(target.read_text().splitlines())


CONTAINER = {
    "Id": "abc",
    "Name": "/memo-coach-app-1",
    "RestartCount": 3,
    "State": {"Running": True, "Health": {"Status": "unhealthy"}},
    "HostConfig": {"Memory": 512, "RestartPolicy": {"Name": "unless-stopped"}},
}
JOB = {
    **CONTAINER,
    "Name": "/memo-coach-backup-1",
    "HostConfig": {"Memory": 1, "RestartPolicy": {"Name": "no"}},
}


def test_the_server_s_own_figures_are_written(tmp_path: Path) -> None:
    command(tmp_path, "systemctl", "docker.service loaded failed failed Docker\n")
    command(tmp_path, "journalctl", "Invalid user admin from 192.0.2.1\nAccepted publickey for ops\n")
    command(tmp_path, "docker", json.dumps([CONTAINER, JOB]))
    status, lines = written(tmp_path)
    assert status == 0
    assert lines >= {
        'memo_coach_host_unit_failed{unit="docker.service"} 1',
        "memo_coach_host_refused_logins 1",
        'memo_coach_container_running{container="memo-coach-app-1"} 1',
        'memo_coach_container_healthy{container="memo-coach-app-1"} 0',
        'memo_coach_container_restarts_total{container="memo-coach-app-1"} 3',
        'memo_coach_container_memory_limit_bytes{container="memo-coach-app-1"} 512',
    }
    assert not any("backup" in each for each in lines)


def test_what_cannot_be_looked_at_keeps_nothing_else_from_being_written(tmp_path: Path) -> None:
    command(tmp_path, "systemctl", "")
    command(tmp_path, "journalctl", "")
    command(tmp_path, "docker", "no JSON", status=1)
    status, lines = written(tmp_path)
    assert status == 1
    assert "memo_coach_host_refused_logins 0" in lines
    assert not any("container" in each for each in lines)


FULL = {
    "vault_alert_webhook_url": "https://chat.example.org/hook",
    "vault_monitoring_heartbeat_url": "https://alive.example.org/ping",
    "alert_mail_to": "ops@example.org",
    "mail_from": "",
    "site_host": "memos.example.org",
    "monitoring_mail": {
        "hostname": "mail.example.org", "port": 587, "username": "a%40b", "password": "p%22%3A",
        "scheme": "starttls",
    },
}  # fmt: skip
NOBODY = {"alert_mail_to": "", "mail_from": "", "site_host": "memos.example.org", "monitoring_mail": {}}


def alertmanager(variables: dict[str, Any]) -> str:
    """Return Alertmanager's configuration, filled in as Ansible does."""
    environment = Environment(autoescape=False, trim_blocks=True)
    environment.filters["to_json"] = json.dumps
    environment.filters["urldecode"] = unquote
    template = (ROLE / "templates" / "alertmanager.yml.j2").read_text()
    return environment.from_string(template).render(variables)


@pytest.mark.parametrize("variables", [FULL, NOBODY], ids=["told by all ways", "told by none"])
def test_alertmanager_takes_what_the_role_writes(tmp_path: Path, variables: dict[str, Any]) -> None:
    amtool = program("amtool", "prometheus-alertmanager")
    text = alertmanager(variables)
    file = tmp_path / "alertmanager.yml"
    file.write_text(text)
    said = subprocess.run([amtool, "check-config", file], check=False, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr
    people, heartbeat = yaml.safe_load(text)["receivers"]
    if variables is FULL:
        assert people["email_configs"][0]["auth_password"] == 'p":'
        assert people["slack_configs"][0]["api_url"] == FULL["vault_alert_webhook_url"]
        assert heartbeat["webhook_configs"][0]["url"] == FULL["vault_monitoring_heartbeat_url"]
    else:
        assert (set(people), set(heartbeat)) == ({"name"}, {"name"})
