"""Room on the disk for files that lie there while they are imported."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from memo_coach.services.errors import Unavailable
from memo_coach.services.unit_of_work import FREE_BYTES_FOR_NEW_VISITORS
from memo_coach.translations import text

_LEAST_FREE_BYTES: Final = 2 * FREE_BYTES_FOR_NEW_VISITORS
"""What an import takes for some minutes, it takes from nobody who writes."""


def refuse_where_short_of_room(directory: Path) -> None:
    """Refuse what is large while the disk is getting full.

    Raises:
        Unavailable: it is.
    """
    if shutil.disk_usage(directory).free < _LEAST_FREE_BYTES:
        raise Unavailable(text("problem.short_of_room"))
