"""The program of a process that writes one document: what it is of comes in on standard input, it goes out.

It has bounds on memory and time of its own and no environment. On standard error it writes the class of what
went wrong and nothing else: a message may quote the memo.
"""

from __future__ import annotations

import pickle
import resource
import sys
from contextlib import suppress
from pathlib import Path
from pkgutil import resolve_name

MOST_MEMORY_BYTES = 600 * 1024**2
"""Of data. The longest memo of English prose takes a quarter of it as a PDF: docs/performance.md."""
LONGEST_SECONDS = 120
"""Of computing, on all cores together."""


def main() -> int:
    """Write one document by the function that is the first argument; return 1 where it cannot be written."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_SECONDS, LONGEST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        # Where memory runs out, the kernel ends this process and leaves the service alone (Linux only).
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    try:
        # The writer is loaded within the bounds, with the library that it needs.
        written: bytes = resolve_name(sys.argv[1])(pickle.load(sys.stdin.buffer))  # noqa: S301 - our own
    except Exception as error:  # noqa: BLE001 - whatever it is, the service is told its class
        cause = f" of {type(error.__cause__).__name__}" if error.__cause__ else ""
        sys.stderr.write(f"{type(error).__name__}{cause}\n")
        return 1
    sys.stdout.buffer.write(written)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
