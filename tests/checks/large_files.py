"""Find files that are too large to be source: a package, a dump or a build that was added by mistake.

Run as ``python -m tests.checks.large_files``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.checks.repository import ROOT, files

MOST_BYTES = 800_000
"""The trained weights, the largest file that belongs here, take three quarters of it."""


def large_files(repository: Path = ROOT) -> Iterator[str]:
    """Yield each file above :data:`MOST_BYTES`, as ``path: size``."""
    for path in files(repository):
        size = (repository / path).stat().st_size
        if size > MOST_BYTES:
            yield f"{path}: {size:,} bytes, at most {MOST_BYTES:,}"


def main() -> int:
    """Print each large file; return 1 where there is one."""
    found = list(large_files())
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
