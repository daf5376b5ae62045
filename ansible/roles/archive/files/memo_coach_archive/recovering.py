"""The database back to a moment: beside what is there, and only then in its place."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .archiving import catch_up, is_its_own
from .compose import DATABASE, Compose
from .errors import ArchiveError, Refused

RECOVER = Path(__file__).with_name("recover.sh")
SWAP = Path(__file__).with_name("swap.sh")
BESIDE = "beside/recovering"
"""In the volume of the data."""
LATEST = "latest"
TIMELINE = re.compile(r"[0-9]{1,8}")
HAS_TABLE = "SELECT to_regclass('memos') IS NOT NULL"
HAS_MEMOS = "SELECT EXISTS (SELECT 1 FROM memos)"


@dataclass(frozen=True)
class Moment:
    """Where a recovery ends."""

    at: datetime | None
    """Nothing: at the end of what was archived."""
    timeline: str = LATEST

    def options(self) -> list[str]:
        """Return what pgBackRest is told of it."""
        target = [f"--target-timeline={self.timeline}"] if self.timeline != LATEST else []
        if self.at is None:
            return ["--type=default", *target]
        return [
            "--type=time", f"--target={self.at:%Y-%m-%d %H:%M:%S.%f+00}", "--target-action=promote", *target
        ]  # fmt: skip

    def __str__(self) -> str:
        """Return it as a person writes it."""
        return LATEST if self.at is None else f"{self.at:%Y-%m-%d %H:%M:%S} UTC"


def moment_from(said: str, timeline: str = LATEST, now: datetime | None = None) -> Moment:
    """Read a moment: ``latest``, or a date and time, in UTC where it names no zone.

    Raises:
        Refused: it is none, or it has not come yet.
    """
    if timeline != LATEST and not TIMELINE.fullmatch(timeline):
        raise Refused(f"{timeline!r} is no timeline: give its number.")
    if said == LATEST:
        return Moment(None, timeline)
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise Refused(f"{said!r} is no moment: write it as 2026-11-30 14:02:59, in UTC.") from None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if at >= (now or datetime.now(UTC)):
        raise Refused(f"{said} has not come yet (it is read as UTC where it names no zone).")
    return Moment(at, timeline)


def would_replace(stack: Compose) -> bool:
    """Whether a recovery would set somebody's data aside: a site's, or what was written on a new server.

    Raises:
        ArchiveError: the running database does not answer.
    """
    return DATABASE in stack.running() and (is_its_own(stack) or _holds_memos(stack))


def _holds_memos(stack: Compose) -> bool:
    return all(stack.sql(question, "memo_coach") == "t" for question in (HAS_TABLE, HAS_MEMOS))


def recover(stack: Compose, moment: Moment, *, site: str, replace: str | None, lose: bool) -> str:
    """Bring the database to a moment; return the name under which the present one is kept.

    Until the last step the present database stays where it is, and goes on serving.

    Raises:
        Refused: it holds memos and was not named, or has something that the archive has not.
        ArchiveError: the archive does not reach to that moment, or cannot be read.
    """
    if would_replace(stack):
        if replace != site:
            raise Refused(f"This server has data, which would be set aside. Say --replace {site} to go on.")
        if is_its_own(stack):
            _catch_up(stack, moment, lose=lose)
    options = [BESIDE, "on", "end-sessions", *moment.options()]
    one_off = ("run", "--rm", "--no-deps", "--no-TTY", "--entrypoint", "bash", DATABASE, "-s", "--")
    stack.ask(*one_off, *options, given=RECOVER.read_text(encoding="utf-8"))
    kept = f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    applications = stack.applications()
    try:
        if applications:
            stack.ask("stop", *applications)
        stack.ask("stop", DATABASE)
        stack.ask(*one_off, kept, given=SWAP.read_text(encoding="utf-8"))
    finally:
        stack.ask("up", "--detach", "--no-build", "--wait", "--wait-timeout", "300", DATABASE)
        if applications:
            stack.ask("up", "--detach", "--no-build", "--wait", "--wait-timeout", "300", *applications)
    return kept


def _catch_up(stack: Compose, moment: Moment, *, lose: bool) -> None:
    try:
        catch_up(stack)
    except ArchiveError as error:
        if moment.at is None and not lose:
            raise Refused(
                f"{error} What the archive lacks would be lost from the site; it stays in what is set aside. "
                "Mend the archive first, or say --lose-unarchived."
            ) from error
        sys.stderr.write(f"{error} The recovery uses what the archive has.\n")
