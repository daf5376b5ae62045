"""What values a variable of the environment may have: types that check a text and bring it into one form.

A check raises :class:`~memo_coach.settings.faults.SettingFault` with what is wrong.
"""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import SplitResult, urlsplit

from pydantic import BeforeValidator, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from memo_coach.database_url import read_database_url
from memo_coach.settings.faults import SettingFault, not_as, shown
from memo_coach.translations.sentences import Sentence, sentence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def one_of(words: Any, *, ignore_case: bool = False) -> BeforeValidator:  # noqa: ANN401 - a Literal has no type
    """Return a check that takes the words of a ``Literal``."""
    choices: tuple[str, ...] = get_args(words)

    def read(value: str) -> str:
        for choice in choices:
            if value == choice or (ignore_case and value.casefold() == choice.casefold()):
                return choice
        known = ", ".join(choices)
        raise SettingFault(sentence("setting_faults.not_one_of", value=shown(value), known=known))

    return BeforeValidator(read)


def written(pattern: str, meaning: str) -> WrapValidator:
    """Return a check that takes what is written like ``pattern`` and is within the bounds of its type.

    ``meaning`` is the key of the words for what that is.
    """

    def read(value: str, within_bounds: ValidatorFunctionWrapHandler) -> object:
        if re.fullmatch(pattern, value):
            with suppress(ValidationError):
                return within_bounds(value)
        raise not_as(value, meaning)

    return WrapValidator(read)


def _directory(value: str) -> str:
    if "\0" in value:
        raise SettingFault(sentence("setting_faults.null_byte"))
    try:
        path = Path(value).expanduser().resolve()
        is_taken = path.exists() and not path.is_dir()
    except (OSError, RuntimeError):
        # No such home, or no way to look at it.
        raise not_as(value, "setting_faults.a_reachable_directory") from None
    if is_taken:
        raise SettingFault(sentence("setting_faults.is_file", value=shown(value)))
    return str(path)


def _public_url(value: str) -> str:
    parts = _split(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise not_as(value, "setting_faults.an_http_address")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise SettingFault(sentence("setting_faults.host_and_port_only", value=shown(value)))
    try:
        _ = parts.port
    except ValueError:
        raise SettingFault(sentence("setting_faults.no_port", value=shown(value))) from None
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _split(value: str) -> SplitResult:
    try:
        return urlsplit(value)
    except ValueError as error:
        if str(error) == "Invalid IPv6 URL":
            raise SettingFault(sentence("setting_faults.invalid_ipv6_url")) from None
        raise not_as(value, "setting_faults.an_http_address") from None


def _networks(value: str) -> str:
    return ",".join(str(_network(part.strip())) for part in value.split(",") if part.strip())


def _network(text: str) -> Network:
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise SettingFault(_fault_of_network(text)) from None
    if network.prefixlen == 0:
        raise SettingFault(sentence("setting_faults.everybody", value=shown(text)))
    return network


def _fault_of_network(text: str) -> Sentence:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return sentence("setting_faults.no_network", value=shown(text))
    return sentence("setting_faults.host_bits", network=text)


def _printable(value: str) -> str:
    if not value.isprintable():
        raise SettingFault(sentence("setting_faults.control_character"))
    return value


def _paths(value: str) -> str:
    paths = [part for part in value.split(":") if part]
    return ":".join(str(_absolute(path)) for path in paths)


def _absolute(value: str) -> Path:
    try:
        path = Path(value).expanduser()
    except RuntimeError:
        # Nobody has such a home.
        raise not_as(value, "setting_faults.an_absolute_path") from None
    if not path.is_absolute():
        raise not_as(value, "setting_faults.an_absolute_path")
    return path


def _keep_rules(value: str) -> str:
    rules = value.replace(",", " ").split()
    for rule in rules:
        if not _KEEP_RULE.fullmatch(rule):
            raise not_as(rule, "setting_faults.a_rule")
    periods = [rule.partition("=")[0] for rule in rules]
    if len(set(periods)) < len(periods):
        raise SettingFault(sentence("setting_faults.period_twice"))
    return " ".join(rules)


def _model_name(value: str) -> str:
    if value and not _MODEL.fullmatch(value):
        raise not_as(value, "setting_faults.a_models_name")
    return value


def _model_names(value: str) -> str:
    return ",".join(_model_name(part.strip()) for part in value.split(",") if part.strip())


def _http_address(value: str) -> str:
    # Not shown, nor what urlsplit says of it: it may hold a password.
    fault = SettingFault(sentence("setting_faults.not_http"))
    try:
        parts = urlsplit(value)
    except ValueError:
        raise fault from None
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or not value.isprintable()):
        raise fault
    return value.rstrip("/")


