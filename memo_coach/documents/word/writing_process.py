"""The process in which one document is written: a memo comes in on standard input, a .docx goes out.

It has bounds on memory and time of its own and no environment. On standard error it writes the class of what
went wrong and nothing else: a message may quote the memo.
"""

from __future__ import annotations

import pickle
import resource
import sys
from contextlib import suppress
from pathlib import Path

MOST_MEMORY_BYTES = 600 * 1024**2
"""Of data."""
LONGEST_SECONDS = 60
"""Of computing."""


def main() -> int:
    """Write one document; return 1 where it could not be written."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_SECONDS, LONGEST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        # Where memory runs out, the kernel ends this process and leaves the service alone (Linux only).
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    try:
        from memo_coach.documents.word.writer import written  # noqa: PLC0415 - within the bounds

        document = written(pickle.load(sys.stdin.buffer))  # noqa: S301 - the service wrote it
    except Exception as error:  # noqa: BLE001 - whatever it is, the service is told its class
        sys.stderr.write(f"{type(error).__name__}\n")
        return 1
    sys.stdout.buffer.write(document)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
