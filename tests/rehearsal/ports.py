"""The ports on which a server answers a stranger."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from xml.etree import ElementTree as ET

from tests.rehearsal.commands import require
from tests.rehearsal.stranger import Stranger

OPEN = {"tcp/22", "tcp/80", "tcp/443"}
OPEN_6 = {"tcp/22"}
"""Over IPv6 the site is not published; SSH answers there to the networks that may enter."""
EVERY = range(1, 65536)
USUAL = range(1, 10241)
"""Where services are, our own with them. A scan of these takes a second, one of all takes seven."""
USUAL_UDP = 50
PROBES_A_SECOND = 20_000


def insist(stranger: Stranger, targets: list[str], when: str, also: Collection[int]) -> None:
    """Insist that each usual TCP port but three is silent, each of `also` too, and each usual UDP port."""
    asked = spelled({*USUAL, *also})
    for target in targets:
        six = ["-6"] if ":" in target else []
        common = ["-Pn", "-n", *six, "--max-retries", "1", "-oX", "-", target]
        rate = str(PROBES_A_SECOND)
        _, tcp = stranger.run("nmap", "-sS", "-p", asked, "--min-rate", rate, *common, seconds=300)
        _, udp = stranger.run(
            "nmap", "-sU", "--top-ports", str(USUAL_UDP), "--min-rate", "300", *common, seconds=300
        )
        found = answering(tcp) | answering(udp)
        require(
            found <= OPEN_6 if six else found == OPEN,
            f"{when}, {target} answers a stranger on {', '.join(sorted(found)) or 'nothing'}.",
        )


def spelled(ports: Collection[int]) -> str:
    """Return ports as nmap reads them: ``1-3,8``."""
    return ",".join(
        str(first) if first == last else f"{first}-{last}" for first, last in _runs(sorted(set(ports)))
    )


def _runs(ports: list[int]) -> Iterator[tuple[int, int]]:
    first = last = ports[0]
    for port in ports[1:]:
        if port != last + 1:
            yield first, last
            first = port
        last = port
    yield first, last


def answering(report: str) -> set[str]:
    """Return the ports that nmap's XML calls open, such as ``tcp/80``; "open|filtered" is silence."""
    found = set()
    for port in ET.fromstring(report).iter("port"):
        state = port.find("state")
        if state is not None and state.get("state") == "open":
            found.add(f"{port.get('protocol')}/{port.get('portid')}")
    return found
