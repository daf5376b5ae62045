"""Ports for servers of tests: each is given out once, in whatever process asks, and nothing else takes it."""

from __future__ import annotations

import random
import socket

FIRST, LAST = 15_000, 31_999
"""Below 32,768, where Linux begins to take ports for connections that go out."""

_reserved: list[socket.socket] = []


def free_port() -> int:
    """Return a port of the loopback address that nobody listens at and no other test is given.

    A port that was merely free a moment ago can be another's by the time that its server listens. Here the
    datagram port of the same number is held until this process ends: that is the sign, for every run of tests
    on this machine, that the number is given out, and it keeps no server from listening.
    """
    for number in random.sample(range(FIRST, LAST + 1), k=200):
        sign = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sign.bind(("127.0.0.1", number))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", number))
        except OSError:
            sign.close()
        else:
            _reserved.append(sign)
            return number
    raise AssertionError(f"No port from {FIRST} to {LAST} is free.")
