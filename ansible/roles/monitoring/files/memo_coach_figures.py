#!/usr/bin/env python3
"""Writes what Prometheus's exporters do not see: failed units, containers, refused logins, pending restarts.

    memo-coach-figures FILE

replaces FILE as a whole, in the format of node exporter's textfile collector. What cannot be looked at is
left out, and said on standard error; the age of the file shows a program that no longer runs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

LONGEST_SECONDS = 30
REFUSED = ("Failed ", "Invalid user", "banner exchange", "by invalid user", "by authenticating user")
CGROUPS = Path("/sys/fs/cgroup/system.slice")


def ask(*command: str) -> str:
    """Return what a command says."""
    said = subprocess.run(  # noqa: S603 - our own words
        command, check=True, capture_output=True, text=True, timeout=LONGEST_SECONDS
    )
    return said.stdout


def line(name: str, value: float, **labels: str) -> str:
    """Return one figure as Prometheus reads it."""
    escaped = {key: text.replace("\\", "\\\\").replace('"', '\\"') for key, text in labels.items()}
    shown = ",".join(f'{key}="{text}"' for key, text in escaped.items())
    return f"memo_coach_{name}{{{shown}}} {value:g}" if labels else f"memo_coach_{name} {value:g}"


def units() -> Iterator[str]:
    """Yield each unit that has failed."""
    failed = ask("systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager")
    for unit in failed.splitlines():
        if unit.strip():
            yield line("host_unit_failed", 1, unit=unit.split()[0])


def restart() -> Iterator[str]:
    """Yield whether an upgrade waits for a restart."""
    yield line("host_reboot_required", float(Path("/run/reboot-required").exists()))


def logins() -> Iterator[str]:
    """Yield how many logins SSH has refused in ten minutes."""
    command = ["journalctl", "--unit=ssh", "--since=-10min", "--quiet", "--no-pager", "--output=cat"]
    lines = ask(*command).splitlines()
    yield line("host_refused_logins", sum(any(each in said for each in REFUSED) for said in lines))


def containers() -> Iterator[str]:
    """Yield how each container of a Compose project that stays is, and what memory it takes."""
    names = ask("docker", "ps", "--all", "--quiet", "--filter", "label=com.docker.compose.project").split()
    for found in json.loads(ask("docker", "inspect", *names)) if names else []:
        if found["HostConfig"]["RestartPolicy"]["Name"] in {"no", ""}:
            continue  # a job, which ends
        name, state = found["Name"].lstrip("/"), found["State"]
        yield line("container_running", float(state["Running"]), container=name)
        yield line("container_restarts_total", found["RestartCount"], container=name)
        if "Health" in state:
            yield line("container_healthy", float(state["Health"]["Status"] != "unhealthy"), container=name)
        yield line("container_memory_limit_bytes", found["HostConfig"]["Memory"], container=name)
        used = memory(CGROUPS / f"docker-{found['Id']}.scope")
        if used is not None:
            yield line("container_memory_bytes", used, container=name)


def memory(group: Path) -> int | None:
    """Return the memory that a group cannot give back, without files that are merely kept at hand."""
    try:
        used = int((group / "memory.current").read_text())
        for each in (group / "memory.stat").read_text().splitlines():
            name, _, value = each.partition(" ")
            if name == "inactive_file":
                return used - int(value)
    except OSError:
        return None
    return used


LOOKS: tuple[Callable[[], Iterator[str]], ...] = (units, restart, logins, containers)


def main(target: Path) -> int:
    """Look at everything; 1 where something could not be looked at."""
    lines, failed = [], False
    for look in LOOKS:
        try:
            lines += list(look())
        except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
            failed = True
            sys.stderr.write(f"Nobody knows about {look.__name__}: {type(error).__name__}\n")
    fresh = target.with_suffix(".fresh")
    fresh.write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
    fresh.chmod(0o644)
    fresh.replace(target)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
