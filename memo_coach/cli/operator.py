"""Under which name the audit log has what is done on the command line."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memo_coach.services.accounts.principal import Actor


def operator(command: str) -> Actor:
    """Return who uses a command: the account of the machine."""
    from memo_coach.services.accounts.principal import Actor  # noqa: PLC0415 - when it is asked for

    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # in a container there may be no such name
        name = "?"
    return Actor(f"{name} (memo-coach {command})")
