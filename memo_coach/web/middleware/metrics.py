"""``GET /metrics``: the figures for Prometheus, for the operators, and for nobody else.

They are whoever is connected from one of ``OPERATOR_NETWORKS``, with no proxy in between: where a proxy
stands in front, it brings strangers' requests from an address inside, too. For everybody else there is no
such page.

This stands before :class:`.origins.OriginMiddleware`, which lets a request in under the names of the site
only. Prometheus asks under the name or the address that the service has on the network between them, and from
this machine under a loopback name. The name of the public site is not among them: under that, a proxy asks.
Another name with a dot in it is refused as well: it could be a stranger's that leads to this machine, in a
browser that shows a stranger's page.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from memo_coach.operations import metrics
from memo_coach.settings import Settings
from memo_coach.web.loopback import is_loopback_host, is_loopback_origin, is_operator
from memo_coach.web.middleware.client_address import DIRECT_PEER, Address

PATH = "/metrics"

_NAME_WITHOUT_DOT = re.compile(r"[A-Za-z0-9_-]{1,63}(:[0-9]{1,5})?")


class MetricsMiddleware:
    """Answers with the figures, or leaves the request to the application behind, which has no such page."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._networks = settings.operators
        self._public_host = urlsplit(settings.public_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http" or scope["path"] != PATH or not self._may_read(scope):
            await self._app(scope, receive, send)
            return
        content, media_type = await metrics.exposition()
        headers = {"Cache-Control": "no-store", "Content-Type": media_type}
        await Response(content, headers=headers)(scope, receive, send)

    def _may_read(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        peer: Address | None = scope.get(DIRECT_PEER)
        return (
            scope["method"] == "GET"
            and peer is not None
            and is_operator(peer, self._networks)
            and self._is_name_inside(headers.get("host", ""), peer)
            and (origin is None or is_loopback_origin(origin))
        )

    def _is_name_inside(self, host: str, peer: Address) -> bool:
        if is_loopback_host(host):
            return True
        if peer.is_loopback or host.lower() == self._public_host:
            return False
        return _NAME_WITHOUT_DOT.fullmatch(host) is not None or _is_address(host)


def _is_address(host: str) -> bool:
    try:
        parts = urlsplit(f"//{host}")
        ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return False
    return parts.netloc == host and parts.username is None and not parts.path
