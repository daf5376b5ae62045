"""The addresses of a rehearsal: one network that no other uses, with a fixed place for each part."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from tests.rehearsal import commands
from tests.rehearsal.engine import LABEL, PREFIX, Engine

NETWORK = f"{PREFIX}-network"
SUBNETS = tuple(f"10.213.{third}.0/24" for third in range(77, 97))
SUBNET_6 = "fd5d:6d65:6d6f:%x::/64"
REGISTRY, AUTHORITY, SERVER, STRANGER, NEIGHBOUR = 2, 3, 10, 20, 21
"""The last part of each one's address; the gateway, this machine, has 1."""


@dataclass(frozen=True)
class Network:
    """The network, and who is where in it."""

    subnet: ipaddress.IPv4Network
    subnet_6: ipaddress.IPv6Network | None

    def address(self, of: int) -> str:
        """Give the IPv4 address of a part."""
        return str(self.subnet[of])

    def address_6(self, of: int) -> str | None:
        """Give the IPv6 address of a part, if this machine has IPv6."""
        return str(self.subnet_6[of]) if self.subnet_6 else None

    @property
    def gateway(self) -> str:
        """Give this machine's address in the network."""
        return self.address(1)

    def options(self, of: int) -> tuple[str, ...]:
        """Give the options that put a container at its place."""
        six = self.address_6(of)
        return ("--network", NETWORK, "--ip", self.address(of), *(("--ip6", six) if six else ()))


def make(engine: Engine) -> Network:
    """Make the network, on the first subnet that is free here."""
    with_six = Path("/proc/net/if_inet6").is_file()
    last_error: commands.CommandFailedError | None = None
    for number, subnet in enumerate(SUBNETS):
        network = Network(
            ipaddress.IPv4Network(subnet), ipaddress.IPv6Network(SUBNET_6 % number) if with_six else None
        )
        six = ("--ipv6", "--subnet", str(network.subnet_6)) if network.subnet_6 else ()
        try:
            engine.run(
                "engine",
                "network",
                "create",
                "--label",
                LABEL,
                "--subnet",
                subnet,
                "--gateway",
                network.gateway,
                *six,
                NETWORK,
            )
        except commands.CommandFailedError as error:
            last_error = error
            continue
        return network
    assert last_error is not None
    raise last_error
