"""What must hold of the production stack, read from its Compose file."""

from __future__ import annotations

import ipaddress
import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from memo_coach.settings import load_settings
from memo_coach.storage.engine import postgres
from tests.unit.production.compose import (
    COMPOSE,
    LEAST,
    REPOSITORY,
    VariableMissing,
    example_environment,
    mebibytes,
    production,
)

ROLES = Path(__file__).parents[3] / "ansible" / "roles"

STACK = production()
SERVICES: dict[str, dict[str, Any]] = STACK["services"]
CAPABILITIES = {"backup": ["DAC_READ_SEARCH"]}
PUBLISHED = {"traefik": ["0.0.0.0:80:8080", "0.0.0.0:443:8443"]}
USERS = {"traefik": "0:0", "postgres": "999:999", "redis": "10002:10002", "backup": "0:0"}
OWN_IMAGES = {"app": "memo-coach:1.2.3", "backup": "memo-coach-backup:1.2.3"}
ARCHIVE = ["./secrets/archive:/etc/archive:ro", "/run/memo-coach/archive:/run/archive:ro"]

every_service = pytest.mark.parametrize("service", SERVICES)


def test_the_stack_is_these_services() -> None:
    assert set(SERVICES) == {"traefik", "app", "postgres", "redis", "backup"}
    assert SERVICES["backup"]["profiles"] == ["backup"]


@every_service
def test_a_service_has_no_capability_but_one_with_a_reason_and_gains_none(service: str) -> None:
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert SERVICES[service].get("cap_add", []) == CAPABILITIES.get(service, [])
    assert SERVICES[service]["security_opt"] == ["no-new-privileges:true"]
    assert not SERVICES[service].get("privileged", False)


@every_service
def test_a_service_writes_to_volumes_and_bounded_memory_only(service: str) -> None:
    assert SERVICES[service]["read_only"] is True
    for mount in SERVICES[service]["tmpfs"]:
        options = mount.partition(":")[2].split(",")
        assert {"noexec", "nosuid", "nodev"} <= set(options)
        assert any(re.fullmatch(r"size=\d+m", option) for option in options)


@every_service
def test_a_service_runs_as_the_user_that_owns_its_secrets(service: str) -> None:
    # The service's own image brings its user; every other one is named here.
    assert SERVICES[service].get("user") == USERS.get(service)


@every_service
def test_a_service_does_not_see_docker_or_the_host(service: str) -> None:
    assert "docker.sock" not in str(SERVICES[service])
    assert not {"network_mode", "pid", "ipc", "userns_mode", "devices"} & SERVICES[service].keys()
    writable = [each for each in SERVICES[service].get("volumes", []) if not each.endswith(":ro")]
    from_host = [each for each in writable if each.startswith(("/", ".", "~"))]
    assert from_host == (["./status:/status"] if service == "backup" else [])


def test_only_the_proxy_publishes_ports() -> None:
    assert {name: each["ports"] for name, each in SERVICES.items() if "ports" in each} == PUBLISHED


def test_the_database_is_reached_from_inside_only() -> None:
    assert STACK["networks"]["database"]["internal"] is True
    # The way out to its archive; nobody is there who would come in but the backup job, which may.
    assert SERVICES["postgres"]["networks"] == ["database", "outside"]
    assert {name for name, each in SERVICES.items() if "outside" in each["networks"]} == {
        "postgres",
        "backup",
    }
    assert "database" not in SERVICES["traefik"]["networks"]
    assert set(SERVICES["backup"]["networks"]) == {"database", "outside"}


@pytest.mark.parametrize(
    ("server", "environment"), [(4096, {}), (2048, {"WORKERS": "1", "APP_MEMORY": "512m"})]
)
def test_the_memory_of_all_services_fits_the_server_with_room_for_the_host(
    server: int, environment: dict[str, str]
) -> None:
    services = production(**environment)["services"].values()
    assert sum(mebibytes(each["mem_limit"]) for each in services) <= server - 384


