"""The addresses of a rehearsal: one network that no other uses, with a fixed place for each part."""

from __future__ import annotations

import ipaddress
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tests.rehearsal import commands, firewall
from tests.rehearsal.engine import BRIDGE, BRIDGE_NETWORK, LABEL, NETWORK_BRIDGE, PREFIX, Engine

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
        """Return the IPv4 address of a part."""
        return str(self.subnet[of])

    def address_6(self, of: int) -> str | None:
        """Return the IPv6 address of a part, if this machine has IPv6."""
        return str(self.subnet_6[of]) if self.subnet_6 else None

    @property
    def gateway(self) -> str:
        """Return this machine's address in the network."""
        return self.address(1)

    def options(self, of: int) -> tuple[str, ...]:
        """Return the options that put a container at its place."""
        six = self.address_6(of)
        return ("--network", NETWORK, "--ip", self.address(of), *(("--ip6", six) if six else ()))


def make(engine: Engine) -> Network:
    """Make the network, on the first subnet that is free here.

    Raises:
        RehearsalError: none is.
    """
    with_six = Path("/proc/net/if_inet6").is_file()
    last_error = commands.RehearsalError("Every subnet of the rehearsal is in use on this machine.")
    for network in free(with_six=with_six, taken=in_use()):
        six = ("--ipv6", "--subnet", str(network.subnet_6)) if network.subnet_6 else ()
        try:
            engine.run(
                "engine",
                "network",
                "create",
                "--label",
                LABEL,
                "--opt",
                f"com.docker.network.bridge.name={NETWORK_BRIDGE}",
                "--subnet",
                str(network.subnet),
                "--gateway",
                network.gateway,
                *six,
                NETWORK,
            )
        except commands.CommandFailedError as error:
            last_error = error
            continue
        return network
    raise last_error


def in_use() -> list[ipaddress.IPv4Network]:
    """Return the IPv4 networks that this machine is in.

    An engine knows its own networks only; of two bridges with the same network, the older one would get all.
    """
    if shutil.which("ip") is None:
        return []
    links = json.loads(commands.run("engine", "ip", "-4", "-json", "address").stdout)
    return [
        ipaddress.IPv4Interface(f"{address['local']}/{address['prefixlen']}").network
        for link in links
        for address in link.get("addr_info", ())
    ]


def free(*, with_six: bool, taken: Iterable[ipaddress.IPv4Network]) -> Iterator[Network]:
    """Yield the networks that a rehearsal may have and nobody has, in a fixed order."""
    held = list(taken)
    for number, subnet in enumerate(map(ipaddress.IPv4Network, SUBNETS)):
        if not any(subnet.overlaps(other) for other in held):
            yield Network(subnet, ipaddress.IPv6Network(SUBNET_6 % number) if with_six else None)


def forget_the_abandoned() -> None:
    """Take away what this machine's packet filter still holds of rehearsals' networks that are gone.

    Raises:
        CommandFailedError: a rule stays.
    """
    places = free(with_six=True, taken=())
    ours = {
        ipaddress.IPv4Network(BRIDGE_NETWORK),
        *chain.from_iterable((at.subnet, at.subnet_6) for at in places),
    }
    firewall.take_away_abandoned(
        {network for network in ours if network},
        own={BRIDGE, NETWORK_BRIDGE},
        links={link.name for link in Path("/sys/class/net").iterdir()},
    )
