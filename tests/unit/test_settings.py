"""The environment becomes settings, or one line that says what is wrong."""

from __future__ import annotations

import logging
import re
import traceback
from decimal import Decimal
from pathlib import Path

import pytest

from memo_coach.settings import Settings, SettingsError, load_settings
from memo_coach.settings.variables import is_secret
from memo_coach.translations import speaking
from memo_coach.translations.sentences import spoken
from tests.checks.environment_docs import default_of, example_of, variables
from tests.some import some

REPOSITORY = Path(__file__).resolve().parents[2]
VARIABLES = variables()
SECRETS = [name for name, variable in VARIABLES.items() if is_secret(variable)]


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
        ("AUTH_MODE", "none"),
        ("SMTP_URL", "smtp://user:hunter2@mail.example.org"),
        ("MAIL_FROM", "a@b.org\r\nBcc: c@d.org"),
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
    example = example_of(VARIABLES[name])
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
    assert named - {"NAME", "NAME_FILE"} == VARIABLES.keys()
    for name, variable in some(VARIABLES.items()):
        assert f"# {name}={example_of(variable)}" in example
        if default_of(variable):
            assert f"# Default: {default_of(variable)}\n# {name}=" in example


def test_the_examples_of_all_variables_are_good_values(tmp_path: Path) -> None:
    settings_from(**{name: example_of(variable) for name, variable in VARIABLES.items()})


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("APP_ENV", "Production", "'Production' is not one of development, staging, production"),
        ("DATA_DIR", __file__, f"{__file__!r} is a file, not a directory"),
        ("HOST", "a/b", "'a/b' is not a host name or address"),
        ("PORT", "65536", "'65536' is not a whole number from 1 to 65535"),
        ("PORT", "1_0", "'1_0' is not a whole number from 1 to 65535"),
        ("PORT", "80.0", "'80.0' is not a whole number from 1 to 65535"),
        ("PUBLIC_URL", "ftp://host", "'ftp://host' is not an http or https address"),
        ("PUBLIC_URL", "http://host/path", "'http://host/path' must be scheme, host and port only"),
        ("PUBLIC_URL", "http://a:b", "'http://a:b' has a port that is not a number from 0 to 65535"),
        ("PUBLIC_URL", "http://[::1", "Invalid IPv6 URL"),
        ("DATABASE_URL", "memo.db", "it is not a database URL"),
        ("AUTH_MODE", "none", "'none' is not one of open, accounts"),
        ("SESSION_DAYS", "366", "'366' is not a whole number of days from 1 to 365"),
        ("SMTP_URL", "http://me:hunter2@host", "it is not smtp://, starttls:// or smtps:// with a host"),
        (
            "SMTP_URL",
            "smtp://me:hunter2@host",
            "it would send the password unencrypted; take starttls:// or smtps://",
        ),
        ("MAIL_FROM", "nobody", "'nobody' is not an e-mail address, nor a name with one in <>"),
        ("LOG_LEVEL", "loud", "'loud' is not one of DEBUG, INFO, WARNING, ERROR"),
        ("LOG_FORMAT", "JSON", "'JSON' is not one of human, json"),
        ("OPERATOR_NETWORKS", "10.0.0.1/8", "10.0.0.1/8 has host bits set"),
        ("TRUSTED_PROXIES", "::/0", "'::/0' is everybody, and anybody could then forge an address"),
        ("VISITOR_DAYS", "0", "'0' is not a whole number of days from 1 to 36500"),
        ("DRAFT_DAYS", "36501", "'36501' is not a whole number of days from 1 to 36500"),
        ("DRAFT_DAYS", "000001", "'000001' is not a whole number of days from 1 to 36500"),
        ("LLM_MODEL", "https://host", "'https://host' is not a model's name"),
        ("LLM_FALLBACK_MODELS", "a/b, c d", "'c d' is not a model's name"),
        ("LLM_API_BASE", "ftp://me:hunter2@host", "it is not an http or https address"),
        ("LLM_API_BASE", "https://me:hunter2@\u2100.example", "it is not an http or https address"),
        ("LLM_API_KEY", "two\nlines", "it holds a control character"),
        ("LLM_CONNECT_SECONDS", "0.0", "'0.0' is not a number of seconds above 0, at most 3600"),
        ("LLM_FIRST_TOKEN_SECONDS", "nan", "'nan' is not a number of seconds above 0, at most 3600"),
        (
            "LLM_TIMEOUT_SECONDS",
            "3600.000001",
            "'3600.000001' is not a number of seconds above 0, at most 3600",
        ),
        ("LLM_DAILY_BUDGET_USD", "1e3", "'1e3' is not an amount from 0 to 1000000"),
        ("LLM_DAILY_BUDGET_USD", "1000000.01", "'1000000.01' is not an amount from 0 to 1000000"),
        ("DEBUG_MODE", "yes", "'yes' is not one of true, false"),
        ("RESTIC_REPOSITORY", "a\tb", "it holds a control character"),
        ("RESTIC_PASSWORD", "a\x7fb", "it holds a control character"),
        ("BACKUP_PATHS", "/a:b", "'b' is not an absolute path"),
        ("BACKUP_STATUS_DIRECTORY", __file__, f"{__file__!r} is a file, not a directory"),
        ("BACKUP_STATUS_DIRECTORY", "a\x00b", "embedded null byte"),
        ("BACKUP_KEEP", "daily=1w", "'daily=1w' is not a rule such as daily=7d"),
        ("BACKUP_KEEP", "daily=1d, daily=2d", "a period is named twice"),
    ],
)
def test_each_fault_is_told_in_its_own_words(name: str, value: str, fault: str) -> None:
    with pytest.raises(SettingsError) as raised:
        settings_from(**{name: value})
    assert str(raised.value) == f"{name}: {fault}. Example: {name}={example_of(VARIABLES[name])}"
    with speaking("es"):
        told = spoken(raised.value)
    assert told.startswith(f"{name}: ")
    assert told.endswith(f". Ejemplo: {name}={example_of(VARIABLES[name])}")
    assert fault not in told


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("PORT", "0065535", 65_535),
        ("LOG_LEVEL", "warning", "WARNING"),
        ("VISITOR_DAYS", "36500", 36_500),
        ("OPERATOR_NETWORKS", "10.0.0.1, ::1/128,", "10.0.0.1/32,::1/128"),
        ("LLM_FALLBACK_MODELS", "a/b, c,", "a/b,c"),
        ("LLM_API_BASE", "http://host/v1//", "http://host/v1"),
        ("LLM_CONNECT_SECONDS", "0.5", 0.5),
        ("LLM_TIMEOUT_SECONDS", "3600", 3600.0),
        ("LLM_DAILY_BUDGET_USD", "0.10", Decimal("0.10")),
        ("LLM_DAILY_BUDGET_USD", "1000000", Decimal(1_000_000)),
        ("DEBUG_MODE", "TRUE", True),
        ("BACKUP_PATHS", "/a::/b:", "/a:/b"),
        ("BACKUP_KEEP", "daily=3d, monthly=1y6m", "daily=3d monthly=1y6m"),
        ("RESTIC_PASSWORD", "  with spaces around  ", "with spaces around"),
    ],
)
def test_a_good_value_is_brought_into_one_form(name: str, value: str, read: object) -> None:
    assert getattr(settings_from(**{name: value}), name.lower()) == read


