"""What addresses are made of where an operator named none."""

from __future__ import annotations

from urllib.parse import urlsplit

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
WILDCARD_HOSTS = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - recognised, not bound


def address_of(host: str, port: int) -> str:
    """Return the address at which a browser on this machine reaches a server listening on host and port."""
    name = "127.0.0.1" if host in WILDCARD_HOSTS else host
    return f"http://[{name}]:{port}" if ":" in name and not name.startswith("[") else f"http://{name}:{port}"


def operators_of(public_url: str) -> str:
    """Return the networks of the operators where none are named.

    A site with an address of its own has a proxy in front, which may ask from this machine for anybody.
    """
    return "127.0.0.0/8,::1/128" if urlsplit(public_url).hostname in LOCAL_NAMES else ""