def test_two_versions_of_the_service_run_beside_each_other_on_a_server_of_four_gigabytes() -> None:
    limits = {name: mebibytes(each["mem_limit"]) for name, each in SERVICES.items()}
    assert sum(limits.values()) + limits["app"] <= 4096 - 384


def test_no_service_can_take_all_of_two_cores_and_who_serves_goes_before_who_can_wait() -> None:
    assert all(float(each["cpus"]) <= 2 - 0.25 for each in SERVICES.values())
    weights = {name: each.get("cpu_shares", 1024) for name, each in SERVICES.items()}
    assert weights["postgres"] == weights["traefik"] > weights["app"] > weights["backup"]
    assert all(0 < each["pids_limit"] <= 256 for each in SERVICES.values())


def test_the_database_has_connections_for_two_versions_of_the_service_and_a_backup() -> None:
    each_process = postgres.POOL["pool_size"] + postgres.POOL["max_overflow"]
    processes = 2 * int(SERVICES["app"]["environment"]["WORKERS"])
    kept_for_administrators, backup = 3, 2
    needed = processes * each_process + backup + kept_for_administrators
    assert int(postgres_settings()["max_connections"]) >= needed


def test_a_deploy_on_two_gigabytes_has_no_backup_beside_it_and_leaves_the_host_a_little_less() -> None:
    # It holds the lock of backups; the host has 256 MB and its swap for that minute.
    services = production(WORKERS="1", APP_MEMORY="512m")["services"]
    limits = {name: mebibytes(each["mem_limit"]) for name, each in services.items() if name != "backup"}
    assert sum(limits.values()) + limits["app"] <= 2048 - 256


def test_a_container_is_made_anew_when_its_secrets_are_others() -> None:
    for name, each in SERVICES.items():
        if name != "backup" and each["secrets"]:
            changed = production(**{f"{name.upper()}_SECRETS": "others"})["services"][name]
            assert changed["labels"] == {"memo-coach.secrets": "others"}, name


def test_an_image_may_be_named_by_its_digest() -> None:
    digest = f"@sha256:{64 * 'a'}"
    found = production(MEMO_COACH_DIGEST=digest, MEMO_COACH_BACKUP_DIGEST=digest)["services"]
    assert found["app"]["image"] == f"memo-coach:1.2.3{digest}"
    assert found["backup"]["image"] == f"memo-coach-backup:1.2.3{digest}"


def test_postgres_keeps_its_memory_within_its_limit() -> None:
    settings = postgres_settings()
    largest = (
        mebibytes(settings["shared_buffers"].lower().removesuffix("b"))
        + int(settings["max_connections"]) * mebibytes(settings["work_mem"].lower().removesuffix("b"))
        + mebibytes(settings["maintenance_work_mem"].lower().removesuffix("b"))
    )
    assert largest <= mebibytes(SERVICES["postgres"]["mem_limit"])


def postgres_settings() -> dict[str, str]:
    words = SERVICES["postgres"]["command"]
    return dict(word.split("=", 1) for option, word in itertools.pairwise(words) if option == "-c")


def test_redis_keeps_nothing_and_lets_nobody_store_anything() -> None:
    redis = SERVICES["redis"]
    options = redis_options()
    assert (options["--save"], options["--appendonly"]) == ([""], ["no"])
    assert options["--maxmemory-policy"] == ["noeviction"]
    assert "volumes" not in redis
    # The image's own start would load modules, each with commands and memory of its own.
    assert redis["entrypoint"] == ["redis-server"]
    rules = yaml.safe_load((ROLES / "secrets" / "vars" / "main.yml").read_text())["secrets_redis_users"]
    anybody, figures, service = rules.splitlines()
    assert re.fullmatch(r"user figures reset on #\{\{.*\}\} \+ping \+info", figures)
    assert anybody == "user default reset on nopass +ping"
    assert service.startswith("user memo-coach reset on #")
    assert "allchannels" not in service
    assert "~" not in service
    assert set(re.findall(r"\+(\S+)", service)) == {"@connection", "publish", "subscribe", "unsubscribe"}