def _parts_of(value: str, fault: SettingFault) -> SplitResult:
    """Return an address in its parts; raise ``fault`` where it is none, or its port is no number."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise fault from None
    return parts


def _report_address(value: str) -> str:
    # Not shown, nor what urlsplit says of it: it holds a key.
    fault = SettingFault(sentence("setting_faults.not_reports"))
    parts = _parts_of(value, fault)
    if not value:
        return ""
    is_address = parts.scheme in {"http", "https"} and parts.hostname and value.isprintable()
    if not is_address or not parts.username or not parts.path.rpartition("/")[2].isdecimal():
        raise fault
    return value


def _smtp_url(value: str) -> str:
    # Not shown, nor what urlsplit says of it: it may hold a password.
    fault = SettingFault(sentence("setting_faults.not_smtp"))
    parts = _parts_of(value, fault)
    if not value:
        return ""
    if parts.scheme not in {"smtp", "starttls", "smtps"} or not parts.hostname or not value.isprintable():
        raise fault
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise SettingFault(sentence("setting_faults.smtp_only"))
    if parts.scheme == "smtp" and parts.password and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise SettingFault(sentence("setting_faults.unencrypted"))
    return value.rstrip("/")


def _redis_url(value: str) -> str:
    # Not shown, nor what urlsplit says of it: it may hold a password.
    fault = SettingFault(sentence("setting_faults.not_redis"))
    parts = _parts_of(value, fault)
    place = parts.path if parts.scheme == "unix" else parts.hostname
    if value and (parts.scheme not in {"redis", "rediss", "unix"} or not place or not value.isprintable()):
        raise fault
    return value


def _mail_address(value: str) -> str:
    if value and not _SENDER.fullmatch(value):
        raise not_as(value, "setting_faults.a_sender")
    return value


def _issuer(value: str) -> str:
    parts = _split(value)
    is_here = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if value and (not parts.hostname or not (parts.scheme == "https" or is_here)):
        raise not_as(value, "setting_faults.an_https_address")
    if parts.query or parts.fragment or parts.username or not value.isprintable() or " " in value:
        raise SettingFault(sentence("setting_faults.path_at_most", value=shown(value)))
    return value


def _domains(value: str) -> str:
    domains = [part.strip().lower() for part in value.split(",") if part.strip()]
    for domain in domains:
        if domain != "*" and not _DOMAIN.fullmatch(domain):
            raise not_as(domain, "setting_faults.a_domain")
    return ",".join(domains)


def _scopes(value: str) -> str:
    scopes = value.split()
    if "openid" not in scopes or not all(re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", each) for each in scopes):
        raise not_as(value, "setting_faults.openid")
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

Port = Annotated[int, Field(ge=1, le=65_535), written("[0-9]+", "setting_faults.port_number")]
Workers = Annotated[int, Field(ge=1, le=64), written("[0-9]{1,2}", "setting_faults.workers_number")]
Days = Annotated[int, Field(ge=1, le=36_500), written("[0-9]{1,5}", "setting_faults.days")]
StrictTransport = Annotated[
    int, Field(ge=0, le=63_072_000), written("[0-9]{1,8}", "setting_faults.transport_seconds")
]
DaysOrNever = Annotated[int, Field(ge=0, le=36_500), written("[0-9]{1,5}", "setting_faults.days_or_never")]
SharingDays = Annotated[int, Field(ge=1, le=365), written("[0-9]{1,3}", "setting_faults.days_of_a_year")]
Seconds = Annotated[float, Field(gt=0, le=3600), written(_NUMBER, "setting_faults.seconds")]
Amount = Annotated[Decimal, Field(le=1_000_000), written(_NUMBER, "setting_faults.amount")]
AuthMode = Annotated[Literal["open", "accounts"], one_of(Literal["open", "accounts"])]
Hours = Annotated[int, Field(ge=1, le=8_760), written("[0-9]{1,4}", "setting_faults.hours")]
SessionDays = Annotated[int, Field(ge=1, le=365), written("[0-9]{1,3}", "setting_faults.days_of_a_year")]
Switch = Annotated[bool, one_of(Literal["true", "false"], ignore_case=True)]
Directory = Annotated[Path, BeforeValidator(_directory)]
"""An absolute path."""
Host = Annotated[str, written(r"[^\s/@]+", "setting_faults.host")]
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
ReportAddress = Annotated[str, BeforeValidator(_report_address)]
"""What Sentry calls a DSN; empty for none."""
HttpAddress = Annotated[str, BeforeValidator(_http_address)]
"""Without a slash at its end; empty for none."""
