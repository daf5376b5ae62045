"""Whether somebody sits at the machine itself: what may be shown there and nowhere else."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from reflex.state import BaseState

from memo_coach.web.origins import LOOPBACK
from memo_coach.web.session import address_of

_FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def is_at_the_machine(state: BaseState) -> bool:
    """Tell whether the browser of a Reflex state runs on this machine and asked for it by a loopback name.

    A proxy on the same machine asks from there, too, for anybody: what came through one is never local.
    """
    headers = {name.lower(): value for name, value in state.router.headers.raw_headers.items()}
    if any(name in headers for name in _FORWARDING):
        return False
    return _is_loopback(address_of(state)) and _name_of(headers.get("host", "")) in LOOPBACK


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _name_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
