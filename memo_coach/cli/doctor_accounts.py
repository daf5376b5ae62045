"""What the doctor looks at of signing in: who may write, who administers, mail, the proxy, the clock."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from memo_coach.cli.doctor_finding import DoctorFinding
from memo_coach.translations import number, text

if TYPE_CHECKING:
    from memo_coach.services.accounts.inspection import Inspection
    from memo_coach.settings import Settings

MOST_SECONDS_APART = 5.0
"""Between two clocks. A code of a second factor holds for 30."""


def account_checks(settings: Settings) -> Iterator[tuple[str, Callable[[Settings], str]]]:
    """Return the checks, each with the key of its name."""
    yield "doctor.signing_in", _signing_in
    if settings.auth_mode == "accounts":
        yield "doctor.administrator", _administrator
        yield "doctor.mail", _mail
    yield "doctor.proxy", _proxy
    yield "doctor.clock", _clock


def _signing_in(settings: Settings) -> str:
    if settings.auth_mode == "open":
        return text(
            "doctor.open" if _is_local(settings) else "doctor.open_to_all", address=settings.public_url
        )
    if not settings.public_url.startswith("https://") and not _is_local(settings):
        raise DoctorFinding(text("doctor.not_encrypted", address=settings.public_url), 1)
    return text("doctor.accounts")


def _administrator(settings: Settings) -> str:
    found = _inspected(settings)
    if found is None:
        return text("doctor.accounts_not_looked_at")
    if not found.has_administrator:
        raise DoctorFinding(text("doctor.no_administrator"), 1)
    return text("doctor.has_administrator")


def _mail(settings: Settings) -> str:
    import asyncio  # noqa: PLC0415 - only here

    from memo_coach.services.accounts.errors import MailNotSent  # noqa: PLC0415
    from memo_coach.services.accounts.mail import Mail  # noqa: PLC0415

    mail, host = Mail(settings.smtp_url, settings.mail_from), urlsplit(settings.smtp_url).hostname
    if not mail.is_configured:
        return text("doctor.no_mail")
    try:
        asyncio.run(mail.reach())
    except MailNotSent:
        raise DoctorFinding(text("doctor.mail_unreachable", host=host), 3) from None
    return text("doctor.mail_reached", host=host, sender=settings.mail_from)


def _proxy(settings: Settings) -> str:
    if _is_local(settings) or not settings.public_url.startswith("https://"):
        return text("doctor.no_proxy", address=settings.public_url)
    if not settings.trusted_networks:
        raise DoctorFinding(text("doctor.proxy_not_trusted", address=settings.public_url), 1)
    found = _inspected(settings)
    addresses = list(_addresses(found)) if found else []
    if not addresses:
        return text("doctor.proxy_trusted", networks=settings.trusted_proxies)
    if all(any(each in network for network in settings.trusted_networks) for each in addresses):
        raise DoctorFinding(text("doctor.proxys_own_address", address=addresses[0]), 1)
    return text("doctor.true_addresses", count=len(set(addresses)))


def _clock(settings: Settings) -> str:
    from memo_coach.services import clock  # noqa: PLC0415 - only here

    now, found = clock.now(), _inspected(settings)
    ahead = found.ahead_seconds if found else None
    if ahead is not None and abs(ahead) > MOST_SECONDS_APART:
        raise DoctorFinding(text("doctor.clocks_apart", seconds=number(round(abs(ahead)))), 1)
    if found and found.newest and (found.newest - now).total_seconds() > MOST_SECONDS_APART:
        raise DoctorFinding(text("doctor.clock_went_back", newest=f"{found.newest:%Y-%m-%d %H:%M:%S}"), 1)
    return text("doctor.clock_is", time=f"{now:%Y-%m-%d %H:%M:%S}")


def _addresses(found: Inspection) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    for each in found.addresses:
        with suppress(ValueError):  # who asks by a socket in the file system has none
            yield ipaddress.ip_address(each)


def _is_local(settings: Settings) -> bool:
    from memo_coach.settings import LOCAL_NAMES  # noqa: PLC0415 - not to print help

    return urlsplit(settings.public_url).hostname in LOCAL_NAMES


def _inspected(settings: Settings) -> Inspection | None:
    """Look at the accounts; nothing where the database cannot be used, of which another check tells."""
    import asyncio  # noqa: PLC0415 - only here

    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from memo_coach.services.accounts.inspection import inspect  # noqa: PLC0415
    from memo_coach.storage.engine.database import Database  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415

    if settings.database_path is not None and not settings.database_path.exists():
        return None
    try:
        return asyncio.run(inspect(Database(settings.database_url, pooled=False)))
    except (SQLAlchemyError, DatabaseUnusable):
        return None
