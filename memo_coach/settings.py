"""The environment, read once, as one typed and frozen :class:`Settings`. Nothing else reads the environment.

A variable is declared in :mod:`.settings_variables` with what it does, an example, and the function that
reads it. ``.env`` in the working directory is read too; a variable that is really set wins over it. A secret
may also be given as a file: ``NAME_FILE`` holds the path, and the file's content, stripped, is the value.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from memo_coach.database_url import sqlite_path
from memo_coach.settings_values import Network, ValueFault
from memo_coach.settings_variables import DATABASE_FILE, VARIABLES, Variable

Environment = Literal["development", "staging", "production"]
AuthMode = Literal["open"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["human", "json"]


class SettingsError(Exception):
    """A variable has a value that cannot be used. ``str(error)`` is one line: name, fault and an example."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided. Paths are absolute; URLs have no trailing slash."""

    app_env: Environment
    data_dir: Path
    database_url: str = field(repr=False)
    """In SQLAlchemy's form with an asynchronous driver. Not shown in ``repr``: it may hold a password."""
    auth_mode: AuthMode
    public_url: str
    host: str
    port: int
    log_level: LogLevel
    log_format: LogFormat
    operator_networks: str
    """Networks, separated by commas; empty for none."""
    visitor_days: int
    trusted_proxies: str
    """Networks, separated by commas."""
    draft_days: int
    llm_model: str
    """Empty where no model is configured."""
    llm_fallback_models: str
    """Separated by commas."""
    llm_api_base: str = field(repr=False)
    """Empty for the provider's own. Not shown: it may hold a password."""
    llm_api_key: str = field(repr=False)
    llm_connect_seconds: float
    llm_first_token_seconds: float
    llm_timeout_seconds: float
    llm_daily_budget_usd: Decimal
    debug_mode: bool
    restic_repository: str = field(repr=False)
    """Empty where nothing is backed up. Not shown: some kinds of repository have their password in it."""
    restic_password: str = field(repr=False)
    backup_paths: str
    """Absolute, separated by colons."""
    backup_status_directory: Path
    backup_keep: str

    @property
    def trusted_networks(self) -> tuple[Network, ...]:
        """The networks of the proxies that are believed about their clients' addresses."""
        return tuple(ipaddress.ip_network(each) for each in self.trusted_proxies.split(",") if each)

    @property
    def operators(self) -> tuple[Network, ...]:
        """The networks from which operators ask directly."""
        return tuple(ipaddress.ip_network(each) for each in self.operator_networks.split(",") if each)

    @property
    def database_path(self) -> Path | None:
        """The file of an SQLite database; ``None`` where a server keeps it."""
        return sqlite_path(self.database_url)

    def as_environment(self) -> dict[str, str]:
        """Return the variables with which a process started by this one reads the same settings."""
        values = {variable.name: str(getattr(self, variable.name.lower())) for variable in VARIABLES}
        # What was read from a file is handed on as the value; given both ways it would be refused.
        return values | {f"{variable.name}_FILE": "" for variable in VARIABLES if variable.secret}


_BY_NAME = {variable.name: variable for variable in VARIABLES}
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
WILDCARD_HOSTS = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - recognised, not bound


