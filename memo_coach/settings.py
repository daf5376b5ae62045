"""The environment, read once, as one typed and frozen :class:`Settings`. Nothing else reads the environment.

A variable is declared in :data:`VARIABLES` with what it does, an example, and the function that reads it.
``.env`` in the working directory is read too; a variable that is really set wins over it. A variable that is
a secret may also be given as a file: ``NAME_FILE`` holds the path, and the file's content, stripped, is the
value.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from memo_coach.database_url import POSTGRES_EXAMPLE, DatabaseUrlFault, read_database_url, sqlite_path

Environment = Literal["development", "staging", "production"]
AuthMode = Literal["open"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["human", "json"]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

DATABASE_FILE = "memo_coach.db"


class SettingsError(Exception):
    """A variable has a value that cannot be used. ``str(error)`` is one line: name, fault and an example."""


class _Fault(ValueError):
    """What is wrong with a value, without the variable's name."""


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
    trusted_proxies: str
    """Networks, separated by commas."""
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
    def database_path(self) -> Path | None:
        """The file of an SQLite database; ``None`` where a server keeps it."""
        return sqlite_path(self.database_url)

    def as_environment(self) -> dict[str, str]:
        """Give the variables with which a process started by this one reads the same settings."""
        values = {variable.name: str(getattr(self, variable.name.lower())) for variable in VARIABLES}
        # What was read from a file is handed on as the value; given both ways it would be refused.
        return values | {f"{variable.name}_FILE": "" for variable in VARIABLES if variable.secret}


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable."""

    name: str
    meaning: str
    example: str
    read: Callable[[str], str]
    """Checks and normalises a value; raises ``ValueError`` with the fault."""
    default: str | None
    """``None`` where the default follows from other variables."""
    secret: bool = False


def _one_of(*choices: str, ignore_case: bool = False) -> Callable[[str], str]:
    folded = {choice.casefold() if ignore_case else choice: choice for choice in choices}

    def read(value: str) -> str:
        choice = folded.get(value.casefold() if ignore_case else value)
        if choice is None:
            raise _Fault(f"{value!r} is not one of {', '.join(choices)}")
        return choice

    return read


def _auth_mode(value: str) -> str:
    if value == "accounts":
        raise _Fault("this version has no accounts yet, each browser keeps its own private history")
    return _one_of("open")(value)


def _directory(value: str) -> str:
    path = Path(value).expanduser().resolve()
    if path.exists() and not path.is_dir():
        raise _Fault(f"{value!r} is a file, not a directory")
    return str(path)


def _host(value: str) -> str:
    if any(character.isspace() or character in "/@" for character in value):
        raise _Fault(f"{value!r} is not a host name or address")
    return value


def _port(value: str) -> str:
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        raise _Fault(f"{value!r} is not a whole number from 1 to 65535")
    return str(int(value))


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _Fault(f"{value!r} is not an http or https address")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise _Fault(f"{value!r} must be scheme, host and port only")
    try:
        _ = parts.port
    except ValueError:
        raise _Fault(f"{value!r} has a port that is not a number from 0 to 65535") from None
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _networks(value: str) -> str:
    parts = [part.strip() for part in value.split(",") if part.strip()]
    return ",".join(str(_network(part)) for part in parts)


def _network(text: str) -> Network:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        raise _Fault(str(error)) from None
    if network.prefixlen == 0:
        raise _Fault(f"{text!r} is everybody, and anybody could then forge an address")
    return network


def _database_url(value: str) -> str:
    try:
        return read_database_url(value)
    except DatabaseUrlFault as fault:
        raise _Fault(str(fault)) from None


def _as_given(value: str) -> str:
    if not value.isprintable():
        raise _Fault("it holds a control character")
    return value


def _paths(value: str) -> str:
    paths = [part for part in value.split(":") if part]
    for path in paths:
        if not Path(path).expanduser().is_absolute():
            raise _Fault(f"{path!r} is not an absolute path")
    return ":".join(str(Path(path).expanduser()) for path in paths)


def _keep_rules(value: str) -> str:
    rules = value.replace(",", " ").split()
    for rule in rules:
        if not _KEEP_RULE.fullmatch(rule):
            raise _Fault(f"{rule!r} is not a rule such as daily=7d")
    periods = [rule.partition("=")[0] for rule in rules]
    if len(set(periods)) < len(periods):
        raise _Fault("a period is named twice")
    return " ".join(rules)


_KEEP_RULE = re.compile(
    r"(all|hourly|daily|weekly|monthly|yearly)=(?=[1-9])([0-9]+[yY])?([0-9]+m)?([0-9]+d)?([0-9]+h)?"
)

VARIABLES: tuple[Variable, ...] = (
    Variable(
        "APP_ENV",
        "What kind of installation this is: development, staging or production. Production logs as JSON.",
        "production",
        _one_of("development", "staging", "production"),
        "development",
    ),
    Variable(
        "DATA_DIR",
        "The directory for everything that is kept. It is made when it is missing.",
        "/var/lib/memo-coach",
        _directory,
        "data",
    ),
    Variable(
        "DATABASE_URL",
        f"The database: Postgres, or an SQLite file. By default the SQLite file {DATABASE_FILE} in DATA_DIR.",
        POSTGRES_EXAMPLE,
        _database_url,
        None,
        secret=True,
    ),
    Variable(
        "AUTH_MODE",
        "Who may write here. open: no login, each browser has its own private history.",
        "open",
        _auth_mode,
        "open",
    ),
    Variable(
        "PUBLIC_URL",
        "The address that people type, where a proxy stands in front. By default made from HOST and PORT.",
        "https://memos.example.org",
        _public_url,
        None,
    ),
    Variable("HOST", "The address to listen on.", "0.0.0.0", _host, "127.0.0.1"),  # noqa: S104 - an example
    Variable("PORT", "The port to listen on, 1 to 65535.", "3000", _port, "3000"),
    Variable(
        "LOG_LEVEL",
        "The least serious message that is logged: DEBUG, INFO, WARNING or ERROR.",
        "INFO",
        _one_of("DEBUG", "INFO", "WARNING", "ERROR", ignore_case=True),
        "INFO",
    ),
    Variable(
        "LOG_FORMAT",
        "How a message is logged: human, or json with one object a line. By default json in production.",
        "json",
        _one_of("human", "json"),
        None,
    ),
    Variable(
        "TRUSTED_PROXIES",
        "The networks of proxies in front, by comma: their X-Forwarded-For is believed. By default nobody's.",
        "172.30.30.0/28",
        _networks,
        None,
    ),
    Variable(
        "RESTIC_REPOSITORY",
        "Where backups are kept, as restic names it: a directory, sftp:, rest:, s3: and others.",
        "s3:https://s3.example.org/memo-coach",
        _as_given,
        None,
        secret=True,
    ),
    Variable(
        "RESTIC_PASSWORD",
        "What the backups are encrypted with. Who loses it has no backups.",
        "correct horse battery staple",
        _as_given,
        None,
        secret=True,
    ),
    Variable(
        "BACKUP_PATHS",
        "Files and directories that are backed up beside the database, absolute, separated by colons.",
        "/etc/memo-coach:/srv/memo-coach/.env",
        _paths,
        None,
    ),
    Variable(
        "BACKUP_STATUS_DIRECTORY",
        "Where backups, checks and restores leave their results. By default status in DATA_DIR.",
        "/var/lib/memo-coach/status",
        _directory,
        None,
    ),
    Variable(
        "BACKUP_KEEP",
        "For how long (h, d, m, y) backups are kept: all, or the last of each hour, day, week, month, year.",
        "daily=14d weekly=2m yearly=3y",
        _keep_rules,
        "daily=7d weekly=35d monthly=12m yearly=2y",
    ),
)

_BY_NAME = {variable.name: variable for variable in VARIABLES}
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
    return Settings(
        app_env=app_env,
        data_dir=data_dir,
        database_url=value("DATABASE_URL", f"sqlite:///{data_dir / DATABASE_FILE}"),
        auth_mode=cast("AuthMode", value("AUTH_MODE")),
        public_url=value("PUBLIC_URL", address_of(host, int(port))),
        host=host,
        port=int(port),
        log_level=cast("LogLevel", value("LOG_LEVEL")),
        log_format=cast("LogFormat", value("LOG_FORMAT", "json" if app_env == "production" else "human")),
        trusted_proxies=value("TRUSTED_PROXIES"),
        restic_repository=value("RESTIC_REPOSITORY"),
        restic_password=value("RESTIC_PASSWORD"),
        backup_paths=value("BACKUP_PATHS"),
        backup_status_directory=Path(value("BACKUP_STATUS_DIRECTORY", str(data_dir / "status"))),
        backup_keep=value("BACKUP_KEEP"),
    )


def address_of(host: str, port: int) -> str:
    """Give the address at which a browser on this machine reaches a server listening on host and port."""
    name = "127.0.0.1" if host in WILDCARD_HOSTS else host
    return f"http://[{name}]:{port}" if ":" in name and not name.startswith("[") else f"http://{name}:{port}"


def environment_of_tools(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give what restic and the tools of Postgres may see of the environment: how to reach a network, no more.

    ``RESTIC_*`` is no part of it but for what belongs to the way to the repository.
    """
    given = os.environ if environment is None else environment
    return {
        name: value for name, value in given.items() if name.startswith("AWS_") or name.upper() in _FOR_TOOLS
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
    except _Fault as fault:
        raise SettingsError(f"{name}: {fault}. Example: {name}={variable.example}") from None


def _secret(variable: Variable, raw: str, given: Mapping[str, str]) -> str:
    path = given.get(f"{variable.name}_FILE", "").strip()
    if not path:
        return raw
    if raw:
        raise _Fault(f"it is given twice, directly and as {variable.name}_FILE")
    try:
        content = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise _Fault(f"the file {path!r} in {variable.name}_FILE cannot be read") from None
    if not content:
        raise _Fault(f"the file {path!r} in {variable.name}_FILE is empty")
    return content
