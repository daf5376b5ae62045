"""A live server whose coach waits for the test: see :mod:`tests.e2e.slow_coach`.

Run as a program it is that server; the server's worker is a process of its own, so it is the worker's
application that brings the slow coach along.
"""

from __future__ import annotations

import sys

from memo_coach.server import serve
from tests.live_server import LiveServer

ALL = 1_000


class SlowServer(LiveServer):
    """``let_go(n)`` lets the coach end its first n steps, of every evaluation from now on."""

    module = "tests.e2e.slow_server"

    def let_go(self, steps: int = ALL) -> None:
        """Let the coach go on until ``steps`` steps are done."""
        waiting = self.data_dir / "steps-waiting"
        waiting.write_text(str(steps), "ascii")
        waiting.replace(self.data_dir / "steps-let-go")

    def begin_anew(self) -> None:
        """Hold back every step again, and begin another diary."""
        for name in ("steps-let-go", "coach-diary"):
            (self.data_dir / name).unlink(missing_ok=True)

    def diary(self) -> list[str]:
        """Return what the coach has noted: ``began``, ``judged``, ``stopped``."""
        file = self.data_dir / "coach-diary"
        return file.read_text("ascii").split() if file.is_file() else []


if __name__ == "__main__":
    serve.TARGET = "tests.e2e.slow_coach:app"
    sys.exit(serve.main())
