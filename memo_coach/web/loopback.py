"""Who runs this installation, as far as that can be told from where somebody asks.

What is for operators is shown to whoever is connected directly from one of ``OPERATOR_NETWORKS``, and asks by
a name that the service has there. A proxy on this machine asks from there, too, for anybody, and need not say
so: where the site has a public address, those networks are nobody's unless they are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from reflex.state import BaseState

from memo_coach.settings import Settings
from memo_coach.settings.values import Network
from memo_coach.web.middleware.client_address import Address, direct_peer
from memo_coach.web.middleware.origins import LOOPBACK
from memo_coach.web.middleware.session import address_of


def is_at_the_machine(state: BaseState, settings: Settings) -> bool:
    """Whether the browser of a Reflex state is an operator's, and runs on this machine.

    It has opened the page by a loopback name, which a browser says with the socket: through a proxy, that is
    the site's name.
    """
    headers = {name.lower(): value for name, value in state.router.headers.raw_headers.items()}
    names = [(name.encode("utf-8"), b"") for name in headers]
    peer = direct_peer(address_of(state), names, settings.trusted_networks)
    return (
        is_operator(peer, settings.operators)
        and peer is not None
        and peer.is_loopback
        and is_loopback_host(headers.get("host", ""))
        and is_loopback_origin(headers.get("origin", ""))
    )


def is_operator(peer: Address | None, networks: Sequence[Network]) -> bool:
    """Whether a peer that is connected directly is in a network of the operators."""
    return peer is not None and any(peer in network for network in networks)


def is_loopback_host(host: str) -> bool:
    """Whether a ``Host`` header names this machine itself."""
    return _name_in(f"//{host}") in LOOPBACK


def is_loopback_origin(origin: str) -> bool:
    """Whether an ``Origin`` header is of a page of this machine itself."""
    return _name_in(origin) in LOOPBACK


def _name_in(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
