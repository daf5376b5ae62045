"""What must hold of the stack that takes Docker and nothing else, read from its Compose file."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
import yaml

from memo_coach.settings import load_settings
from tests.unit.production.compose import REPOSITORY, VariableMissing, interpolated

PUBLIC_URL = "https://memos.example.org"


def small(**environment: str) -> dict[str, Any]:
    text = (REPOSITORY / "docker-compose.small.yml").read_text()
    loaded: dict[str, Any] = yaml.safe_load(interpolated(text, environment))
    return loaded


STACK = small(PUBLIC_URL=PUBLIC_URL)
APP, BACKUP = STACK["services"]["app"], STACK["services"]["backup"]


def test_it_is_the_service_and_a_backup_that_is_run_on_demand() -> None:
    assert set(STACK["services"]) == {"app", "backup"}
    assert BACKUP["profiles"] == ["backup"]
    assert {name: each["build"] for name, each in STACK["services"].items()} == {
        name: {"context": ".", "target": name} for name in ("app", "backup")
    }


@pytest.mark.parametrize("service", [APP, BACKUP], ids=["app", "backup"])
def test_neither_is_root_gains_anything_or_writes_beside_its_volumes(service: dict[str, Any]) -> None:
    assert (service["user"], service["cap_drop"], service["read_only"]) == ("10001:10001", ["ALL"], True)
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "docker.sock" not in str(service)
    assert service["mem_limit"]
    assert service["pids_limit"] <= 128


def test_it_answers_this_machine_alone_and_believes_the_proxy_here_alone() -> None:
    assert APP["ports"] == ["127.0.0.1:3000:3000"]
    (network,) = STACK["networks"]["proxied"]["ipam"]["config"]
    assert APP["environment"]["TRUSTED_PROXIES"] == f"{network['gateway']}/32"
    assert ipaddress.ip_address(network["gateway"]) in ipaddress.ip_network(network["subnet"])


def test_its_settings_are_good_with_accounts_on_and_sqlite_on_the_volume() -> None:
    settings = load_settings(APP["environment"], env_file=None)
    assert (settings.app_env, settings.auth_mode, settings.public_url) == (
        "production",
        "accounts",
        PUBLIC_URL,
    )
    assert settings.first_link_in_log
    assert settings.database_url.startswith("sqlite")
    assert f"data:{settings.data_dir}" in APP["volumes"]


def test_it_has_a_healthcheck_and_is_given_time_to_end() -> None:
    from memo_coach.server.serve import DRAIN_SECONDS  # noqa: PLC0415 - the server is loaded for this test only

    assert "/health/ready" in str(APP["healthcheck"]["test"])
    assert APP["restart"] == "unless-stopped"
    assert int(APP["stop_grace_period"].removesuffix("s")) > DRAIN_SECONDS + 10


def test_a_backup_reads_the_same_data_and_keeps_its_own_volume() -> None:
    assert set(BACKUP["volumes"]) == {"data:/data", "backups:/backups"}
    assert BACKUP["environment"]["RESTIC_REPOSITORY"] == "/backups"
    assert set(STACK["volumes"]) == {"data", "backups"}
    assert BACKUP["environment"].items() >= APP["environment"].items()


def test_without_the_address_nothing_starts() -> None:
    with pytest.raises(VariableMissing, match="PUBLIC_URL"):
        small()
