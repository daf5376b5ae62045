"""Run programs with a log each, and wait for conditions with a deadline."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from tests.rehearsal import at_work, paths
from tests.rehearsal.at_work import RehearsalError

__all__ = ["RehearsalError"]

LAST_LINES = 25
SHOWN = 100
"""How much of a command the list of the longest steps shows."""
Found = TypeVar("Found")


class CommandFailedError(RehearsalError):
    """A program ended with another status than it had to."""

    def __init__(self, command: tuple[str, ...], status: int, log: Path, last_lines: str) -> None:
        shown = shlex.join(command)
        super().__init__(
            f"`{shown[:300]}` ended with {status}. The end of {log.relative_to(paths.ROOT)}:\n{last_lines}"
        )
        self.status = status


def log_of(name: str) -> Path:
    """Return the file that takes what the programs of this name say; each stage has its own."""
    folder = paths.LOGS / at_work.now().stage
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.log"


def last_lines(log: Path, count: int = LAST_LINES) -> str:
    """Return the end of a log, as it is shown to the person."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    return "\n".join(f"    {line}" for line in lines[-count:])


def run(
    name: str,
    *command: str,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    seconds: float = 600,
    stdin: str | None = None,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; what it says goes to its log and comes back.

    Raises:
        CommandFailedError: it failed and ``check`` was not waived.
        RehearsalError: it took longer than ``seconds``; it and its children have been ended.
        HaltedError: the stage was stopped; so have they.
    """
    log, work = log_of(name), at_work.now()
    work.halt.heed()
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {shlex.join(command)}\n")
    process = subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        cwd=directory or paths.ROOT,
        stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        with work.timed(_shown(command)), work.halt.over(process):
            said, complained = process.communicate(stdin, timeout=seconds)
    except BaseException as error:
        said, complained = _end(process)
        _note(log, said, complained, None)
        if isinstance(error, subprocess.TimeoutExpired):
            raise RehearsalError(
                f"`{shlex.join(command)[:300]}` was not done after {seconds:.0f} s. "
                f"The end of {log.relative_to(paths.ROOT)}:\n{last_lines(log)}"
            ) from None
        raise
    _note(log, said, complained, process.returncode)
    work.halt.heed()
    if check and process.returncode != 0:
        raise CommandFailedError(command, process.returncode, log, last_lines(log))
    return subprocess.CompletedProcess(command, process.returncode, said, complained)


def _shown(command: tuple[str, ...]) -> str:
    """Return a command as the list of the longest steps shows it: on one line, without the folder."""
    line = " ".join(shlex.join((Path(command[0]).name, *command[1:])).split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def _note(log: Path, said: str, complained: str, status: int | None) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(said + complained + f"# ended with {status}\n")


def _end(process: subprocess.Popen[str]) -> tuple[str, str]:
    """End a program with everything that it started; give what it had said."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sent)
            return process.communicate(timeout=5)
        except ProcessLookupError:
            return process.communicate()
        except subprocess.TimeoutExpired:
            continue
    return "", ""


def start(name: str, *command: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a program that goes on until `stop`; what it says goes to its log."""
    with log_of(name).open("ab") as log:
        return subprocess.Popen(
            command,
            env={**os.environ, **(environment or {})},
            cwd=paths.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], patience_seconds: float = 20) -> None:
    """End a program that was started, gently first, and whatever is left of its group."""
    try:
        process.terminate()
        process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(patience_seconds)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def until(what: str, condition: Callable[[], Found | None], seconds: float, every: float = 1.5) -> Found:
    """Ask again and again until the answer is true, and give it.

    Raises:
        RehearsalError: it was not true in time.
        HaltedError: the stage was stopped.
    """
    work, deadline = at_work.now(), time.monotonic() + seconds
    with work.timed(f"waiting: {what[:1].lower()}{what[1:]}"):
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > deadline:
                raise RehearsalError(f"{what} did not come true within {seconds:.0f} s.")
            work.halt.wait(every)


def require(condition: object, sentence: str) -> None:
    """Insist on something that the rehearsal is there to prove.

    Raises:
        RehearsalError: it does not hold.
    """
    if not condition:
        raise RehearsalError(sentence)
