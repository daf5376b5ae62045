"""Everything around a request, in the order in which a request meets it. The one place to read that order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from starlette.types import ASGIApp

from memo_coach.settings import Settings
from memo_coach.web.metrics import Metrics
from memo_coach.web.middleware.assets import Assets
from memo_coach.web.middleware.client_address import ForwardedAddress
from memo_coach.web.middleware.limits import BodyLimit, SocketLimits
from memo_coach.web.middleware.origins import Addresses, Gate
from memo_coach.web.middleware.rate_limit import WritePace
from memo_coach.web.middleware.request_id import RequestIdentity
from memo_coach.web.middleware.security_headers import SecurityHeaders
from memo_coach.web.middleware.session import Sessions
from memo_coach.web.routes import PlainRoutes
from memo_coach.web.site import HASHES_FILE


def script_hashes(site: Path) -> Sequence[str]:
    """Return the hashes of inline scripts that the build noted; none where there is no build."""
    hashes = site / HASHES_FILE
    return tuple(json.loads(hashes.read_text(encoding="ascii"))) if hashes.is_file() else ()


def surround(app: ASGIApp, settings: Settings, site: Path) -> ASGIApp:
    """Return the application with all that stands around it. Read from the bottom: the last is met first."""
    app = PlainRoutes(app)
    app = Assets(app, site / "build" / "client")
    app = SocketLimits(app)
    app = WritePace(app)
    app = Sessions(app, settings)
    app = BodyLimit(app)
    app = Gate(app, Addresses.of(settings))
    app = Metrics(app, settings)
    app = RequestIdentity(app)
    app = SecurityHeaders(app, script_hashes(site), settings.public_url)
    return ForwardedAddress(app, settings.trusted_networks)
