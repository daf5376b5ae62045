"""How long each task of a playbook took, from Ansible's log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

BEGINS = re.compile(
    r"^(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) [^|]*\| "
    r"(?:(?:TASK|RUNNING HANDLER) \[(?P<task>.+?)\]|PLAY \[.*\]|(?P<end>PLAY RECAP)) \*+$",
    re.MULTILINE,
)


def times(log: str) -> Iterator[tuple[str, float]]:
    """Yield each task's name with its seconds; a task ends where the next one, or the recap, begins."""
    name, began = None, None
    for found in BEGINS.finditer(log):
        at = datetime.strptime(found["at"], "%Y-%m-%d %H:%M:%S,%f").replace(tzinfo=UTC)
        if name is not None and began is not None:
            yield name, (at - began).total_seconds()
        name, began = found["task"], at
