"""restic, driven as a program: its commands as methods, its exit statuses as sentences.

The place of the repository goes by the environment and its password by a pipe: neither is in a list of
processes.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from memo_coach.operations.backup.configuration import BackupConfiguration
from memo_coach.operations.backup.errors import BackupError, RepositoryMissing
from memo_coach.operations.backup.processes import Child, Finished, run
from memo_coach.translations.sentences import Sentence, sentence

NOTHING_THERE, LOCKED, WRONG_PASSWORD, UNREADABLE = 10, 11, 12, 3
_FULL = "no space left on device"
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot, by what restic tells of it."""

    id: str
    time: datetime
    site: str
    tags: Mapping[str, str]
    """Tags of the form ``name=value``."""


class Restic:
    """The repository that is configured."""

    def __init__(self, configuration: BackupConfiguration, *, lock_patience: str = "10m") -> None:
        """``lock_patience`` is for how long restic waits for another one that has locked the repository."""
        self._configuration = configuration
        self._lock_patience = lock_patience

    async def make(self) -> bool:
        """Make the repository; tell whether it was made (or was there already)."""
        try:
            await self._run("cat", "config")
        except RepositoryMissing:
            await self._run("init")
            return True
        return False

    async def remove_stale_locks(self) -> None:
        """Remove the locks of processes that are gone, or that have not refreshed them for half an hour."""
        await self._run("unlock")

    async def store_command(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        name: str,
        tags: Sequence[str],
        moment: datetime,
    ) -> str:
        """Store what a command writes, under the name given; nothing where the command fails."""
        arguments = ("--stdin-from-command", "--stdin-filename", name, "--", *command)
        return await self._store(tags, moment, arguments, environment=environment)

    async def store_stream(
        self, content: bytes | IO[bytes], *, name: str, tags: Sequence[str], moment: datetime
    ) -> str:
        """Store bytes, or all of an open file."""
        arguments = ("--stdin", "--stdin-filename", name)
        if isinstance(content, bytes):
            return await self._store(tags, moment, arguments, given=content)
        return await self._store(tags, moment, arguments, stdin=content)

    async def store_paths(
        self, paths: Sequence[Path], *, without: Sequence[Path], tags: Sequence[str], moment: datetime
    ) -> str:
        """Store files and directories. Anything in them that cannot be read is an error."""
        excluded = [f"--exclude={path}" for path in without]
        return await self._store(tags, moment, (*excluded, "--", *map(str, paths)))

    async def _store(
        self,
        tags: Sequence[str],
        moment: datetime,
        arguments: Sequence[str],
        **streams: Any,  # noqa: ANN401 - of run()
    ) -> str:
        marks = [f"--tag={tag}" for tag in tags]
        finished = await self._run(
            "backup", "--quiet", f"--host={self._configuration.site}", f"--time={moment:%Y-%m-%d %H:%M:%S}",
            f"--retry-lock={self._lock_patience}", *marks, *arguments, **streams,
        )  # fmt: skip
        for message in reversed(list(_messages(finished.output.decode("utf-8", "replace")))):
            if message.get("message_type") == "summary" and message.get("snapshot_id"):
                return str(message["snapshot_id"])
        raise BackupError(sentence("backup.no_snapshot_named"))

    async def snapshots(self) -> list[Snapshot]:
        """Return all snapshots, oldest first."""
        finished = await self._run("snapshots", "--no-lock")
        found = [_snapshot(each) for each in json.loads(finished.output)]
        return sorted(found, key=lambda snapshot: snapshot.time)

    async def content(self, snapshot: str, name: str) -> bytes:
        """Return a small file of a snapshot."""
        return (await self._run("dump", "--no-lock", snapshot, name)).output

    async def write_to(self, snapshot: str, name: str, target: IO[bytes]) -> None:
        """Write a file of a snapshot into an open file."""
        await self._run("dump", snapshot, name, stdout=target)

    @asynccontextmanager
    async def writing(self, snapshot: str, name: str, target: int) -> AsyncIterator[Child]:
        """Begin to write a file of a snapshot into a pipe; see :meth:`fault` for what its end means."""
        with self._password() as password:
            command = self._command("dump", snapshot, name)
            async with Child(
                command, self._environment(password), stdout=target, inherited=[password]
            ) as child:
                yield child

    async def restore_files(self, snapshot: str, target: Path) -> None:
        """Write all files of a snapshot below a directory, and read them back."""
        await self._run("restore", "--quiet", "--verify", f"--target={target}", snapshot)

    async def check(self, part: str) -> None:
        """Check the repository's structure, and read a part of its data (``n/t``, a percentage or a size)."""
        finished = await self._finished(
            "check", f"--read-data-subset={part}", "--retry-lock", self._lock_patience
        )
        summaries = _messages(finished.output.decode("utf-8", "replace"))
        if finished.status == 1 and any(summary.get("num_errors") for summary in summaries):
            said = self._configuration.masked("; ".join(_words(finished)))
            raise BackupError(
                sentence("backup.repository_damaged", finding=said[:_LONGEST_REASON].rstrip(" .;"))
            )
        self._look_at(finished)

    async def would_forget(self, rules: Sequence[str], tag: str) -> set[str]:
        """Tell which snapshots with a tag are outside rules such as ``daily=7d``."""
        keep = []
        for rule in rules:
            period, _, duration = rule.partition("=")
            keep.append(
                f"--keep-within={duration}" if period == "all" else f"--keep-within-{period}={duration}"
            )
        finished = await self._run(
            "forget", "--dry-run", "--no-lock", f"--tag={tag}", "--group-by=host", *keep
        )
        groups = json.loads(finished.output or b"[]")
        return {snapshot["id"] for group in groups for snapshot in group["remove"] or ()}

    async def forget(self, snapshots: Sequence[str]) -> None:
        """Remove snapshots, and the data that belonged to them alone."""
        await self._run("forget", "--prune", f"--retry-lock={self._lock_patience}", *snapshots)

    def fault(self, finished: Finished) -> Sentence:
        """Return the sentence for an exit status other than 0."""
        known = _SENTENCES.get(finished.status)
        if known is not None:
            return sentence(known)
        # Masked before it is cut: half a secret is not found any more.
        words = self._configuration.masked(" ".join(_words(finished)).replace("Fatal: ", ""))
        said = words[-_LONGEST_REASON:].strip().rstrip(".")
        return sentence(
            "backup.disk_full" if _FULL in words.casefold() else "backup.restic_failed",
            reason=said or sentence("backup.ended_with", status=finished.status),
        )

    async def _run(self, *arguments: str, **streams: Any) -> Finished:  # noqa: ANN401 - of run()
        finished = await self._finished(*arguments, **streams)
        self._look_at(finished)
        return finished

    def _look_at(self, finished: Finished) -> None:
        if finished.status:
            kind = RepositoryMissing if finished.status == NOTHING_THERE else BackupError
            raise kind(self.fault(finished))

    async def _finished(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        **streams: Any,  # noqa: ANN401 - of run()
    ) -> Finished:
        with self._password() as password:
            surroundings = self._environment(password) | dict(environment or {})
            return await run(self._command(*arguments), surroundings, inherited=[password], **streams)

    @staticmethod
    def _command(*arguments: str) -> tuple[str, ...]:
        return ("restic", "--json", *arguments)

    def _environment(self, password: int) -> dict[str, str]:
        return {
            **self._configuration.tools,
            "RESTIC_REPOSITORY": self._configuration.repository,
            "RESTIC_PASSWORD_FILE": f"/dev/fd/{password}",
            "TZ": "UTC",  # restic reads and writes times in the zone of its process
        }

    @contextmanager
    def _password(self) -> Iterator[int]:
        """Yield a pipe from which the password can be read once."""
        reading, writing = os.pipe()
        try:
            os.write(writing, self._configuration.password.encode())
            os.close(writing)
            yield reading
        finally:
            os.close(reading)


_SENTENCES = {
    UNREADABLE: "backup.unreadable_files",
    NOTHING_THERE: "backup.no_repository",
    LOCKED: "backup.repository_locked",
    WRONG_PASSWORD: "backup.wrong_password",
}


def _messages(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            message = json.loads(line)
        except ValueError:
            message = {"message": line}
        if isinstance(message, dict):
            yield message


def _words(finished: Finished) -> Iterator[str]:
    """Yield what was said on standard error, from messages and plain lines alike."""
    for message in _messages(finished.complaints):
        said = message.get("message") or (message.get("error") or {}).get("message") or ""
        if said := " ".join(str(said).split()):
            yield said


def _snapshot(told: Mapping[str, Any]) -> Snapshot:
    tags = dict(tag.split("=", 1) for tag in told.get("tags") or () if "=" in tag)
    return Snapshot(told["id"], datetime.fromisoformat(told["time"]), told.get("hostname", ""), tags)
