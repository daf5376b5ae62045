"""How the value of a variable of the environment is read: checked, and brought into one form.

Each function raises :class:`ValueFault` with what is wrong; the variable's name is put before it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from memo_coach.database_url import DatabaseUrlFault, read_database_url

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ValueFault(ValueError):
    """What is wrong with a value, without the variable's name."""


def one_of(*choices: str, ignore_case: bool = False) -> Callable[[str], str]:
    """Return a reader that takes one of a few words."""
    folded = {choice.casefold() if ignore_case else choice: choice for choice in choices}

    def read(value: str) -> str:
        choice = folded.get(value.casefold() if ignore_case else value)
        if choice is None:
            raise ValueFault(f"{value!r} is not one of {', '.join(choices)}")
        return choice

    return read


def auth_mode(value: str) -> str:
    """Read who may write here."""
    if value == "accounts":
        raise ValueFault("this version has no accounts yet, each browser keeps its own private history")
    return one_of("open")(value)


def directory(value: str) -> str:
    """Read a directory, as an absolute path."""
    path = Path(value).expanduser().resolve()
    if path.exists() and not path.is_dir():
        raise ValueFault(f"{value!r} is a file, not a directory")
    return str(path)


def host(value: str) -> str:
    """Read a host name or address to listen on."""
    if any(character.isspace() or character in "/@" for character in value):
        raise ValueFault(f"{value!r} is not a host name or address")
    return value


def port(value: str) -> str:
    """Read a port."""
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        raise ValueFault(f"{value!r} is not a whole number from 1 to 65535")
    return str(int(value))


def public_url(value: str) -> str:
    """Read an address of scheme, host and port only."""
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


def networks(value: str) -> str:
    """Read networks, separated by commas."""
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


def database_url(value: str) -> str:
    """Read a database address, in the form in which it is opened."""
    try:
        return read_database_url(value)
    except DatabaseUrlFault as fault:
        raise ValueFault(str(fault)) from None


def as_given(value: str) -> str:
    """Read any printable text."""
    if not value.isprintable():
        raise ValueFault("it holds a control character")
    return value


def paths(value: str) -> str:
    """Read absolute paths, separated by colons."""
    paths = [part for part in value.split(":") if part]
    for path in paths:
        if not Path(path).expanduser().is_absolute():
            raise ValueFault(f"{path!r} is not an absolute path")
    return ":".join(str(Path(path).expanduser()) for path in paths)


def keep_rules(value: str) -> str:
    """Read how long backups are kept."""
    rules = value.replace(",", " ").split()
    for rule in rules:
        if not _KEEP_RULE.fullmatch(rule):
            raise ValueFault(f"{rule!r} is not a rule such as daily=7d")
    periods = [rule.partition("=")[0] for rule in rules]
    if len(set(periods)) < len(periods):
        raise ValueFault("a period is named twice")
    return " ".join(rules)


def model_name(value: str) -> str:
    """Read a model's name; it may be empty."""
    if value and not _MODEL.fullmatch(value):
        raise ValueFault(f"{value!r} is not a model's name")
    return value


def model_names(value: str) -> str:
    """Read models' names, separated by commas."""
    return ",".join(model_name(part.strip()) for part in value.split(",") if part.strip())


_MODEL = re.compile(r"(?!https?:)[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,199}")


def http_address(value: str) -> str:
    """Read an http or https address; it may be empty."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or not value.isprintable()):
        # Not shown: it may hold a password.
        raise ValueFault("it is not an http or https address")
    return value.rstrip("/")


def seconds(value: str) -> str:
    """Read a number of seconds above 0."""
    if not (_NUMBER.fullmatch(value) and 0 < float(value) <= 3600):
        raise ValueFault(f"{value!r} is not a number of seconds above 0, at most 3600")
    return value


def days(value: str) -> str:
    """Read a number of days."""
    if not (value.isascii() and value.isdigit() and len(value) <= 5 and 1 <= int(value) <= 36_500):
        raise ValueFault(f"{value!r} is not a whole number of days from 1 to 36500")
    return str(int(value))


def amount(value: str) -> str:
    """Read an amount of money."""
    if not (_NUMBER.fullmatch(value) and float(value) <= 1_000_000):
        raise ValueFault(f"{value!r} is not an amount from 0 to 1000000")
    return value


_NUMBER = re.compile(r"[0-9]{1,7}(\.[0-9]{1,6})?")


def switch(value: str) -> str:
    """Read true or false."""
    return one_of("true", "false", ignore_case=True)(value)


_KEEP_RULE = re.compile(
    r"(all|hourly|daily|weekly|monthly|yearly)=(?=[1-9])([0-9]+[yY])?([0-9]+m)?([0-9]+d)?([0-9]+h)?"
)
