"""The environment becomes settings, or one line that says what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from memo_coach.settings import Settings, SettingsError, load_settings
from memo_coach.settings_variables import VARIABLES

REPOSITORY = Path(__file__).resolve().parents[2]
NAMES = {variable.name for variable in VARIABLES}


def settings_from(**environment: str) -> Settings:
    return load_settings(environment, env_file=None)


def test_an_empty_environment_suits_a_laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = settings_from()
    assert settings.app_env == "development"
    assert settings.data_dir == tmp_path / "data"
    assert settings.database_path == tmp_path / "data" / "memo_coach.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert settings.public_url == "http://127.0.0.1:3000"
    assert (settings.log_level, settings.log_format) == ("INFO", "human")


def test_an_empty_variable_counts_as_none() -> None:
    assert settings_from(PORT="", LOG_LEVEL=" ").port == 3000


def test_production_logs_as_json_unless_told_otherwise() -> None:
    assert settings_from(APP_ENV="production").log_format == "json"
    assert settings_from(APP_ENV="production", LOG_FORMAT="human").log_format == "human"


def test_the_public_address_follows_host_and_port() -> None:
    assert settings_from(HOST="0.0.0.0", PORT="8080").public_url == "http://127.0.0.1:8080"
    assert settings_from(HOST="::1", PORT="8080").public_url == "http://[::1]:8080"
    assert settings_from(PUBLIC_URL="https://Memos.Example.org/").public_url == "https://memos.example.org"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_ENV", "prod"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "eighty"),
        ("PORT", "٣٠٠٠"),
        ("HOST", "not a host"),
        ("PUBLIC_URL", "memos.example.org"),
        ("PUBLIC_URL", "https://memos.example.org/path"),
        ("PUBLIC_URL", "https://memos.example.org:99999999"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("AUTH_MODE", "accounts"),
        ("AUTH_MODE", "none"),
        ("DATABASE_URL", "mysql://memo:secret@db/memo"),
        ("DATABASE_URL", "postgresql://memo:hunter2@db"),
        ("DATABASE_URL", "postgresql://memo:hunter2@db/"),
        ("DATABASE_URL", "postgresql://memo:hunter2@/memo"),
        ("DATABASE_URL", "postgresql://memo:hunter2@db:port/memo"),
        ("DATABASE_URL", "postgresql://memo:hunter2@db/memo/more"),
        ("DATABASE_URL", "postgresql://memo:hunter2#1@db/memo"),
        ("DATABASE_URL", "postgresql://memo:hunter2/1@db/memo"),
        ("DATABASE_URL", "postgresql://memo:hunter2?1@db/memo"),
        ("DATABASE_URL", "postgresql://memo:hunter2@1@db/memo"),
        ("DATABASE_URL", "postgresql://memo:hunter2%1@db/memo"),
        ("DATABASE_URL", "postgresql://memo:hunter2@db/memo?sslmode=hunter2"),
        ("DATABASE_URL", "postgresql://memo:hunter2@db/memo?options=-chunter2"),
        ("DATABASE_URL", "postgresql://memo:hunter2@db/memo?connect_timeout=soon"),
        ("DATABASE_URL", "hunter2://memo"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "memo.db"),
        ("DATA_DIR", __file__),
    ],
)
def test_a_wrong_value_is_one_line_with_name_fault_and_example(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        settings_from(**{name: value})
    message = str(raised.value)
    example = next(variable.example for variable in VARIABLES if variable.name == name)
    assert message.startswith(f"{name}: ")
    assert message.endswith(f"Example: {name}={example}")
    assert "\n" not in message
    assert "hunter2" not in message


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
@pytest.mark.parametrize(
    "rest",
    [
        "memo_coach:p%40ss%3A%2F%25@db.example.org:5432/memo_coach?sslmode=verify-full",
        "memo_coach:secret@[::1]:5432/memo-coach",
        "db/memo_coach",
        "memo_coach@/memo_coach?host=/run/postgresql",
    ],
)
def test_a_postgres_address_gets_its_driver_and_has_no_file(scheme: str, rest: str) -> None:
    settings = settings_from(DATABASE_URL=f"{scheme}://{rest}")
    assert settings.database_url == f"postgresql+psycopg://{rest}"
    assert settings.database_path is None
    assert load_settings(settings.as_environment(), env_file=None) == settings


def test_a_postgres_address_may_be_given_as_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "database-url"
    secret.write_text("postgresql://memo_coach:secret@postgres:5432/memo_coach\n")
    settings = settings_from(DATABASE_URL_FILE=str(secret))
    assert settings.database_url == "postgresql+psycopg://memo_coach:secret@postgres:5432/memo_coach"
    assert "secret" not in repr(settings)


def test_settings_do_not_show_the_database_address(tmp_path: Path) -> None:
    assert "memo_coach.db" not in repr(settings_from(DATA_DIR=str(tmp_path)))


def test_a_relative_database_address_becomes_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings_from(DATABASE_URL="sqlite:///memos.db").database_path == tmp_path / "memos.db"


def test_a_secret_may_be_given_as_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "database-url"
    secret.write_text(f"sqlite:///{tmp_path}/from-file.db\n")
    assert settings_from(DATABASE_URL_FILE=str(secret)).database_path == tmp_path / "from-file.db"


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "database-url"
    secret.write_text("sqlite:////a.db")
    with pytest.raises(SettingsError, match="given twice"):
        settings_from(DATABASE_URL="sqlite:////b.db", DATABASE_URL_FILE=str(secret))


@pytest.mark.parametrize("content", [None, "", b"\xff\xfe\xff"])
def test_a_secret_file_that_cannot_be_used_is_named(tmp_path: Path, content: str | bytes | None) -> None:
    secret = tmp_path / "database-url"
    if isinstance(content, bytes):
        secret.write_bytes(content)
    elif content is not None:
        secret.write_text(content)
    with pytest.raises(SettingsError, match="DATABASE_URL_FILE"):
        settings_from(DATABASE_URL_FILE=str(secret))


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("PORT=4000\nLOG_LEVEL=debug\n")
    settings = load_settings({"PORT": "5000"}, env_file=env_file)
    assert (settings.port, settings.log_level) == (5000, "DEBUG")


def test_a_process_started_with_the_settings_as_environment_reads_the_same_ones(tmp_path: Path) -> None:
    settings = settings_from(DATA_DIR=str(tmp_path), PORT="4000", APP_ENV="staging", HOST="0.0.0.0")
    assert load_settings(settings.as_environment(), env_file=None) == settings


def test_the_example_file_and_the_settings_name_the_same_variables() -> None:
    example = (REPOSITORY / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    assert named - {"NAME", "NAME_FILE"} == NAMES
    for variable in VARIABLES:
        assert f"# {variable.name}={variable.example}" in example
        if variable.default is not None:
            assert f"# Default: {variable.default}\n# {variable.name}=" in example


def test_the_examples_of_all_variables_are_good_values(tmp_path: Path) -> None:
    settings_from(**{variable.name: variable.example for variable in VARIABLES})
