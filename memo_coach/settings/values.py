"""What values a variable of the environment may have: types that check a text and bring it into one form.

A check raises ``ValueError`` with what is wrong; the variable's name is put before it.
"""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from memo_coach.database_url import read_database_url

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def one_of(words: Any, *, ignore_case: bool = False) -> BeforeValidator:  # noqa: ANN401 - a Literal has no type
    """Return a check that takes the words of a ``Literal``."""
    choices: tuple[str, ...] = get_args(words)

    def read(value: str) -> str:
        for choice in choices:
            if value == choice or (ignore_case and value.casefold() == choice.casefold()):
                return choice
        raise ValueError(f"{value!r} is not one of {', '.join(choices)}")

    return BeforeValidator(read)


def written(pattern: str, meaning: str) -> WrapValidator:
    """Return a check that takes what is written like ``pattern`` and is within the bounds of its type."""

    def read(value: str, within_bounds: ValidatorFunctionWrapHandler) -> object:
        if re.fullmatch(pattern, value):
            with suppress(ValidationError):
                return within_bounds(value)
        raise ValueError(f"{value!r} is not {meaning}")

    return WrapValidator(read)


def _directory(value: str) -> str:
    path = Path(value).expanduser().resolve()
    if path.exists() and not path.is_dir():
        raise ValueError(f"{value!r} is a file, not a directory")
    return str(path)


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{value!r} is not an http or https address")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise ValueError(f"{value!r} must be scheme, host and port only")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError(f"{value!r} has a port that is not a number from 0 to 65535") from None
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _networks(value: str) -> str:
    return ",".join(str(_network(part.strip())) for part in value.split(",") if part.strip())


def _network(text: str) -> Network:
    network = ipaddress.ip_network(text)
    if network.prefixlen == 0:
        raise ValueError(f"{text!r} is everybody, and anybody could then forge an address")
    return network


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("it holds a control character")
    return value


def _paths(value: str) -> str:
    paths = [part for part in value.split(":") if part]
    for path in paths:
        if not Path(path).expanduser().is_absolute():
            raise ValueError(f"{path!r} is not an absolute path")
    return ":".join(str(Path(path).expanduser()) for path in paths)


def _keep_rules(value: str) -> str:
    rules = value.replace(",", " ").split()
    for rule in rules:
        if not _KEEP_RULE.fullmatch(rule):
            raise ValueError(f"{rule!r} is not a rule such as daily=7d")
    periods = [rule.partition("=")[0] for rule in rules]
    if len(set(periods)) < len(periods):
        raise ValueError("a period is named twice")
    return " ".join(rules)


def _model_name(value: str) -> str:
    if value and not _MODEL.fullmatch(value):
        raise ValueError(f"{value!r} is not a model's name")
    return value


def _model_names(value: str) -> str:
    return ",".join(_model_name(part.strip()) for part in value.split(",") if part.strip())


def _http_address(value: str) -> str:
    # Not shown, nor what urlsplit says of it: it may hold a password.
    fault = ValueError("it is not an http or https address")
    try:
        parts = urlsplit(value)
    except ValueError:
        raise fault from None
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or not value.isprintable()):
        raise fault
    return value.rstrip("/")


def _smtp_url(value: str) -> str:
    # Not shown, nor what urlsplit says of it: it may hold a password.
    fault = ValueError("it is not smtp://, starttls:// or smtps:// with a host")
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise fault from None
    if not value:
        return ""
    if parts.scheme not in {"smtp", "starttls", "smtps"} or not parts.hostname or not value.isprintable():
        raise fault
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("it must be scheme, user, password, host and port only")
    if parts.scheme == "smtp" and parts.password and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError("it would send the password unencrypted; take starttls:// or smtps://")
    return value.rstrip("/")


def _redis_url(value: str) -> str:
    # Not shown, nor what urlsplit says of it: it may hold a password.
    fault = ValueError("it is not redis://, rediss:// or unix:// with a host or a path")
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise fault from None
    place = parts.path if parts.scheme == "unix" else parts.hostname
    if value and (parts.scheme not in {"redis", "rediss", "unix"} or not place or not value.isprintable()):
        raise fault
    return value


def _mail_address(value: str) -> str:
    if value and not _SENDER.fullmatch(value):
        raise ValueError(f"{value!r} is not an e-mail address, nor a name with one in <>")
    return value


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    is_here = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if value and (not parts.hostname or not (parts.scheme == "https" or is_here)):
        raise ValueError(f"{value!r} is not an https address")
    if parts.query or parts.fragment or parts.username or not value.isprintable() or " " in value:
        raise ValueError(f"{value!r} must be scheme, host, port and path only")
    return value