def test_redis_keeps_its_memory_within_its_limit() -> None:
    options = redis_options()
    kept = mebibytes(options["--maxmemory"][0].removesuffix("b"))
    assert 2 * kept < mebibytes(SERVICES["redis"]["mem_limit"])


def test_redis_is_reached_by_the_service_only() -> None:
    assert STACK["networks"]["messages"]["internal"] is True
    assert SERVICES["redis"]["networks"] == ["messages"]
    assert {name for name, each in SERVICES.items() if "messages" in each["networks"]} == {"app", "redis"}


def test_the_service_starts_also_where_redis_is_away() -> None:
    assert SERVICES["app"]["depends_on"]["redis"] == {"condition": "service_started"}


def redis_options() -> dict[str, list[str]]:
    options: dict[str, list[str]] = {}
    for word in SERVICES["redis"]["command"]:
        if word.startswith("--"):
            options[word] = []
        else:
            options[list(options)[-1]].append(word)
    return options


def test_the_database_s_log_holds_no_memo() -> None:
    settings = postgres_settings()
    assert settings["log_parameter_max_length"] == "0"
    assert settings["log_parameter_max_length_on_error"] == "0"
    assert settings["log_error_verbosity"] == "terse"
    assert "log_statement" not in settings


def test_the_database_checks_its_pages_and_its_passwords_and_depends_on_no_locale_of_the_system() -> None:
    arguments = SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert {"--data-checksums", "--auth-host=scram-sha-256", "--locale-provider=builtin"} <= set(arguments)
    assert postgres_settings()["password_encryption"] == "scram-sha-256"


@every_service
def test_a_service_that_stays_has_a_healthcheck_and_comes_back(service: str) -> None:
    if "backup" in SERVICES[service].get("profiles", []):
        assert SERVICES[service]["restart"] == "no"
        return
    check = SERVICES[service]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= check.keys()
    assert SERVICES[service]["restart"] == "unless-stopped"


@every_service
def test_the_log_of_a_service_outlives_its_container_in_the_servers_journal(service: str) -> None:
    assert SERVICES[service]["logging"]["driver"] == "journald"


def test_the_journal_has_bounds_of_size_and_age() -> None:
    journal = (ROLES / "base" / "templates" / "journald.conf.j2").read_text()
    assert {"Storage=persistent", "SystemMaxUse={{ journal_size }}"} <= set(journal.splitlines())
    assert "MaxRetentionSec=" in journal


@every_service
def test_an_image_is_named_by_its_full_version_and_no_registry(service: str) -> None:
    name, _, tag = SERVICES[service]["image"].partition(":")
    assert "/" not in name
    assert re.search(r"\d+\.\d+", tag)
    if service in OWN_IMAGES:
        assert SERVICES[service]["image"] == OWN_IMAGES[service]


def test_our_images_may_come_from_elsewhere() -> None:
    moved = production(MEMO_COACH_IMAGE="registry.example.org/coach", MEMO_COACH_BACKUP_IMAGE="other")
    assert moved["services"]["app"]["image"] == "registry.example.org/coach:1.2.3"
    assert moved["services"]["backup"]["image"] == "other:1.2.3"


def test_the_service_is_given_longer_to_end_than_it_gives_its_worker() -> None:
    from memo_coach.server.serve import DRAIN_SECONDS  # noqa: PLC0415 - the server is loaded for this test only

    assert int(SERVICES["app"]["stop_grace_period"].removesuffix("s")) > DRAIN_SECONDS + 10


def test_every_secret_is_a_file_that_a_service_uses() -> None:
    for name, source in STACK["secrets"].items():
        assert source == {"file": f"./secrets/{name}"}
    assert {name for each in SERVICES.values() for name in each["secrets"]} == set(STACK["secrets"])


