"""Somebody in another container who knows nothing but the server's address."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.rehearsal import commands, paths, registry
from tests.rehearsal.commands import require
from tests.rehearsal.engine import LABEL, PREFIX, Engine
from tests.rehearsal.network import Network

FLOOD, FLOOD_AT_ONCE = 1500, 300
"""Requests of one address, and how many of them wait for an answer at once. On a quick machine the first is
more than the proxy's burst; on a slow one the second is more than it lets in at once: each meets a limit."""
PROBE = "/health/live"
FORGED_HEADERS = ("X-Forwarded-For", "X-Real-Ip", "Client-Ip", "True-Client-Ip")


@dataclass(frozen=True)
class Stranger:
    """One stranger, at one address."""

    engine: Engine
    name: str
    address: str

    def run(self, *command: str, seconds: float = 300, check: bool = True) -> tuple[int, str]:
        """Run a program there; give its status and what it says."""
        done = self.engine.run("stranger", "exec", self.name, *command, seconds=seconds, check=check)
        return done.returncode, done.stdout

    def curl(self, *arguments: str) -> str:
        """Ask once; give what was asked to be written."""
        return self.run(
            "curl", "--silent", "--max-time", "20", "--output", "/dev/null", *arguments, check=False
        )[1]


def arrive(engine: Engine, network: Network, place: int, root: Path) -> Stranger:
    """Start a container for a stranger, who trusts the authority's root."""
    name = f"{PREFIX}-stranger-{place}"
    image = registry.make(engine, registry.SERVICES, paths.IMAGES / "services.Dockerfile")
    engine.run(
        "stranger",
        "run",
        "--detach",
        "--init",
        "--name",
        name,
        "--label",
        LABEL,
        *network.options(place),
        image,
        "sleep",
        "infinity",
    )
    engine.run("stranger", "cp", str(root), f"{name}:/tmp/root.pem")
    return Stranger(engine, name, network.address(place))


def insist_on_redirect(stranger: Stranger, host: str, server: str) -> None:
    """Insist that plain HTTP leads to HTTPS, and does nothing else."""
    said = stranger.curl(
        "--resolve",
        f"{host}:80:{server}",
        "--write-out",
        "%{http_code} %{redirect_url}",
        f"http://{host}/write?a=b",
    )
    status, _, location = said.partition(" ")
    require(
        status in {"301", "308"} and location == f"https://{host}/write?a=b",
        f"Plain HTTP is answered with {said!r}, not with a lasting redirect to HTTPS.",
    )


def flood(stranger: Stranger, host: str, server: str, forged: bool) -> Counter[str]:
    """Send many requests at once, each with another forged origin if asked; count the answers by status."""
    lines = []
    for number in range(FLOOD):
        lines += [f'url = "https://{host}{PROBE}"', 'output = "/dev/null"', 'write-out = "%{http_code}\\n"']
        if forged:
            origin = f"198.51.{number // 250}.{number % 250 + 1}"
            lines += [f'header = "X-Forwarded-For: {origin}"', f'header = "X-Real-Ip: {origin}"']
        lines += [f'resolve = "{host}:443:{server}"', 'cacert = "/tmp/root.pem"', "max-time = 30", "next"]
    with_file = paths.RUN / "flood.txt"
    with_file.write_text("\n".join(lines[:-1]) + "\n", encoding="ascii")
    stranger.engine.run("stranger", "cp", str(with_file), f"{stranger.name}:/tmp/flood.txt")
    _, said = stranger.run(
        "curl",
        "--silent",
        "--parallel",
        "--parallel-max",
        str(FLOOD_AT_ONCE),
        "--config",
        "/tmp/flood.txt",
        check=False,
    )
    return Counter(said.split())


def ask(stranger: Stranger, host: str, server: str) -> str:
    """Ask for the site's sign of life over HTTPS; give the status of the answer."""
    return stranger.curl(
        "--resolve",
        f"{host}:443:{server}",
        "--cacert",
        "/tmp/root.pem",
        "--write-out",
        "%{http_code}",
        f"https://{host}{PROBE}",
    )


def ask_under_false_address(stranger: Stranger, host: str, server: str) -> None:
    """Ask for the page to sign in on and say that another address asks."""
    status = stranger.curl(
        "--resolve",
        f"{host}:443:{server}",
        "--cacert",
        "/tmp/root.pem",
        *(each for name in FORGED_HEADERS for each in ("--header", f"{name}: 198.51.100.77")),
        "--write-out",
        "%{http_code}",
        f"https://{host}/login",
    )
    require(status == "200", f"A page that is asked for with forged headers is answered with {status}.")


def insist_on_rate_limit(stranger: Stranger, neighbour: Stranger, host: str, server: str) -> None:
    """Insist that a flood is stopped, forged addresses or not, while somebody else gets in."""
    for forged in (False, True):
        commands.until("The site's answer to the stranger", lambda: ask(stranger, host, server) == "200", 60)
        answers = flood(stranger, host, server, forged)
        others = ask(neighbour, host, server)
        way = "with forged addresses" if forged else "from one address"
        require(answers["429"] > 0, f"{FLOOD} requests at once {way} were not limited: {dict(answers)}.")
        require(others == "200", f"During a flood {way}, another address gets {others}, not 200.")


def insist_on_true_address(log: str, key: str, stranger: Stranger) -> None:
    """Insist that a log knows the stranger by their own address, under `key`, and by no forged one."""
    # What comes before the brace is for a terminal.
    lines = (json.loads(line[line.index("{") :]) for line in log.splitlines() if f'"{key}"' in line)
    clients = {str(line[key]) for line in lines}
    forged = {client for client in clients if client.startswith("198.51.")}
    require(
        stranger.address in clients,
        f"The log's {key} does not know {stranger.address}; it knows {sorted(clients)}.",
    )
    require(not forged, f"The log's {key} believes forged addresses: {sorted(forged)[:5]}.")


def insist_on_ssh(stranger: Stranger, server: str) -> None:
    """Insist that ssh-audit has nothing to say against the server's algorithms."""
    status, said = stranger.run("ssh-audit", "--no-colors", "--level=warn", server, check=False)
    require(status == 0, f"ssh-audit ended with {status}:\n{said[-3000:]}")
