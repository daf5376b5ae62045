"""This machine's packet filter before an engine of our own, and the same again after it."""

from __future__ import annotations

import ipaddress
import re
import shlex
import shutil
from collections.abc import Collection, Iterator
from itertools import pairwise

from tests.rehearsal import commands

FAMILIES = ("iptables", "ip6tables")
BUILT_IN = {
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
}
Rules = dict[str, str]
BRIDGE_OF_AN_ENGINE = re.compile(r"br-[0-9a-f]{12}")
"""How Docker names the bridge of a network that has no other name."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def rules() -> Rules:
    """Return the rules as they are, by address family."""
    return {
        family: commands.run("firewall", f"{family}-save", check=False).stdout
        for family in FAMILIES
        if shutil.which(f"{family}-save")
    }


def restore(before: Rules, bridge: str, network: str) -> None:
    """Take away what our engine added.

    Where another engine had its chains before, only the rules that name our bridge go: it may have written
    new ones of its own meanwhile. Otherwise everything is put back as it was.
    """
    for family, saved in before.items():
        if ":DOCKER " in saved:
            _delete(family, bridge, network)
        else:
            commands.run("firewall", f"{family}-restore", stdin=saved + absent_tables(saved), check=False)


def take_away_abandoned(networks: Collection[Network], own: Collection[str], links: Collection[str]) -> None:
    """Take away the rules that engines which were killed had written for bridges that are gone.

    Bridged packets pass the filter too where the kernel says so, and a rule that hides the senders of a
    network behind its gateway does so for the next network of that subnet.

    Args:
        networks: those of a rehearsal.
        own: the bridges that a rehearsal names itself.
        links: the links that this machine has, by name.

    Raises:
        CommandFailedError: a rule stays.
    """
    for family, saved in rules().items():
        for table, rule in abandoned(saved, networks, own, links):
            commands.run("firewall", family, "--table", table, *rule)


def _delete(family: str, bridge: str, network: str) -> None:
    for table, rule in ours(commands.run("firewall", f"{family}-save").stdout, bridge, network):
        commands.run("firewall", family, "--table", table, *rule, check=False)


def ours(saved: str, bridge: str, network: str) -> Iterator[tuple[str, list[str]]]:
    """Yield table and arguments that delete each rule which names our bridge or its network."""
    for table, words in _appended(saved):
        if bridge in words or network in words:
            yield table, ["-D", *words[1:]]


def abandoned(
    saved: str, networks: Collection[Network], own: Collection[str], links: Collection[str]
) -> Iterator[tuple[str, list[str]]]:
    """Yield table and arguments that delete each rule of a bridge of ours that is gone.

    Only an engine's bridge can be ours. A person's own rule about one of the networks stays, also while the
    link that it names is down.
    """
    appended = list(_appended(saved))
    had_a_network = {
        bridge
        for _, words in appended
        if _names_one(words, networks)
        for bridge in _bridges(words)
        if BRIDGE_OF_AN_ENGINE.fullmatch(bridge)
    }
    gone = {*own, *had_a_network} - set(links)
    for table, words in appended:
        if gone.intersection(_bridges(words)):
            yield table, ["-D", *words[1:]]


def _appended(saved: str) -> Iterator[tuple[str, list[str]]]:
    table = ""
    for line in saved.splitlines():
        if line.startswith("*"):
            table = line[1:]
        words = shlex.split(line)
        if words[:1] == ["-A"]:
            yield table, words


def _names_one(words: list[str], networks: Collection[Network]) -> bool:
    return any(
        place.prefixlen >= network.prefixlen and place.network_address in network
        for place in _places(words)
        for network in networks
    )


def _places(words: list[str]) -> Iterator[Network]:
    for option, value in pairwise(words):
        if option in {"-s", "-d"}:
            yield ipaddress.ip_network(value)


def _bridges(words: list[str]) -> set[str]:
    return {value for option, value in pairwise(words) if option in {"-i", "-o"}}


def absent_tables(saved: str) -> str:
    """Return the input that empties those tables which did not exist when the rules were saved."""
    named = {line[1:] for line in saved.splitlines() if line.startswith("*")}
    return "".join(
        f"*{table}\n{''.join(f':{chain} ACCEPT [0:0]{chr(10)}' for chain in chains)}COMMIT\n"
        for table, chains in BUILT_IN.items()
        if table not in named
    )
