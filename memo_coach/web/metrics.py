"""``GET /metrics``: the figures for Prometheus, for whoever is connected from inside, and for nobody else.

Inside is this machine and private networks, with no proxy in between: where a proxy stands in front, it
brings strangers' requests from a private address, too. For everybody else there is no such page.

This stands before the :class:`.origins.Gate`, which lets a request in under the names of the site only.
Prometheus asks under the name or the address that the service has on the network between them. Another name
with a dot in it is refused here as well: it could be a stranger's that leads to this machine, in a browser
that shows a stranger's page.
"""

from __future__ import annotations

import ipaddress
import re

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from memo_coach.operations import metrics
from memo_coach.web.forwarded import DIRECT_PEER, Address
from memo_coach.web.origins import Addresses

PATH = "/metrics"

_PRIVATE = tuple(
    ipaddress.ip_network(network)
    # RFC 1918 and RFC 4193: what the library calls private has blocks for documentation in it, and more.
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
_NAME_WITHOUT_DOT = re.compile(r"[A-Za-z0-9_-]{1,63}(:[0-9]{1,5})?")


class Metrics:
    """Answers with the figures, or leaves the request to the application behind, which has no such page."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._addresses = Addresses(public_url, any_address=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http" or scope["path"] != PATH or not self._may_read(scope):
            await self._app(scope, receive, send)
            return
        content, media_type = await metrics.exposition()
        headers = {"Cache-Control": "no-store", "Content-Type": media_type}
        await Response(content, headers=headers)(scope, receive, send)

    def _may_read(self, scope: Scope) -> bool:
        host = Headers(scope=scope).get("host", "")
        return (
            scope["method"] == "GET"
            and is_inside(scope.get(DIRECT_PEER))
            and (self._addresses.is_own_host(host) or _NAME_WITHOUT_DOT.fullmatch(host) is not None)
        )


def is_inside(peer: Address | None) -> bool:
    """Tell whether a peer that is connected directly is this machine or in a private network."""
    return peer is not None and (peer.is_loopback or any(peer in network for network in _PRIVATE))
