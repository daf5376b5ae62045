"""Run every check, or those whose names contain a given word: ``python -m tests.checks [WORD ...]``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.checks.catalogue import catalogue
from tests.checks.running import run_all


def main(words: Sequence[str]) -> int:
    """Run the checks that were asked for; give 2 where a word names none of them."""
    checks = catalogue()
    unknown = [word for word in words if not any(word in check.name for check in checks)]
    if unknown:
        names = ", ".join(check.name for check in checks)
        sys.stderr.write(f"No check is called {', '.join(unknown)}. There are: {names}.\n")
        return 2
    return run_all([check for check in checks if not words or any(word in check.name for word in words)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
