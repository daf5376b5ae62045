"""Whether somebody sits at the machine itself: what may be shown there and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

from reflex.state import BaseState

from memo_coach.web.forwarded import direct_peer
from memo_coach.web.origins import LOOPBACK
from memo_coach.web.session import address_of


def is_at_the_machine(state: BaseState) -> bool:
    """Tell whether the browser of a Reflex state runs on this machine and asked for it by a loopback name.

    A proxy on the same machine asks from there, too, for anybody: what came through one is never local.
    """
    headers = {name.lower(): value for name, value in state.router.headers.raw_headers.items()}
    names = [(name.encode("utf-8"), b"") for name in headers]
    peer = direct_peer(address_of(state), names, trusted=())
    return peer is not None and peer.is_loopback and _name_of(headers.get("host", "")) in LOOPBACK


def _name_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
