"""Every variable of the environment: what it means, an example, its default, and how its value is read."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from memo_coach.database_url import POSTGRES_EXAMPLE, DatabaseUrlFault, read_database_url

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

DATABASE_FILE = "memo_coach.db"


class ValueFault(ValueError):
    """What is wrong with a value, without the variable's name."""


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
            raise ValueFault(f"{value!r} is not one of {', '.join(choices)}")
        return choice

    return read


def _auth_mode(value: str) -> str:
    if value == "accounts":
        raise ValueFault("this version has no accounts yet, each browser keeps its own private history")
    return _one_of("open")(value)


def _directory(value: str) -> str:
    path = Path(value).expanduser().resolve()
    if path.exists() and not path.is_dir():
        raise ValueFault(f"{value!r} is a file, not a directory")
    return str(path)


def _host(value: str) -> str:
    if any(character.isspace() or character in "/@" for character in value):
        raise ValueFault(f"{value!r} is not a host name or address")
    return value


def _port(value: str) -> str:
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        raise ValueFault(f"{value!r} is not a whole number from 1 to 65535")
    return str(int(value))


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueFault(f"{value!r} is not an http or https address")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise ValueFault(f"{value!r} must be scheme, host and port only")
    try:
        _ = parts.port
    except ValueError:
        raise ValueFault(f"{value!r} has a port that is not a number from 0 to 65535") from None
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _networks(value: str) -> str:
    parts = [part.strip() for part in value.split(",") if part.strip()]
    return ",".join(str(_network(part)) for part in parts)


def _network(text: str) -> Network:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueFault(str(error)) from None
    if network.prefixlen == 0:
        raise ValueFault(f"{text!r} is everybody, and anybody could then forge an address")
    return network


def _database_url(value: str) -> str:
    try:
        return read_database_url(value)
    except DatabaseUrlFault as fault:
        raise ValueFault(str(fault)) from None


def _as_given(value: str) -> str:
    if not value.isprintable():
        raise ValueFault("it holds a control character")
    return value


def _paths(value: str) -> str:
    paths = [part for part in value.split(":") if part]
    for path in paths:
        if not Path(path).expanduser().is_absolute():
            raise ValueFault(f"{path!r} is not an absolute path")
    return ":".join(str(Path(path).expanduser()) for path in paths)


def _keep_rules(value: str) -> str:
    rules = value.replace(",", " ").split()
    for rule in rules:
        if not _KEEP_RULE.fullmatch(rule):
            raise ValueFault(f"{rule!r} is not a rule such as daily=7d")
    periods = [rule.partition("=")[0] for rule in rules]
    if len(set(periods)) < len(periods):
        raise ValueFault("a period is named twice")
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
