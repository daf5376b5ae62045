"""A version comes into service beside the one that serves, or not at all; a way back leads to a kept one."""

from __future__ import annotations

import fcntl
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.unit.production.compose import DYNAMIC

PROGRAMS = Path(__file__).parents[3] / "ansible" / "roles" / "stack" / "files"
MODULES = ("memo_coach_slots", "memo_coach_release")
SLOT = "ops/traefik/dynamic/slot.yml"


@dataclass
class Docker:
    """Stands in for Docker: images, the application's containers, and what was asked of it."""

    images: dict[str, str] = field(default_factory=dict)
    containers: dict[str, dict[str, str]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    made: int = 0
    broken: set[str] = field(default_factory=set)
    migration_fails: bool = False
    proxy_sleeps: bool = False
    error: type[Exception] = Exception

    def run(self, *words: str, check: bool = True, seconds: float = 0) -> str:
        """Answer as the client would."""
        self.commands.append(" ".join(words))
        if words[0] == "sh":
            return "a line of the log"
        if words[1] == "compose":
            at = words.index("--file")
            return self._compose(Path(words[at - 1]), words[at + 2 :])
        return self._engine(words[1:])

    def _compose(self, settings: Path, words: tuple[str, ...]) -> str:
        if words[0] == "config":
            if "--services" in words:
                return "postgres\ntraefik\napp\n"
            return json.dumps({"services": {"app": {"secrets": [{"source": "database_url"}]}, "traefik": {}}})
        if words[0] == "run":
            if self.migration_fails:
                raise self.error("Nothing was changed: the version that runs does not run on the tables.")
            return "The database was at migration 0019 and is now at 0020."
        if words[0] == "up" and words[-1] == "app":
            (version,) = (line[20:-1] for line in settings.read_text().splitlines() if "VERSION" in line)
            self.made += 1
            name = f"memo-coach-app-{self.made}"
            image = self.images[f"memo-coach:{version}"]
            self.containers[f"id{self.made}"] = {"name": name, "image": image, "version": version}
        return "yes" if "wget" in words[-1] and not self.proxy_sleeps else ""

    def _engine(self, words: tuple[str, ...]) -> str:
        match words:
            case ["image", "inspect", *_, name]:
                return self.images.get(name, "")
            case ["image", "rm", name]:
                self.images.pop(name, None)
            case ["tag", image, name]:
                self.images[name] = image
            case ["rm", _, identity]:
                self.containers.pop(identity, None)
            case ["ps", *_]:
                return "\n".join(self.containers)
            case ["exec", *_]:
                return "0019"
            case ["inspect", _, template, identity] if identity in self.containers:
                return self._known(template, self.containers[identity])
        return ""

    def _known(self, template: str, container: dict[str, str]) -> str:
        has_ended = container["version"] in self.broken and container["name"].endswith(f"-{self.made}")
        answers = {
            "Networks": json.dumps({"edge": {"IPAddress": "127.0.0.1"}}),
            "RestartCount": "exited 0" if has_ended else "running 0",
            "Status": "exited" if has_ended else "running",
            "Image": container["image"],
            "Name": f"/{container['name']}",
        }
        return next(answer for part, answer in answers.items() if part in template)


@dataclass
class Server:
    """A server's folders, its Docker, and the application's answer to whether it is ready."""

    home: Path
    docker: Docker
    program: ModuleType
    output: pytest.CaptureFixture[str]
    answer: tuple[int, bytes] = (200, b'{"checks": []}')

    @property
    def installation(self) -> Path:
        return self.home / "opt"

    def lay_out(self, version: str, *, image: str | None = None, extra: str = "") -> None:
        """Lay a version out, as the playbook does, with its images."""
        folder = self.home / "state" / "next"
        (folder / SLOT).parent.mkdir(parents=True, exist_ok=True)
        (folder / "ops/postgres").mkdir(exist_ok=True)
        (folder / ".env").write_text(f"# made\nMEMO_COACH_VERSION='{version}'\n{extra}")
        (folder / "docker-compose.prod.yml").write_text("name: memo-coach\n")
        (folder / SLOT).write_text((DYNAMIC / "slot.yml").read_text())
        (folder / SLOT).with_name("site.yml").write_text(f"# {version}\n")
        (folder / "ops/postgres/role.sh").write_text("#!/bin/sh\n")
        self.docker.images[f"memo-coach:{version}"] = image or f"sha-{version}"
        self.docker.images[f"memo-coach-backup:{version}"] = "sha-backup"

    def run(self, *words: str, status: int = 0) -> str:
        found = self.program.main(list(words))
        said = self.output.readouterr()
        assert found == status, said
        return said.out + said.err

    def deploy(self, version: str, status: int = 0, **laid_out: Any) -> str:
        self.lay_out(version, **laid_out)
        return self.run("deploy", version, status=status)

    def served(self) -> str:
        """Return the version of the one container that there is, to which the proxy leads."""
        (found,) = self.docker.containers.values()
        assert f"http://{found['name']}:3000" in (self.installation / SLOT).read_text()
        return found["version"]


@pytest.fixture
def server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Server]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = found.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    for name, value in {
        "INSTALLATION": tmp_path / "opt",
        "STATE": tmp_path / "state",
        "RUNTIME": tmp_path / "run",
        "PORT": listening.server_port,
        "READY_SECONDS": 0.3,
        "SWITCH_SECONDS": 0,
        "DRAIN_SECONDS": 0,
    }.items():
        monkeypatch.setenv(f"MEMO_COACH_{name}", str(value))
    monkeypatch.syspath_prepend(PROGRAMS)
    for module in MODULES:
        monkeypatch.delitem(sys.modules, module, raising=False)
    import memo_coach_release as program  # type: ignore[import-not-found]  # noqa: PLC0415 - reads what is set above
    import memo_coach_slots as slots  # type: ignore[import-not-found]  # noqa: PLC0415

    docker = Docker(error=slots.ReleaseError)
    for each in (slots, program):
        monkeypatch.setattr(each, "run", docker.run)
    (tmp_path / "opt/secrets").mkdir(parents=True)
    (tmp_path / "opt/secrets/database_url").write_text("postgresql://one")
    found = Server(tmp_path, docker, program, capsys)
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield found
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
        for module in MODULES:
            sys.modules.pop(module, None)


