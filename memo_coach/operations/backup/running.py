"""A run from its lock to its status file: whatever ends it, a signal too, leaves a result."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from memo_coach.operations.backup.errors import BackupError, OtherRunActive, RestoreRefused
from memo_coach.operations.backup.status import Kind, Record, only_one, write_status
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.translations.sentences import sentence

Result = TypeVar("Result")


def run_recorded(directory: Path, kind: Kind, work: Callable[[Record], Awaitable[Result]]) -> Result:
    """Do one thing at a time, and leave its result in the status directory.

    A refusal was no run, and leaves nothing: neither that another process is at work, nor that a restore was
    not confirmed.

    Raises:
        BackupError: the work, or writing its result, failed; :class:`DatabaseUnusable` is among them then.
    """
    with only_one(directory, kind):
        record = Record(kind)
        try:
            result = asyncio.run(until_signal(work(record)))
        except (OtherRunActive, RestoreRefused):
            raise
        except BaseException as error:
            told = _recorded(directory, record, error)
            if told is error:
                raise
            raise told from error
        write_status(directory, record, None)
        return result


def _recorded(directory: Path, record: Record, error: BaseException) -> BaseException:
    """Record a failure; give what is to be raised. It matters more than a status file that fails too."""
    known = isinstance(error, BackupError | DatabaseUnusable)
    said = error.args[0] if known else sentence("backup.ended_unexpectedly", kind=type(error).__name__)
    try:
        write_status(directory, record, said)
    except BackupError as second:
        said = sentence("backup.and_second", first=said, second=second.args[0])
        return type(error)(said) if isinstance(error, BackupError) else BackupError(said)
    return BackupError(said) if isinstance(error, DatabaseUnusable) else error


async def until_signal(work: Awaitable[Result]) -> Result:
    """Do the work; SIGTERM cancels it, so that everything it began is ended.

    Raises:
        BackupError: it was cancelled by that signal.
    """
    task = asyncio.ensure_future(work)
    stopped = asyncio.Event()

    def stop() -> None:
        # Once: a second cancellation would cut off the tidying up after the first.
        if not stopped.is_set():
            stopped.set()
            task.cancel()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if stopped.is_set():
            raise BackupError(sentence("backup.stopped")) from None
        raise
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
