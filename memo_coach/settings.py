"""The environment, read once, as one typed and frozen :class:`Settings`. Nothing else reads the environment.

A variable is declared in :data:`VARIABLES` with what it does, an example, and the function that reads it.
``.env`` in the working directory is read too; a variable that is really set wins over it. A variable that is
a secret may also be given as a file: ``NAME_FILE`` holds the path, and the file's content, stripped, is the
value.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

Environment = Literal["development", "staging", "production"]
AuthMode = Literal["open"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["human", "json"]

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

    @property
    def database_path(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.database_url.partition(":///")[2])

    def as_environment(self) -> dict[str, str]:
        """Give the variables with which a process started by this one reads the same settings."""
        return {variable.name: str(getattr(self, variable.name.lower())) for variable in VARIABLES}


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


def _database_url(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if not separator:
        # The value is not repeated: what looks like no URL may be a password put in the wrong variable.
        raise _Fault("it is not a database URL")
    if scheme not in {"sqlite", "sqlite+aiosqlite"}:
        raise _Fault(f"{scheme!r} databases are not supported by this version, only sqlite")
    name = rest.partition("?")[0]
    if not name.startswith("/") or name in {"/", "/:memory:"}:
        raise _Fault("it names no database file")
    if "?" in rest:
        raise _Fault("it takes no options after '?'")
    return f"sqlite+aiosqlite:///{Path(name[1:]).expanduser().resolve()}"


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
        f"The database. By default the SQLite file {DATABASE_FILE} in DATA_DIR.",
        "sqlite:////var/lib/memo-coach/memo_coach.db",
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
    given = {**_from_file(env_file), **(os.environ if environment is None else environment)}

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
    )


def address_of(host: str, port: int) -> str:
    """Give the address at which a browser on this machine reaches a server listening on host and port."""
    name = "127.0.0.1" if host in WILDCARD_HOSTS else host
    return f"http://[{name}]:{port}" if ":" in name and not name.startswith("[") else f"http://{name}:{port}"


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
