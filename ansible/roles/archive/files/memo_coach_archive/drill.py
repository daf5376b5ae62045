"""The drill: archive and newest backup into a throwaway database, compared, and the application started."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from .archiving import COMMIT, catch_up
from .compose import DATABASE, INSTALLATION, Compose
from .errors import ArchiveError
from .recovering import RECOVER, Moment
from .status import Details

FILE = "docker-compose.drill.yml"
APPLICATION = "app"
NOW = "SELECT extract(epoch FROM clock_timestamp())"
HEALTHY_SECONDS = "300"
LEAST_COMPARED = 0.5
"""So much of the tables has to have stood still for a moment; else the drill proves too little."""

Figures = dict[str, dict[str, object]]


@dataclass(frozen=True)
class Known:
    """What the database held at a moment, as far as it stood still around it."""

    moment: Moment
    tables: Figures
    moving: list[str]


def known(stack: Compose) -> Known:
    """Take every table's figures before and after a moment; those that are equal hold for it.

    Raises:
        ArchiveError: the database is not there, or is written to so much that little stood still.
    """
    applications = stack.applications()
    if not applications:
        raise ArchiveError("The application does not run, so nobody knows what the database holds.")
    before = fingerprint(stack, applications[0])
    moment = Moment(datetime.fromtimestamp(float(stack.sql(NOW)), UTC))
    # A recovery to a moment ends at the first commit after it.
    stack.sql(COMMIT)
    after = fingerprint(stack, applications[0])
    still = {name: figures for name, figures in after.items() if before.get(name) == figures}
    if len(still) < LEAST_COMPARED * len(after):
        raise ArchiveError(
            f"Of {len(after)} tables only {len(still)} stood still: nothing could be compared."
        )
    return Known(moment, still, sorted(after.keys() - still.keys()))


def fingerprint(stack: Compose, service: str) -> Figures:
    """Return rows and checksum of each table, as the application's own command tells them.

    Raises:
        ArchiveError: it cannot.
    """
    found: Figures = json.loads(stack.ask("exec", "--no-TTY", service, "memo-coach", "db", "fingerprint"))
    return found


def drill(stack: Compose, details: Details, *, site: str) -> None:
    """Recover to a moment, compare, start the application; then the same with the newest backup.

    Raises:
        ArchiveError: with a sentence; what was made is taken away in any case.
    """
    throwaway = Compose(FILE, INSTALLATION)
    truth = known(stack)
    details |= {"moment": str(truth.moment), "moving": truth.moving}
    catch_up(stack)
    throwaway.ask("down", "--volumes", "--remove-orphans")
    try:
        _to_the_moment(throwaway, truth, details)
        _newest_backup(throwaway, details, site)
    finally:
        throwaway.ask("down", "--volumes", "--remove-orphans")


def _to_the_moment(throwaway: Compose, truth: Known, details: Details) -> None:
    began = time.monotonic()
    throwaway.ask(
        "run", "--rm", "--no-TTY", "recover", ".", "off", "keep-sessions", *truth.moment.options(),
        given=RECOVER.read_text(encoding="utf-8"),
    )  # fmt: skip
    _up(throwaway, DATABASE)
    details["recovered_seconds"] = round(time.monotonic() - began, 1)
    found: Figures = json.loads(throwaway.ask("run", "--rm", "--no-TTY", APPLICATION, "db", "fingerprint"))
    differing = sorted(name for name, figures in truth.tables.items() if found.get(name) != figures)
    if differing:
        raise ArchiveError(f"After the recovery these tables differ: {', '.join(differing)}.")
    details["compared"] = len(truth.tables)
    details["rows"] = sum(int(str(figures["rows"])) for figures in truth.tables.values())
    _up(throwaway, APPLICATION)
    details["ready_seconds"] = round(time.monotonic() - began, 1)


def _newest_backup(throwaway: Compose, details: Details, site: str) -> None:
    """Restore the newest backup in the place of what was recovered: it compares itself with its manifest."""
    began = time.monotonic()
    throwaway.ask("stop", APPLICATION)
    said = throwaway.ask("run", "--rm", "--no-TTY", "backup", "restore", "--replace", site)
    details["backup"] = said.strip().splitlines()[0] if said.strip() else ""
    _up(throwaway, APPLICATION)
    details["restored_seconds"] = round(time.monotonic() - began, 1)


def _up(throwaway: Compose, service: str) -> None:
    """Start a service and wait until it is healthy; the application is when it answers that it is ready."""
    throwaway.ask(
        "up", "--detach", "--no-build", "--no-deps", "--wait", "--wait-timeout", HEALTHY_SECONDS, service
    )
