"""This machine's packet filter before an engine of our own, and the same again after it."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator

from tests.rehearsal import commands

FAMILIES = ("iptables", "ip6tables")
BUILT_IN = {
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
}
Rules = dict[str, str]


def rules() -> Rules:
    """Give the rules as they are, by address family."""
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


def take_away(bridge: str, network: str) -> None:
    """Take away the rules that name a bridge or its network, and nothing else."""
    for family in rules():
        _delete(family, bridge, network)


def _delete(family: str, bridge: str, network: str) -> None:
    for table, rule in ours(commands.run("firewall", f"{family}-save").stdout, bridge, network):
        commands.run("firewall", family, "--table", table, *rule, check=False)


def ours(saved: str, bridge: str, network: str) -> Iterator[tuple[str, list[str]]]:
    """Give table and arguments that delete each rule which names our bridge or its network."""
    table = ""
    for line in saved.splitlines():
        if line.startswith("*"):
            table = line[1:]
        words = shlex.split(line)
        if words[:1] == ["-A"] and (bridge in words or network in words):
            yield table, ["-D", *words[1:]]


def absent_tables(saved: str) -> str:
    """Give the input that empties those tables which did not exist when the rules were saved."""
    named = {line[1:] for line in saved.splitlines() if line.startswith("*")}
    return "".join(
        f"*{table}\n{''.join(f':{chain} ACCEPT [0:0]{chr(10)}' for chain in chains)}COMMIT\n"
        for table, chains in BUILT_IN.items()
        if table not in named
    )
