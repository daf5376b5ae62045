"""What counts as one place on the network."""

from __future__ import annotations

import ipaddress

_V6_NETWORK_BYTES = 8
"""Whoever has an IPv6 address has a whole /64 of them (RFC 6177)."""


def network_of(address: str) -> bytes:
    """Return what counts as one place: an IPv4 address, an IPv6 /64, or what is no address as it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address.encode("utf-8", "surrogatepass")
    # A socket for both families sees the old ones as ::ffff:192.0.2.1.
    found = getattr(found, "ipv4_mapped", None) or found
    return found.packed if found.version == 4 else found.packed[:_V6_NETWORK_BYTES]