def test_a_first_version_comes_into_service(server: Server) -> None:
    assert "Version 1.0 serves" in server.deploy("1.0")
    assert server.served() == "1.0"
    assert (server.installation / "current").resolve().name == "1.0"
    assert "MEMO_COACH_VERSION='1.0'" in (server.installation / ".env").read_text()


def test_another_version_takes_over_only_when_it_is_ready_and_the_old_one_goes_last(server: Server) -> None:
    server.deploy("1.0")
    before = len(server.docker.commands)
    server.deploy("1.1")
    done = server.docker.commands[before:]
    at = [next(place for place, each in enumerate(done) if part in each) for part in (
        "run --rm", "--no-recreate --scale app=2", "wget", "stop id1", "rm --force id1"
    )]  # fmt: skip
    assert at == sorted(at)
    assert server.served() == "1.1"
    assert (server.installation / "previous").resolve().name == "1.0"


def test_the_tables_are_migrated_only_so_that_the_version_that_serves_runs_on_them(server: Server) -> None:
    server.deploy("1.0")
    server.deploy("1.1")
    (migration,) = [each for each in server.docker.commands if "db upgrade --beside" in each]
    assert migration.endswith("db upgrade --beside 0019")
    server.docker.migration_fails = True
    assert "does not run on the tables" in server.deploy("1.2", status=1)
    assert server.served() == "1.1"


def test_nothing_is_done_where_the_version_serves_already(server: Server) -> None:
    server.deploy("1.0")
    assert "unchanged" in server.run("deploy", "1.0")
    assert "unchanged" in server.run("deploy")


def test_a_setting_a_secret_and_a_rebuilt_image_take_effect_also_where_a_run_broke_off(
    server: Server,
) -> None:
    server.deploy("1.0")
    assert "Version 1.0 serves" in server.deploy("1.0", extra="LOG_LEVEL='DEBUG'\n")
    (server.installation / "secrets/database_url").write_text("postgresql://other")
    assert "Version 1.0 serves" in server.run("deploy", "1.0")
    assert "Version 1.0 serves" in server.deploy("1.0", image="sha-rebuilt", extra="LOG_LEVEL='DEBUG'\n")
    assert "unchanged" in server.run("deploy", "1.0")


def test_what_is_written_of_a_secret_does_not_tell_it(server: Server) -> None:
    server.deploy("1.0")
    settings = (server.installation / ".env").read_text()
    assert "APP_SECRETS='" in settings
    assert "postgresql" not in settings


def test_a_version_that_ends_is_never_switched_to_and_its_log_is_shown(server: Server) -> None:
    server.deploy("1.0")
    server.docker.broken.add("1.1")
    said = server.deploy("1.1", status=1)
    for part in ("never switched to", "It ended by itself", "a line of the log", "serves on"):
        assert part in said
    assert server.served() == "1.0"
    assert (server.installation / "current").resolve().name == "1.0"
    assert "MEMO_COACH_VERSION='1.0'" in (server.installation / ".env").read_text()
    assert (server.installation / "ops/traefik/dynamic/site.yml").read_text() == "# 1.0\n"


