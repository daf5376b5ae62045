"""The end of a worker of the server that cannot work: one sentence, and a status that stops the server.

A worker that fails at once would else be started again and again, and nobody would read why.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import NoReturn

from memo_coach.server.language import speaking_here
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.translations import text
from memo_coach.translations.sentences import spoken

STATUS = 3
"""With which such a worker ends, and the server after it: something that they depend on failed."""


def exit_worker(error: DatabaseUnusable) -> NoReturn:
    """End this process, a worker, with the reason on standard error.

    Raises:
        DatabaseUnusable: the error, where this process is no worker.
    """
    if multiprocessing.parent_process() is None:
        raise error
    with speaking_here():
        sys.stderr.write(f"{text('building.failed_worker', reason=spoken(error))}\n")
    sys.stderr.flush()
    # Any other way out of here is answered by the server with a traceback.
    os._exit(STATUS)
