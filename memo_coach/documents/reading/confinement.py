"""What the process that reads a file gives up before it looks at it.

* New descriptors: it may not open one, be it a file or a socket. This holds on every system.
* Memory (Linux), processor time, writing to files and starting processes are limited the same way. Root is
  not bound by the limit on processes.
* The network: it leaves that of the machine where the system lets it (Linux, where user namespaces are
  allowed). Elsewhere, as in a container under Docker's defaults, there is only that no socket can be opened.
* New privileges, and a life that is longer than that of the process that started it (Linux).

Where memory gets short, this process is the first that the system ends (Linux).
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import resource
import signal
import sys
from pathlib import Path

from memo_coach.documents.reading.limits import LONGEST_SECONDS, MOST_MEMORY

_NICENESS = 5
"""It gives way to the process that answers the pages."""
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_STANDARD_STREAMS = 3


def confine() -> None:
    """Give it up, for good. What is imported later must have been imported before."""
    os.nice(_NICENESS)
    if sys.platform == "linux":
        _confine_on_linux()
        _limit(resource.RLIMIT_AS, MOST_MEMORY)  # macOS refuses a limit of memory
    for limit, value in (
        (resource.RLIMIT_CPU, math.ceil(LONGEST_SECONDS)),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, _STANDARD_STREAMS),
    ):
        _limit(limit, value)


def _limit(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    most = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (most, most))


def _confine_on_linux() -> None:
    with contextlib.suppress(OSError):  # where it is not there, the kernel chooses by size alone
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    library = ctypes.CDLL(None, use_errno=True)
    # The kernel sends it when the thread ends that started this process; that thread waits for the answer.
    library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    library.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # -1 where it is not allowed
