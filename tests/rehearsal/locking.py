"""One rehearsal at a time: two would fight over addresses and names."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from tests.rehearsal.commands import RehearsalError


def hold(file: Path) -> IO[str]:
    """Take the lock for as long as the file that is given back stays open.

    Raises:
        RehearsalError: another rehearsal holds it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    held = file.open("w", encoding="utf-8")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise RehearsalError(
            "Another rehearsal is running on this machine; this one has not begun."
        ) from None
    return held