def _domains(value: str) -> str:
    domains = [part.strip().lower() for part in value.split(",") if part.strip()]
    for domain in domains:
        if domain != "*" and not _DOMAIN.fullmatch(domain):
            raise ValueError(f"{domain!r} is not a domain")
    return ",".join(domains)


def _scopes(value: str) -> str:
    scopes = value.split()
    if "openid" not in scopes or not all(re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", each) for each in scopes):
        raise ValueError(f"{value!r} is not openid with other scopes, separated by spaces")
    return " ".join(scopes)


_DOMAIN = re.compile(r"(?=.{1,253}\Z)[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*")
_SENDER = re.compile(r"(?=.{1,254}\Z)([\w .'-]+ <[^\s@<>,;]+@[^\s@<>,;]+>|[^\s@<>,;]+@[^\s@<>,;]+)")
_MODEL = re.compile(r"(?!https?:)[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,199}")
_KEEP_RULE = re.compile(
    r"(all|hourly|daily|weekly|monthly|yearly)=(?=[1-9])([0-9]+[yY])?([0-9]+m)?([0-9]+d)?([0-9]+h)?"
)
_NUMBER = r"[0-9]{1,7}(\.[0-9]{1,6})?"

Environment = Literal["development", "staging", "production"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["human", "json"]

Port = Annotated[int, Field(ge=1, le=65_535), written("[0-9]+", "a whole number from 1 to 65535")]
Workers = Annotated[int, Field(ge=1, le=64), written("[0-9]{1,2}", "a whole number from 1 to 64")]
Days = Annotated[int, Field(ge=1, le=36_500), written("[0-9]{1,5}", "a whole number of days from 1 to 36500")]
StrictTransport = Annotated[
    int, Field(ge=0, le=63_072_000), written("[0-9]{1,8}", "a whole number of seconds from 0 to 63072000")
]
DaysOrNever = Annotated[
    int, Field(ge=0, le=36_500), written("[0-9]{1,5}", "a whole number of days from 0 to 36500")
]
SharingDays = Annotated[
    int, Field(ge=1, le=365), written("[0-9]{1,3}", "a whole number of days from 1 to 365")
]
Seconds = Annotated[
    float, Field(gt=0, le=3600), written(_NUMBER, "a number of seconds above 0, at most 3600")
]
Amount = Annotated[Decimal, Field(le=1_000_000), written(_NUMBER, "an amount from 0 to 1000000")]
AuthMode = Annotated[Literal["open", "accounts"], one_of(Literal["open", "accounts"])]
Hours = Annotated[int, Field(ge=1, le=8_760), written("[0-9]{1,4}", "a whole number of hours from 1 to 8760")]
SessionDays = Annotated[
    int, Field(ge=1, le=365), written("[0-9]{1,3}", "a whole number of days from 1 to 365")
]
Switch = Annotated[bool, one_of(Literal["true", "false"], ignore_case=True)]
Directory = Annotated[Path, BeforeValidator(_directory)]
"""An absolute path."""
Host = Annotated[str, written(r"[^\s/@]+", "a host name or address")]
PublicUrl = Annotated[str, BeforeValidator(_public_url)]
"""Scheme, host and port only."""
Networks = Annotated[str, BeforeValidator(_networks)]
"""Separated by commas; empty for none."""
DatabaseUrl = Annotated[str, BeforeValidator(read_database_url)]
"""In SQLAlchemy's form with an asynchronous driver."""
Printable = Annotated[str, BeforeValidator(_printable)]
Paths = Annotated[str, BeforeValidator(_paths)]
"""Absolute, separated by colons."""
KeepRules = Annotated[str, BeforeValidator(_keep_rules)]
"""How long backups are kept."""
ModelName = Annotated[str, BeforeValidator(_model_name)]
"""Empty for none."""
ModelNames = Annotated[str, BeforeValidator(_model_names)]
"""Separated by commas."""
SmtpUrl = Annotated[str, BeforeValidator(_smtp_url)]
"""Scheme, user, password, host and port; empty for none."""
RedisUrl = Annotated[str, BeforeValidator(_redis_url)]
"""Of Redis or Valkey; empty for none."""
MailAddress = Annotated[str, BeforeValidator(_mail_address)]
"""An address, or a name and one in ``<>``; empty for none."""
Issuer = Annotated[str, BeforeValidator(_issuer)]
"""As the provider writes it; empty for none."""
Domains = Annotated[str, BeforeValidator(_domains)]
"""Separated by commas; empty for none, ``*`` for all."""
Scopes = Annotated[str, BeforeValidator(_scopes)]
Joins = Annotated[Literal["invited", "any"], one_of(Literal["invited", "any"])]
HttpAddress = Annotated[str, BeforeValidator(_http_address)]
"""Without a slash at its end; empty for none."""
