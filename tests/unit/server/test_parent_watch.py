"""The process that starts the worker stays small: it loads no framework and no driver of a database."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"alembic", "litellm", "reflex", "sqlalchemy", "starlette"}


def test_serving_loads_nothing_heavy_before_the_worker() -> None:
    look = f"import sys, memo_coach.server.serve; print(*sorted({HEAVY!r} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout
    assert shown.split() == []
