"""The archive as the running database fills it: base backups, and what is not archived yet."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from .compose import Compose
from .errors import ArchiveError

PATIENCE_SECONDS = float(os.environ.get("MEMO_COACH_PATIENCE", "90"))
WAITING = "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'"
COMMIT = "SELECT pg_current_xact_id()"
"""A recovery to a moment needs a commit after it, which an idle database does not have."""
IDENTIFIER = "SELECT system_identifier FROM pg_control_system()"
SWITCH = "SELECT pg_walfile_name(pg_switch_wal())"


def make(stack: Compose) -> bool:
    """Make the archive where there is none for this database; return whether one was made.

    Raises:
        ArchiveError: it is another database's, or the store cannot be used.
    """
    if _is_there(stack):
        stack.archive("stanza-create")
        return False
    stack.archive("stanza-create")
    return True


def _is_there(stack: Compose) -> bool:
    return any(each.get("db") for each in _information(stack))


def _information(stack: Compose) -> list[dict[str, Any]]:
    """Return what pgBackRest knows of the archive; with a wrong passphrase it quotes what it cannot read."""
    found: list[dict[str, Any]] = json.loads(stack.archive("info", "--output=json"), strict=False)
    return found


def is_its_own(stack: Compose) -> bool:
    """Whether the running database is the one that the archive is of; a new server's is another.

    Raises:
        ArchiveError: the database does not answer.
    """
    known = {str(each["system-id"]) for stanza in _information(stack) for each in stanza.get("db", ())}
    # An archive that cannot be read may be its own.
    return not known or stack.sql(IDENTIFIER) in known


def back_up(stack: Compose, kind: str) -> dict[str, object]:
    """Take a base backup, ``full`` or ``diff``; return what is to be known of it.

    Raises:
        ArchiveError: it failed, or the archive does not take what the database writes.
    """
    stack.archive("check")
    stack.archive("backup", f"--type={kind}")
    newest = _information(stack)[0]["backup"][-1]
    return {"label": newest["label"], "bytes": newest["info"]["repository"]["delta"]}


def catch_up(stack: Compose, patience: float = PATIENCE_SECONDS) -> None:
    """Bring into the archive what the database has written until now.

    Raises:
        ArchiveError: the archive does not take it, or the database does not answer.
    """
    # Each in a transaction of its own: statements that are sent at once would commit after the switch.
    stack.sql(COMMIT)
    stack.sql(SWITCH)
    until = time.monotonic() + patience
    while int(stack.sql(WAITING)) > 0:
        if time.monotonic() > until:
            raise ArchiveError(
                "The archive does not take what the database writes: see `docker compose logs postgres`."
            )
        time.sleep(1)
