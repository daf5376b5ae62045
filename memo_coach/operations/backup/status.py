"""What a run leaves behind for monitoring: a file with its result, replaced as a whole."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from memo_coach.operations.backup.errors import BackupError, OtherRunActive
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import sentence

Kind = Literal["backup", "check", "restore", "prune", "archive", "recovery", "drill"]
"""The last three are left by a server's own program, which archives the database."""
_LARGEST_STATUS = 64 * 1024
"""Bytes of a status file that are read."""


@dataclass(slots=True)
class Record:
    """What is known of a run while it goes on."""

    kind: Kind
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    details: dict[str, str] = field(default_factory=dict)
    _clock: float = field(default_factory=time.monotonic)

    def finished(self, error: str | None) -> Mapping[str, object]:
        """Return the content of the status file."""
        seconds = round(time.monotonic() - self._clock, 1)
        document: dict[str, object] = {
            "kind": self.kind,
            "result": "ok" if error is None else "failed",
            "started": _stamp(self.started),
            "finished": _stamp(datetime.now(UTC)),
            "seconds": seconds,
            **self.details,
        }
        return document if error is None else {**document, "error": error}


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def write_status(directory: Path, record: Record, error: str | None) -> None:
    """Write the result of a run.

    Raises:
        BackupError: it cannot be written.
    """
    target = directory / f"{record.kind}.json"
    fresh = directory / f".{record.kind}.{secrets.token_hex(4)}"
    try:
        try:
            with fresh.open("x", encoding="utf-8") as handle:
                handle.write(json.dumps(record.finished(error), indent=2) + "\n")
                handle.flush()
                os.fsync(handle.fileno())
            fresh.replace(target)
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
    except OSError as fault:
        raise BackupError(
            sentence("backup.status_not_written", file=target, reason=reason_of(fault))
        ) from fault


@contextmanager
def only_one(directory: Path, kind: Kind) -> Iterator[None]:
    """Hold the lock of one kind of run. It goes with the process, however that ends.

    Raises:
        OtherRunActive: another process holds it.
        BackupError: the directory cannot be used.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = (directory / f".{kind}.lock").open("a")
    except OSError as fault:
        raise BackupError(
            sentence("backup.status_directory_unusable", directory=directory, reason=reason_of(fault))
        ) from fault
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OtherRunActive(sentence("backup.another_at_work", kind=kind)) from None
        yield


@dataclass(frozen=True, slots=True)
class LastRun:
    """How the last run of a kind ended."""

    kind: Kind
    is_ok: bool
    finished: datetime
    seconds: float


def last_runs(directory: Path, kinds: Sequence[Kind]) -> tuple[LastRun, ...]:
    """Return how the last run of each kind ended, by its status file; without one that can be read, none."""
    return tuple(run for kind in kinds if (run := _last_run(directory, kind)) is not None)


def _last_run(directory: Path, kind: Kind) -> LastRun | None:
    try:
        with (directory / f"{kind}.json").open("rb") as file:
            found = json.loads(file.read(_LARGEST_STATUS))
        finished = datetime.fromisoformat(found["finished"])
        run = LastRun(kind, found["result"] == "ok", finished, float(found["seconds"]))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return None if finished.tzinfo is None else run
