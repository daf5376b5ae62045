"""Everything around a request, in the order in which a request meets it. The one place to read that order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from starlette.middleware import Middleware
from starlette.types import ASGIApp

from memo_coach.services.processes.shared_buckets import SharedBuckets
from memo_coach.settings import Settings
from memo_coach.web import earlier_assets
from memo_coach.web.accounts.routes import ACCOUNT_ROUTES
from memo_coach.web.accounts.single_sign_on import SINGLE_SIGN_ON_ROUTES
from memo_coach.web.middleware.access_tokens import AccessTokenMiddleware
from memo_coach.web.middleware.account_session import AccountSessionMiddleware
from memo_coach.web.middleware.assets import AssetsMiddleware
from memo_coach.web.middleware.body_limit import BodyLimitMiddleware
from memo_coach.web.middleware.client_address import ClientAddressMiddleware
from memo_coach.web.middleware.language import LanguageMiddleware
from memo_coach.web.middleware.late_mount import LateMountMiddleware, Load
from memo_coach.web.middleware.metrics import MetricsMiddleware
from memo_coach.web.middleware.origins import AllowedOrigins, OriginMiddleware
from memo_coach.web.middleware.rate_limit import RateLimitMiddleware
from memo_coach.web.middleware.request_id import RequestIdMiddleware
from memo_coach.web.middleware.security_headers import SecurityHeadersMiddleware
from memo_coach.web.middleware.session import SessionMiddleware
from memo_coach.web.middleware.socket_limit import SocketLimitMiddleware
from memo_coach.web.recognition import has_accounts
from memo_coach.web.routes import ROUTES, RoutesMiddleware
from memo_coach.web.site import HASHES_FILE

_OF_ACCOUNTS: Final = (*ACCOUNT_ROUTES, *SINGLE_SIGN_ON_ROUTES)


def script_hashes(site: Path) -> Sequence[str]:
    """Return the hashes of inline scripts that the build noted; none where there is no build."""
    hashes = site / HASHES_FILE
    return tuple(json.loads(hashes.read_text(encoding="ascii"))) if hashes.is_file() else ()


def middleware(
    settings: Settings, site: Path, api: Load | None = None, shared: SharedBuckets | None = None
) -> Sequence[Middleware]:
    """Return all that stands around the application; a request meets the first first.

    ``api`` is called when the API is first asked for, and returns it. ``shared`` makes the buckets of the
    rate limits.
    """
    accounts = has_accounts(settings)
    return (
        Middleware(ClientAddressMiddleware, settings.trusted_networks),
        Middleware(
            SecurityHeadersMiddleware, script_hashes(site), settings.public_url, settings.strict_transport
        ),
        Middleware(RequestIdMiddleware),
        Middleware(MetricsMiddleware, settings),
        Middleware(LanguageMiddleware, settings.public_url),
        Middleware(OriginMiddleware, AllowedOrigins.of(settings)),
        Middleware(BodyLimitMiddleware),
        Middleware(AccountSessionMiddleware if accounts else SessionMiddleware, settings),
        Middleware(AccessTokenMiddleware),
        Middleware(RateLimitMiddleware, shared=shared),
        Middleware(SocketLimitMiddleware),
        Middleware(LateMountMiddleware, api),
        Middleware(AssetsMiddleware, site / "build" / "client", settings.data_dir / earlier_assets.DIRECTORY),
        Middleware(
            RoutesMiddleware, (*((*ACCOUNT_ROUTES, *SINGLE_SIGN_ON_ROUTES) if accounts else ()), *ROUTES)
        ),
    )


def build_middleware_stack(
    app: ASGIApp,
    settings: Settings,
    site: Path,
    api: Load | None = None,
    shared: SharedBuckets | None = None,
) -> ASGIApp:
    """Return the application with all that stands around it."""
    for each in reversed(middleware(settings, site, api, shared)):
        app = each.cls(app, *each.args, **each.kwargs)
    return app
