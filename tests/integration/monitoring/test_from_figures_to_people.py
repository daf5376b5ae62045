"""Real exporters, a real Prometheus and a real Alertmanager: what is wrong comes to whoever is told."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ports import free_port
from tests.postgres_server import PostgresServer
from tests.redis_server import RedisServer, running_redis
from tests.unit.production.test_alert_rules import PROMETHEUS, program
from tests.waiting import wait_until

ROLE = Path(__file__).parents[3] / "ansible" / "roles" / "monitoring"
SECRETS = Path(__file__).parents[3] / "ansible" / "roles" / "secrets" / "vars" / "main.yml"
PASSWORD = "of-figures-alone"

Start = Callable[..., int]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return what starts a program of a Debian package at a port of its own; the port comes back."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(package: str, *arguments: str, port: int | None = None, **environment: str) -> int:
        port = port or free_port()
        with (tmp_path / f"{package}.log").open("ab") as log:
            running.append(
                subprocess.Popen(
                    [program(package, package), *(each.replace("PORT", str(port)) for each in arguments)],
                    stdout=log, stderr=log, env={"PATH": os.environ["PATH"], **environment}, cwd=tmp_path,
                )
            )  # fmt: skip
        return port

    yield begin
    for process in reversed(running):
        process.kill()
        process.wait()


def read(port: int, path: str = "/metrics") -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def figures(text: str) -> dict[str, float]:
    lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


def test_redis_is_seen_by_a_user_who_may_ask_for_figures_and_nothing_else(
    start: Start, redis: RedisServer, tmp_path: Path
) -> None:
    anybody, figures_user, _ = yaml.safe_load(SECRETS.read_text())["secrets_redis_users"].splitlines()
    digest = hashlib.sha256(PASSWORD.encode()).hexdigest()
    rights = figures_user.partition("}} ")[2].split()
    with redis.client() as client:
        client.execute_command("ACL", "SETUSER", "figures", "reset", "on", f"#{digest}", *rights)
        client.execute_command("ACL", "SETUSER", *anybody.split()[1:])
    passwords = tmp_path / "passwords.json"
    address = f"redis://127.0.0.1:{redis.port}"
    passwords.write_text(json.dumps({address: PASSWORD, address.replace("//", "//figures@"): PASSWORD}))
    port = start(
        "prometheus-redis-exporter", "--web.listen-address=127.0.0.1:PORT",
        REDIS_ADDR=address, REDIS_USER="figures", REDIS_PASSWORD_FILE=str(passwords),
        REDIS_EXPORTER_CONFIG_COMMAND="-",
    )  # fmt: skip
    found = wait_until(lambda: figures(read(port)), "the exporter answers")
    assert found["redis_up"] == 1
    assert {"redis_memory_used_bytes", "redis_memory_max_bytes"} <= set(found)


def test_postgres_is_seen_by_a_role_that_reads_no_row(start: Start, postgres: PostgresServer) -> None:
    name = postgres.create_database()
    postgres.administer("CREATE TABLE secrets (value text)", database=name)
    sql = (ROLE / "templates" / "role.sql.j2").read_text()
    for statement in sql[sql.index("ALTER ROLE") :].replace("memo_coach_figures", "its_figures").split(";"):
        if statement.strip() and "GRANT CONNECT" not in statement:
            if "ALTER ROLE" in statement:
                postgres.administer("CREATE ROLE its_figures LOGIN")
                statement = statement.replace("{{ monitoring_database_password }}", PASSWORD)  # noqa: PLW2901
            postgres.administer(statement)
    try:
        port = start(
            "prometheus-postgres-exporter", "--web.listen-address=127.0.0.1:PORT",
            DATA_SOURCE_URI=f"127.0.0.1:{postgres.port}/{name}?sslmode=disable",
            DATA_SOURCE_USER="its_figures", DATA_SOURCE_PASS=PASSWORD,
        )  # fmt: skip
        found = wait_until(lambda: figures(read(port)), "the exporter answers")
        names = {each.partition("{")[0] for each in found}
        assert found["pg_up"] == 1
        assert names >= {
            "pg_settings_max_connections", "pg_stat_archiver_failed_count",
            "pg_stat_archiver_last_archive_age", "pg_stat_database_numbackends",
            "pg_stat_database_deadlocks", "pg_database_size_bytes",
        }  # fmt: skip
        refused = "SELECT has_table_privilege('its_figures', 'secrets', 'SELECT')"
        assert postgres.administer(refused, database=name) == [(False,)]
    finally:
        postgres.drop_database(name)
        postgres.administer("DROP ROLE its_figures")


class Told:
    """Whoever is told: what came, by its path."""

    def __init__(self) -> None:
        self.came: list[tuple[str, dict[str, Any]]] = []
        told = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                told.came.append((self.path, body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def at(self, path: str) -> list[dict[str, Any]]:
        return [body for where, body in self.came if where == path]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def told() -> Iterator[Told]:
    found = Told()
    yield found
    found.close()


def alertmanager_configuration(told: Told) -> str:
    from tests.unit.production.test_monitoring import alertmanager  # noqa: PLC0415 - it loads the figures

    text = alertmanager(
        {
            "vault_alert_webhook_url": f"{told.url}/people",
            "vault_monitoring_heartbeat_url": f"{told.url}/alive",
            "alert_mail_to": "", "mail_from": "", "site_host": "memos.example.org", "monitoring_mail": {},
        }
    )  # fmt: skip
    return text.replace("group_wait: 30s", "group_wait: 1s")


def test_a_unit_that_has_failed_is_told_to_people_and_the_heartbeat_is_sent(
    start: Start, told: Told, tmp_path: Path
) -> None:
    figures_of_server = tmp_path / "figures"
    figures_of_server.mkdir()
    (figures_of_server / "memo_coach.prom").write_text(
        'memo_coach_host_unit_failed{unit="docker.service"} 1\n'
    )
    node = start(
        "prometheus-node-exporter", "--web.listen-address=127.0.0.1:PORT", "--collector.disable-defaults",
        "--collector.textfile", f"--collector.textfile.directory={figures_of_server}",
    )  # fmt: skip
    configuration = tmp_path / "alertmanager.yml"
    configuration.write_text(alertmanager_configuration(told))
    alertmanager = start(
        "prometheus-alertmanager", f"--config.file={configuration}", "--storage.path=alerts",
        "--web.listen-address=127.0.0.1:PORT", "--cluster.listen-address=",
    )  # fmt: skip
    rules = tmp_path / "rules"
    rules.mkdir()
    for file in (PROMETHEUS / "rules").glob("*.yml"):
        # As they are, but at once: what lasts minutes is tried by promtool.
        lines = file.read_text().splitlines(keepends=True)
        (rules / file.name).write_text("".join(each for each in lines if not each.startswith("        for:")))
    settings = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    settings["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    settings["rule_files"] = [f"{rules}/*.yml"]
    settings["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]
    settings["scrape_configs"] = [
        {"job_name": "server", "static_configs": [{"targets": [f"127.0.0.1:{node}"]}]}
    ]
    file = tmp_path / "prometheus.yml"
    file.write_text(yaml.safe_dump(settings))
    start(
        "prometheus", f"--config.file={file}", f"--storage.tsdb.path={tmp_path / 'prometheus'}",
        "--web.listen-address=127.0.0.1:PORT",
    )  # fmt: skip

    def letters() -> list[str]:
        return [attachment["text"] for body in told.at("/people") for attachment in body["attachments"]]

    wait_until(lambda: any("docker.service has failed" in each for each in letters()), "people are told")
    wait_until(lambda: told.at("/alive"), "the heartbeat is sent")
    (letter,) = (each for each in letters() if "docker.service" in each)
    assert "docs/operate/runbooks/unit-failed.md" in letter
    assert told.at("/alive")[0]["alerts"][0]["labels"]["alertname"] == "Watchdog"
    assert not any("Watchdog" in each for each in letters())
    shutil.rmtree(tmp_path / "prometheus", ignore_errors=True)