def test_of_several_wrong_values_the_first_is_told() -> None:
    with pytest.raises(SettingsError, match=r"^HOST: .+Example: HOST=0\.0\.0\.0$"):
        settings_from(BACKUP_KEEP="x", PUBLIC_URL="x", HOST="a b", LLM_API_KEY_FILE="missing")


def test_a_default_that_another_variable_makes_wrong_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^DATABASE_URL: an SQLite database takes no options"):
        settings_from(DATA_DIR=str(tmp_path / "is it?"))


def test_a_name_in_small_letters_is_no_variable() -> None:
    assert settings_from(port="4000", Port="5000").port == 3000


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings_from().port = 1  # type: ignore[misc]


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("blank", [None, "", " "])
def test_every_secret_may_be_given_as_a_file_beside_an_empty_variable(
    tmp_path: Path, name: str, blank: str | None
) -> None:
    held = example_of(VARIABLES[name])
    (tmp_path / "secret").write_text(f"  {held}\n\n")
    given = {f"{name}_FILE": f" {tmp_path / 'secret'} "} | ({} if blank is None else {name: blank})
    assert settings_from(**given) == settings_from(**{name: held})


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize(
    ("file", "fault"), [("missing", "cannot be read"), (".", "cannot be read"), ("a\x00b", "cannot be read")]
)
def test_a_file_of_any_secret_that_cannot_be_read_is_told(name: str, file: str, fault: str) -> None:
    with pytest.raises(SettingsError) as raised:
        settings_from(**{f"{name}_FILE": file})
    example = example_of(VARIABLES[name])
    assert str(raised.value) == f"{name}: the file {file!r} in {name}_FILE {fault}. Example: {name}={example}"


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("content", ["", " \n\t\n"])
def test_an_empty_file_is_a_slip_but_for_what_may_be_left_open(
    tmp_path: Path, name: str, content: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(content)
    if name.startswith(("LLM_", "SMTP_", "OIDC_", "SENTRY_")):
        assert settings_from(**{f"{name}_FILE": str(secret)}) == settings_from()
    else:
        with pytest.raises(SettingsError, match=rf"^{name}: the file '.+' in {name}_FILE is empty\. Example"):
            settings_from(**{f"{name}_FILE": str(secret)})


@pytest.mark.parametrize("name", SECRETS)
def test_any_secret_given_twice_is_refused_whatever_it_holds(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: it is given twice, directly and as {name}_FILE"):
        settings_from(**{name: "hunter2", f"{name}_FILE": "missing"})


def test_what_is_no_secret_is_read_from_no_file(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("4000")
    assert settings_from(PORT_FILE=str(tmp_path / "port")).port == 3000


def test_an_empty_variable_of_the_environment_hides_that_of_the_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("PORT=4000\nLLM_API_KEY=of-the-file\n")
    settings = load_settings({"PORT": "", "LLM_API_KEY_FILE": ""}, env_file=env_file)
    assert (settings.port, settings.llm_api_key) == (3000, "")


def test_a_file_of_variables_may_hold_more_than_ours_and_names_without_a_value(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("export PORT='4000'\nHOST\nSOMETHING=else\nport=5000\n")
    settings = load_settings({}, env_file=env_file)
    assert (settings.port, settings.host) == (4000, "127.0.0.1")


def test_a_file_of_variables_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SettingsError, match=r"\.env cannot be read: .+ It holds lines such as PORT=3000\.$"):
        load_settings({}, env_file=env_file)
    assert load_settings({}, env_file=tmp_path / "missing") == settings_from()


def test_no_secret_is_shown_or_logged_by_what_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PYDANTIC_SETTINGS_DEBUG", "1")
    env_file = tmp_path / ".env"
    env_file.write_text("RESTIC_REPOSITORY=rest:https://me:hunter2@host\n")
    given = {
        "LLM_API_KEY": "hunter2",
        "DATABASE_URL": "postgresql://me:hunter2@db/memo",
        "LLM_API_BASE": "http://me:hunter2@host",
        "RESTIC_PASSWORD": "hunter2",
    }
    with caplog.at_level(logging.DEBUG):
        assert "hunter2" not in repr(load_settings(given, env_file=env_file))
        with pytest.raises(SettingsError) as raised:
            load_settings({**given, "LLM_API_KEY": "hunter2\n2"}, env_file=env_file)
    assert caplog.records
    assert "hunter2" not in caplog.text
    assert "hunter2" not in "".join(traceback.format_exception(raised.value.__context__))


@pytest.mark.parametrize(
    ("environment", "mode"), [("development", "open"), ("staging", "accounts"), ("production", "accounts")]
)
def test_who_writes_where_others_come_has_an_account_unless_the_operator_says_otherwise(
    environment: str, mode: str
) -> None:
    assert settings_from(APP_ENV=environment).auth_mode == mode
    assert settings_from(APP_ENV=environment, AUTH_MODE="open").auth_mode == "open"
