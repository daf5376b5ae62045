"""What ``memo-coach doctor`` says of single sign-on: can the provider send browsers back, does it answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from memo_coach.translations import text

if TYPE_CHECKING:
    from memo_coach.settings import Settings


def is_mentioned(settings: Settings) -> bool:
    """Whether something about a provider is set at all."""
    return bool(settings.oidc_issuer or _set_without_issuer(settings))


def fault_of_half_a_provider(settings: Settings) -> str | None:
    """Return what is set about a provider that nobody signs in through."""
    if not settings.oidc_issuer:
        return text("single_sign_on.doctor_half_set", names=", ".join(_set_without_issuer(settings)))
    return None if settings.auth_mode == "accounts" else text("single_sign_on.doctor_open")


def _set_without_issuer(settings: Settings) -> list[str]:
    given = {
        "OIDC_CLIENT_ID": settings.oidc_client_id,
        "OIDC_CLIENT_SECRET": settings.oidc_client_secret,
        "OIDC_ADMIN_GROUP": settings.oidc_admin_group,
        "OIDC_ALLOWED_DOMAINS": settings.oidc_allowed_domains,
        "OIDC_REDIRECT_AT_ONCE": settings.oidc_redirect_at_once,
    }
    return [name for name, value in given.items() if value]


def faults_of_address(settings: Settings) -> list[str]:
    """Return what would make the address wrong to which the provider sends browsers back.

    It is made of PUBLIC_URL alone, and browsers keep the cookie of a sign-in for the very host that they
    asked. So PUBLIC_URL has to be what they type, in front of whatever proxy there is.
    """
    from memo_coach.settings import LOCAL_NAMES  # noqa: PLC0415 - when it is asked for

    parts = urlsplit(settings.public_url)
    is_local = parts.hostname in LOCAL_NAMES
    faults = []
    if is_local and (settings.trusted_proxies or settings.app_env != "development"):
        faults.append(text("single_sign_on.doctor_local", address=settings.public_url))
    if parts.scheme == "http" and not is_local:
        faults.append(text("single_sign_on.doctor_plain", address=settings.public_url))
    if parts.scheme == "https" and parts.port in {settings.port} - {443}:
        faults.append(text("single_sign_on.doctor_port", address=settings.public_url, port=settings.port))
    return faults


def fault_of_proxy(settings: Settings) -> str | None:
    """Return what a proxy in front does to requests that it should not: asked by way of it, from here.

    Nothing where nothing answers there, or where no proxy is.
    """
    import httpx  # noqa: PLC0415 - a second, which only this check needs

    from memo_coach.services.accounts.single_sign_on.configuration import CALLBACK  # noqa: PLC0415

    address = f"{settings.public_url}{CALLBACK}"
    try:
        answer = httpx.get(address, timeout=5, follow_redirects=False)
    except httpx.HTTPError:
        return None
    if answer.status_code == 421:
        return text("single_sign_on.doctor_host", address=settings.public_url)
    led = answer.headers.get("location", "")
    if answer.is_redirect and not led.startswith("/login"):
        return text("single_sign_on.doctor_redirected", address=address, led=led[:200])
    return None


async def has_way_in(settings: Settings) -> bool:
    """Whether somebody can administer while the provider is down; where the database says nothing, yes."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from memo_coach.storage.engine.database import Database  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415
    from memo_coach.storage.repositories.users import UserRepository  # noqa: PLC0415

    is_missing = settings.database_path is not None and not settings.database_path.exists()
    if settings.local_sign_in or is_missing:
        return True
    try:
        async with Database(settings.database_url, pooled=False).read() as session:
            return await UserRepository(session).has_break_glass()
    except (SQLAlchemyError, DatabaseUnusable):
        return True


async def answers(settings: Settings) -> bool:
    """Whether the provider says about itself what it should."""
    from memo_coach.services.accounts.single_sign_on.configuration import Configuration  # noqa: PLC0415
    from memo_coach.services.accounts.single_sign_on.errors import SingleSignOnRefused  # noqa: PLC0415
    from memo_coach.services.accounts.single_sign_on.fetching import Fetching  # noqa: PLC0415
    from memo_coach.services.accounts.single_sign_on.provider import Provider  # noqa: PLC0415

    configuration = Configuration.of(settings)
    assert configuration is not None, "it is only asked where there is one"  # noqa: S101
    provider = Provider(configuration, Fetching(configuration.issuer))
    try:
        await provider.keys(None)
    except SingleSignOnRefused:
        return False
    finally:
        await provider.close()
    return True
