"""An installation with a repository of backups: a folder, a database of either kind, the real programs."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from memo_coach.operations.backup.configuration import BackupConfiguration, configuration_of
from memo_coach.settings import environment_of_tools, load_settings
from memo_coach.storage import tables
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.fingerprint import TableFingerprint, fingerprint
from tests.command_line import PROGRAM, run_command
from tests.postgres_server import programs
from tests.restic_binary import restic_directory
from tests.stored_rows import add_account_rows, add_rows_of_access
from tests.waiting import wait_until

PASSWORD = "the password of the repository"
SITE = "memos.example.org"
_MOMENT = datetime(2026, 3, 29, 1, 30, 15, 123456, tzinfo=UTC)


class Installation:
    """What an operator has: an environment, a database and a repository."""

    def __init__(self, directory: Path, database_url: str) -> None:
        self.directory = directory
        self.programs = directory / "programs"
        """What is put here is found before the real programs."""
        self.repository = directory / "repository"
        self.data = directory / "data"
        self.status_directory = directory / "status"
        for each in (self.programs, self.data):
            each.mkdir(parents=True, exist_ok=True)
        self.password_file = directory / "password"
        self.password_file.write_text(PASSWORD + "\n")
        self.configured = directory / "configured"
        self.configured.mkdir()
        (self.configured / "settings").write_text("colour=blue\n")
        self.environment = {
            "PATH": os.pathsep.join(
                [str(self.programs), str(restic_directory()), str(programs()), os.environ["PATH"]]
            ),
            "HOME": str(directory),
            "DATA_DIR": str(self.data),
            "DATABASE_URL": database_url,
            "PUBLIC_URL": f"https://{SITE}",
            "RESTIC_REPOSITORY": str(self.repository),
            "RESTIC_PASSWORD_FILE": str(self.password_file),
            "BACKUP_STATUS_DIRECTORY": str(self.status_directory),
            "BACKUP_PATHS": str(self.configured),
        }

    @property
    def is_on_sqlite(self) -> bool:
        """Tell which database it has."""
        return self.environment["DATABASE_URL"].startswith("sqlite")

    @property
    def configuration(self) -> BackupConfiguration:
        """Read its environment as the command line does."""
        return configuration_of(
            load_settings(self.environment, env_file=None), environment_of_tools(self.environment)
        )

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``memo-coach``."""
        ended = run_command(
            arguments, environment={**self.environment, **environment}, directory=self.directory
        )
        return subprocess.CompletedProcess(
            ended.args, ended.returncode, ended.stdout.decode(), ended.stderr.decode()
        )

    def succeeds(self, *arguments: str, **environment: str) -> str:
        """Run ``memo-coach``, which must end well; give what it prints."""
        ended = self.command(*arguments, **environment)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def fails(self, status: int, *arguments: str, **environment: str) -> str:
        """Run ``memo-coach``, which must fail with one line; give the line."""
        ended = self.command(*arguments, **environment)
        assert ended.returncode == status, (ended.returncode, ended.stdout, ended.stderr)
        assert ended.stderr.count("\n") == 1, ended.stderr
        assert PASSWORD not in ended.stderr
        return ended.stderr

    def started(self, *arguments: str) -> subprocess.Popen[str]:
        """Start ``memo-coach`` anew, to look at it while it works or to end it."""
        return subprocess.Popen(
            [*PROGRAM, *arguments],
            env=self.environment,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def restic(self, *arguments: str) -> Any:
        """Run restic itself; give what it prints as JSON."""
        environment = {**self.environment, "RESTIC_PASSWORD_FILE": str(self.password_file)}
        ended = subprocess.run(
            ["restic", "--json", *arguments], env=environment, capture_output=True, check=True, timeout=120
        )
        return json.loads(ended.stdout)

    def kinds(self) -> list[str]:
        """Return the kinds of all snapshots that there are."""
        found = self.restic("snapshots")
        return sorted(tag[5:] for each in found for tag in each["tags"] if tag.startswith("kind="))

    def status(self, kind: str) -> dict[str, Any]:
        """Read a status file."""
        document: dict[str, Any] = json.loads((self.status_directory / f"{kind}.json").read_text())
        return document

    def put_program(self, name: str, script: str) -> None:
        """Put a shell script in the place of a program; ``$REAL`` is the program itself."""
        folder = restic_directory() if name == "restic" else programs()
        path = self.programs / name
        path.write_text(f"#!/bin/sh\nREAL={folder / name}\n{script}\n")
        path.chmod(0o755)

    def hang_at(self, name: str, condition: str = "true") -> Path:
        """Let a program sleep for long at its start; give the file that appears when it does."""
        reached = self.directory / f"{name}-hangs"
        self.put_program(name, f'if {condition}; then touch {reached}; exec sleep 300; fi\nexec "$REAL" "$@"')
        return reached

    def remove_programs(self) -> None:
        """Let the real programs be found again."""
        for path in self.programs.iterdir():
            path.unlink()

    def figures(self) -> dict[str, TableFingerprint]:
        """Return the fingerprint of its database."""
        return asyncio.run(self._figures())

    async def _figures(self) -> dict[str, TableFingerprint]:
        database = self._database()
        try:
            return await fingerprint(database)
        finally:
            await database.close()

    def write(self, memo: str, text: str = "Größe: 🦉 — «naïve»\n" * 50) -> None:
        """Let somebody write a memo that is judged."""
        asyncio.run(self._write(memo, text))

    async def _write(self, memo: str, text: str) -> None:
        database = self._database()
        try:
            await schema.upgrade(database)
            for rows in _rows(memo, text):
                async with database.write() as session:
                    session.add_all(rows)
        finally:
            await database.close()

    def let_somebody_in(self) -> None:
        """Let somebody have an account, a session and a link."""
        asyncio.run(self._let_somebody_in())

    async def _let_somebody_in(self) -> None:
        database = self._database()
        try:
            await add_account_rows(database)
            await add_rows_of_access(database, "account")
        finally:
            await database.close()

    def _database(self) -> Database:
        return Database(load_settings(self.environment, env_file=None).database_url, pooled=False)


def _rows(memo: str, text: str) -> list[list[Any]]:
    owner = f"owner of {memo}"
    times = {"created": _MOMENT}
    return [
        [tables.Visitor(id=owner, last_seen=_MOMENT, **times)],
        [
            tables.Memo(
                id=memo, owner=owner, title="Pumps", language="en", words=9, changed=_MOMENT,
                draft_rubric="memo", draft_text=text, draft_saved=_MOMENT, **times,
            )
        ],
        [
            tables.MemoVersion(
                memo=memo, number=1, text=text, text_sha256="0" * 64, words=9, language="en", **times
            )
        ],
        [
            tables.Evaluation(
                id=f"evaluation of {memo}", owner=owner, memo=memo, version=1, rubric="memo",
                rubric_version="1", coach="builtin", status="done", score=3.1, seconds=0.25,
                overall={"z": [1, 2.5, None], "a": "ü"}, finished=_MOMENT, **times,
            )
        ],
        [
            tables.CriterionRow(
                evaluation=f"evaluation of {memo}", criterion="clarity", position=1, name="Clarity",
                weight=20.0, effective_weight=1 / 3, score=None, justification="…", evidence=[{"start": 1}],
            )
        ],
    ]  # fmt: skip


def appears(path: Path) -> None:
    """Wait until a file is there."""
    wait_until(path.exists, f"{path} is there")