@every_service
def test_no_secret_is_given_through_the_environment_or_the_command(service: str) -> None:
    environment = SERVICES[service].get("environment", {})
    secret = re.compile(r"PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL|DATABASE_URL|REDIS_URL|SMTP_URL")
    for name, value in environment.items():
        if secret.search(name):
            assert str(value).startswith("/run/secrets/"), name
            assert str(value).removeprefix("/run/secrets/") in SERVICES[service]["secrets"]
    assert not re.search(r"passw|secret|token", " ".join(SERVICES[service].get("command", [])).replace(
        "password_encryption=scram-sha-256", ""
    ).replace("/run/secrets/", ""), re.IGNORECASE)  # fmt: skip


def test_the_service_s_environment_is_good_settings() -> None:
    environment = {
        **SERVICES["app"]["environment"],
        "DATABASE_URL": "postgresql://memo_coach@postgres/memo_coach",
        "REDIS_URL": "redis://redis:6379/0",
    }
    for name in STACK["secrets"]:
        environment.pop(f"{name.upper()}_FILE", None)
    settings = load_settings(environment, env_file=None)
    assert (settings.app_env, settings.public_url) == ("production", f"https://{LEAST['SITE_HOST']}")
    assert (settings.host, settings.port, settings.log_format) == ("0.0.0.0", 3000, "json")
    assert (settings.workers, settings.redis_url) == (2, "redis://redis:6379/0")
    assert (settings.llm_model, settings.debug_mode) == ("", False)
    assert (settings.auth_mode, settings.first_link_in_log) == ("accounts", True)
    assert (settings.oidc_issuer, settings.oidc_name, settings.local_sign_in) == ("", "OpenID Connect", True)
    subnet = STACK["networks"]["edge"]["ipam"]["config"][0]["subnet"]
    assert settings.trusted_networks == (ipaddress.ip_network(subnet),)


def test_another_network_between_proxy_and_service_is_believed_in_the_old_one_s_place() -> None:
    moved = production(EDGE_SUBNET="10.9.8.0/28")
    assert moved["services"]["app"]["environment"]["TRUSTED_PROXIES"] == "10.9.8.0/28"
    assert moved["networks"]["edge"]["ipam"]["config"] == [{"subnet": "10.9.8.0/28"}]


@pytest.mark.parametrize("name", LEAST)
def test_without_what_only_the_operator_knows_nothing_starts(name: str) -> None:
    with pytest.raises(VariableMissing, match=name):
        production(**{name: ""})


def test_the_example_of_the_environment_names_what_the_stack_asks_for_and_nothing_else() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE.read_text()))
    example = (REPOSITORY / ".env.production.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    assert named == asked
    assert production(**example_environment())["services"]["app"]["image"].startswith("memo-coach:")


def test_the_database_is_archived_within_a_minute_where_that_is_switched_on_and_drops_nothing() -> None:
    assert postgres_settings()["archive_mode"] == "off"
    on = production(ARCHIVE_MODE="on")["services"]["postgres"]["command"]
    assert "archive_mode=on" in on
    assert postgres_settings()["archive_command"] == "pgbackrest archive-push %p"
    assert postgres_settings()["archive_timeout"] == "60"
    archive = (ROLES / "secrets" / "templates" / "pgbackrest.conf.j2").read_text()
    assert "archive-push-queue-max" not in archive
    assert {"expire-auto=n", "repo1-cipher-type=aes-256-cbc", "archive-async=y"} <= set(archive.splitlines())


def test_the_keys_of_the_archive_reach_the_database_by_a_folder_that_can_change_while_it_runs() -> None:
    assert set(ARCHIVE) <= set(SERVICES["postgres"]["volumes"])
    environment = SERVICES["postgres"]["environment"]
    assert environment["PGBACKREST_CONFIG"].startswith("/etc/archive/")
    assert environment["PGBACKREST_CONFIG_INCLUDE_PATH"] == "/run/archive"


def test_what_the_archive_leaves_running_is_not_the_database_s_to_bury() -> None:
    assert SERVICES["postgres"]["init"] is True


def test_a_version_of_the_service_does_not_restart_the_database() -> None:
    other = production(MEMO_COACH_VERSION="9.9.9")["services"]["postgres"]
    assert other == SERVICES["postgres"]
