"""What a run leaves behind for the watch: a file with its result, replaced as a whole."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from .errors import ArchiveError, Refused

DIRECTORY = Path(os.environ.get("MEMO_COACH_STATUS", "/var/lib/memo-coach/status"))
LOCK = Path(os.environ.get("MEMO_COACH_LOCK", "/run/memo-coach/archive.lock"))
PATIENCE_SECONDS = 2 * 3600

Details = dict[str, object]


@contextmanager
def recorded(kind: str) -> Iterator[Details]:
    """Do one thing at a time and leave its result, however it ends; what is put into the details is in it.

    Raises:
        ArchiveError: another one does not end.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    details: Details = {}
    with _only_one():
        started, clock = datetime.now(UTC), time.monotonic()
        document = {"kind": kind, "started": _stamp(started)}
        try:
            yield details
        except Refused:
            raise
        except BaseException as error:
            said = str(error) if isinstance(error, ArchiveError) else f"It ended with {type(error).__name__}."
            _write(kind, {**document, "result": "failed", **_ended(clock), **details, "error": said})
            raise
        _write(kind, {**document, "result": "ok", **_ended(clock), **details})


def _interrupt(_signal: int, _frame: object) -> None:
    raise ArchiveError("It was stopped.")


def _ended(clock: float) -> Details:
    return {"finished": _stamp(datetime.now(UTC)), "seconds": round(time.monotonic() - clock, 1)}


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _write(kind: str, document: Details) -> None:
    fresh = DIRECTORY / f".{kind}.new"
    fresh.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    fresh.replace(DIRECTORY / f"{kind}.json")


@contextmanager
def _only_one() -> Iterator[None]:
    LOCK.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with LOCK.open("a", encoding="utf-8") as held:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise ArchiveError("Another run has been at work for two hours.") from None
                time.sleep(1)
        yield
