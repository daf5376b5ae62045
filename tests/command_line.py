"""The command line, each command in a process of its own, forked from one that has loaded the program.

Loading takes a second of work, and the first memo half a second more (``tests/warm_command_line.py``); the
tests run hundreds of commands. What a command does is the same: it has its own environment, folder, streams
and exit status, and ends like any process. Tests of the start, of signals and of terminals start the program
anew: :data:`PROGRAM`.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

# What the commands import when they run: loaded here once, for all of them.
import memo_coach.cli.judgement
import memo_coach.cli.measure_report
import memo_coach.cli.report
import memo_coach.coaching.builtin.coach
import memo_coach.operations.backup.creating
import memo_coach.operations.backup.maintaining
import memo_coach.operations.backup.restoring
import memo_coach.operations.backup.running
import memo_coach.operations.health
import memo_coach.storage.copying
import memo_coach.storage.engine.schema  # noqa: F401
from memo_coach.cli import main

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = [
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from memo_coach.cli import main; sys.exit(main())",
]
"""The program of this very tree, wherever it is started: what is installed may be another."""
PATIENCE_SECONDS = 120

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.warm_command_line"])


def run_command(
    arguments: Sequence[str], *, environment: Mapping[str, str], directory: Path, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run ``memo-coach`` with exactly this environment; give its status and what it printed."""
    with tempfile.TemporaryDirectory(prefix="memo-coach-command-") as kept:
        streams = [Path(kept) / name for name in ("input", "output", "complaints")]
        streams[0].write_bytes(given)
        process = _processes.Process(target=_work, args=(arguments, dict(environment), directory, streams))
        process.start()
        process.join(PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(arguments), PATIENCE_SECONDS, *_printed(streams))
        return subprocess.CompletedProcess(list(arguments), process.exitcode, *_printed(streams))


def _printed(streams: Sequence[Path]) -> tuple[bytes, bytes]:
    output, complaints = (path.read_bytes() if path.exists() else b"" for path in streams[1:])
    return output, complaints


def _work(
    arguments: Sequence[str], environment: Mapping[str, str], directory: Path, streams: Sequence[Path]
) -> None:
    """Become the command: this is the whole life of the forked process."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    for number, path in enumerate(streams):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - it stays open as long as the process lives
    sys.argv = ["memo-coach", *arguments]
    sys.exit(main())