def test_a_version_that_does_not_get_ready_is_never_switched_to_and_the_failing_check_is_shown(
    server: Server,
) -> None:
    server.deploy("1.0")
    checks = [
        {"name": "disk", "ok": False, "detail": "No room."},
        {"name": "database", "ok": True, "detail": "x"},
    ]
    server.answer = (503, json.dumps({"checks": checks}).encode())
    said = server.deploy("1.1", status=1)
    assert "What failed: disk: No room." in said
    assert server.served() == "1.0"


def test_where_the_proxy_does_not_follow_it_leads_to_the_old_one_again(server: Server) -> None:
    server.deploy("1.0")
    server.docker.proxy_sleeps = True
    assert "The proxy does not lead" in server.deploy("1.1", status=1)
    assert server.served() == "1.0"


def test_an_image_that_was_built_anew_and_fails_gives_the_name_back(server: Server) -> None:
    server.deploy("1.0", image="sha-good")
    server.docker.broken.add("1.0")
    server.deploy("1.0", status=1, image="sha-bad")
    assert server.docker.images["memo-coach:1.0"] == "sha-good"


def test_without_its_images_nothing_is_begun(server: Server) -> None:
    server.deploy("1.0")
    server.lay_out("1.1")
    server.docker.images.clear()
    assert "is not on this server" in server.run("deploy", status=1)
    assert server.served() == "1.0"


def test_the_way_back_leads_to_the_version_before_with_its_settings_and_migrates_nothing(
    server: Server,
) -> None:
    server.deploy("1.0", extra="LOG_LEVEL='DEBUG'\n")
    server.deploy("1.1")
    before = len(server.docker.commands)
    assert "Version 1.0 serves" in server.run("rollback")
    assert server.served() == "1.0"
    assert "LOG_LEVEL='DEBUG'" in (server.installation / ".env").read_text()
    assert not any("db upgrade" in each for each in server.docker.commands[before:])
    assert "Version 1.1 serves" in server.run("rollback")


def test_the_way_back_leads_to_any_version_that_is_kept_and_to_no_other(server: Server) -> None:
    for version in ("1.0", "1.1", "1.2"):
        server.deploy(version)
    server.run("rollback", "1.0")
    assert server.served() == "1.0"
    for wanted in ("0.9", "1.0"):
        assert "nothing was changed" in server.run("rollback", wanted, status=1)
    assert "is no version" in server.run("rollback", "../../etc", status=1)
    assert server.served() == "1.0"


def test_there_is_no_way_back_from_the_first_version(server: Server) -> None:
    server.deploy("1.0")
    assert "No earlier version is kept" in server.run("rollback", status=1)


def test_five_versions_are_kept_and_the_images_of_others_go(server: Server) -> None:
    for number in range(7):
        server.deploy(f"1.{number}")
    kept = {each.name for each in (server.installation / "releases").iterdir()}
    assert kept == {f"1.{number}" for number in range(2, 7)}
    assert {each for each in server.docker.images if each.startswith("memo-coach:")} == {
        f"memo-coach:{each}" for each in kept
    }


def test_one_deploy_at_a_time(server: Server) -> None:
    server.deploy("1.0")
    with (server.home / "run/deploy.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "Another deploy is under way" in server.run("deploy", status=3)
        assert "Another deploy is under way" in server.run("rollback", status=3)


def test_a_version_that_somebody_else_laid_out_is_not_deployed(server: Server) -> None:
    server.lay_out("1.1")
    assert "Another run has laid out version 1.1" in server.run("deploy", "1.0", status=1)


def test_after_a_deploy_that_the_power_cut_off_one_container_is_left_and_the_proxy_leads_to_it(
    server: Server,
) -> None:
    server.deploy("1.0")
    left = {**server.docker.containers["id1"], "name": "memo-coach-app-9"}
    server.docker.containers["id9"] = left
    server.run("settle")
    assert server.served() == "1.0"


@pytest.mark.parametrize("words", [(), ("nonsense",), ("deploy", "1", "2"), ("settle", "1"), ("list", "1")])
def test_what_is_not_understood_is_answered_with_how_it_is_used(
    server: Server, words: tuple[str, ...]
) -> None:
    assert "memo-coach-release rollback" in server.run(*words, status=2)


def test_what_serves_and_what_is_kept_is_listed(server: Server) -> None:
    server.deploy("1.0")
    server.deploy("1.1")
    assert server.run("list").splitlines() == ["current: 1.1", "previous: 1.0", "kept: 1.1, 1.0"]