def load_settings(
    environment: Mapping[str, str] | None = None, *, env_file: Path | None = Path(".env")
) -> Settings:
    """Read the environment.

    Args:
        environment: read instead of the process's own.
        env_file: a file of ``NAME=value`` lines whose values stand behind those of the environment.

    Raises:
        SettingsError: a value cannot be used.
    """
    present = os.environ if environment is None else environment
    given = {**_behind(_from_file(env_file), present), **present}

    def value(name: str, derived: str = "") -> str:
        return _value(_BY_NAME[name], given, derived)

    data_dir = Path(value("DATA_DIR"))
    app_env = cast("Environment", value("APP_ENV"))
    host, port = value("HOST"), value("PORT")
    public_url = value("PUBLIC_URL", address_of(host, int(port)))
    return Settings(
        app_env=app_env,
        data_dir=data_dir,
        database_url=value("DATABASE_URL", f"sqlite:///{data_dir / DATABASE_FILE}"),
        auth_mode=cast("AuthMode", value("AUTH_MODE")),
        public_url=public_url,
        host=host,
        port=int(port),
        log_level=cast("LogLevel", value("LOG_LEVEL")),
        log_format=cast("LogFormat", value("LOG_FORMAT", "json" if app_env == "production" else "human")),
        operator_networks=value("OPERATOR_NETWORKS", operators_of(public_url)),
        visitor_days=int(value("VISITOR_DAYS")),
        trusted_proxies=value("TRUSTED_PROXIES"),
        draft_days=int(value("DRAFT_DAYS")),
        llm_model=value("LLM_MODEL"),
        llm_fallback_models=value("LLM_FALLBACK_MODELS"),
        llm_api_base=value("LLM_API_BASE"),
        llm_api_key=value("LLM_API_KEY"),
        llm_connect_seconds=float(value("LLM_CONNECT_SECONDS")),
        llm_first_token_seconds=float(value("LLM_FIRST_TOKEN_SECONDS")),
        llm_timeout_seconds=float(value("LLM_TIMEOUT_SECONDS")),
        llm_daily_budget_usd=Decimal(value("LLM_DAILY_BUDGET_USD")),
        debug_mode=value("DEBUG_MODE") == "true",
        restic_repository=value("RESTIC_REPOSITORY"),
        restic_password=value("RESTIC_PASSWORD"),
        backup_paths=value("BACKUP_PATHS"),
        backup_status_directory=Path(value("BACKUP_STATUS_DIRECTORY", str(data_dir / "status"))),
        backup_keep=value("BACKUP_KEEP"),
    )


def address_of(host: str, port: int) -> str:
    """Return the address at which a browser on this machine reaches a server listening on host and port."""
    name = "127.0.0.1" if host in WILDCARD_HOSTS else host
    return f"http://[{name}]:{port}" if ":" in name and not name.startswith("[") else f"http://{name}:{port}"


def operators_of(public_url: str) -> str:
    """Return the networks of the operators where none are named.

    A site with an address of its own has a proxy in front, which may ask from this machine for anybody.
    """
    return "127.0.0.0/8,::1/128" if urlsplit(public_url).hostname in LOCAL_NAMES else ""


def environment_of_tools(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what restic and the tools of Postgres may see of the environment: the way to a network, no more.

    ``RESTIC_*`` is no part of it but for what belongs to the way to the repository.
    """
    given = os.environ if environment is None else environment
    return {
        name: value
        for name, value in given.items()
        if name.startswith(("AWS_", "RESTIC_AWS_ASSUME_ROLE_")) or name.upper() in _FOR_TOOLS
    }


_FOR_TOOLS = frozenset(
    {
        *("PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "SSH_AUTH_SOCK", "LD_LIBRARY_PATH"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("RESTIC_CACHE_DIR", "RESTIC_CACERT", "RESTIC_REST_USERNAME", "RESTIC_REST_PASSWORD"),
    }
)


def _behind(values: dict[str, str], present: Mapping[str, str]) -> dict[str, str]:
    """Leave out the secrets that are present, whichever of the two ways each was given."""
    for variable in VARIABLES:
        names = {variable.name, f"{variable.name}_FILE"}
        if variable.secret and names & present.keys():
            values = {name: value for name, value in values.items() if name not in names}
    return values


def _from_file(env_file: Path | None) -> dict[str, str]:
    if env_file is None or not env_file.is_file():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 - only where there is a file to read

    try:
        return {name: value for name, value in dotenv_values(env_file).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{env_file} cannot be read: {error}. It holds lines such as PORT=3000."
        ) from None


def _value(variable: Variable, given: Mapping[str, str], derived: str) -> str:
    name, raw = variable.name, given.get(variable.name, "").strip()
    try:
        if variable.secret:
            raw = _secret(variable, raw, given)
        # An empty variable counts as absent: compose files pass "NAME=" for what was left open.
        return variable.read(raw or variable.default or derived)
    except ValueFault as fault:
        raise SettingsError(f"{name}: {fault}. Example: {name}={variable.example}") from None


def _secret(variable: Variable, raw: str, given: Mapping[str, str]) -> str:
    path = given.get(f"{variable.name}_FILE", "").strip()
    if not path:
        return raw
    if raw:
        raise ValueFault(f"it is given twice, directly and as {variable.name}_FILE")
    try:
        content = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ValueFault(f"the file {path!r} in {variable.name}_FILE cannot be read") from None
    if not content and not variable.may_be_empty:
        raise ValueFault(f"the file {path!r} in {variable.name}_FILE is empty")
    return content
