"""Compose, asked for the stack or for the drill's, and what its database says."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .errors import ArchiveError

INSTALLATION = Path(os.environ.get("MEMO_COACH_INSTALLATION", "/opt/memo-coach"))
DATABASE = "postgres"
LONGEST_SECONDS = 6 * 3600
MOST_SAID = 1500


@dataclass(frozen=True)
class Compose:
    """The services of one Compose file."""

    file: str = "docker-compose.prod.yml"
    directory: Path = field(default=INSTALLATION)

    def ask(self, *arguments: str, given: str | None = None, seconds: float = LONGEST_SECONDS) -> str:
        """Run Compose; return what it says.

        Raises:
            ArchiveError: it failed, or took too long.
        """
        command = ["docker", "compose", "--file", str(self.directory / self.file), "--progress", "quiet"]
        try:
            ended = subprocess.run(  # noqa: S603 - our own words
                [*command, *arguments], input=given or "", capture_output=True, text=True, check=False,
                errors="replace", timeout=seconds, cwd=self.directory,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ArchiveError(f"Compose cannot be asked: {error}.") from error
        if ended.returncode != 0:
            said = (ended.stderr.strip() or ended.stdout.strip())[-MOST_SAID:]
            what = " ".join(arguments[:1])
            raise ArchiveError(f"`docker compose {what}` ended with {ended.returncode}: {said}")
        return ended.stdout

    def sql(self, statements: str, database: str = "postgres") -> str:
        """Return what the running database answers to its superuser, unaligned.

        Raises:
            ArchiveError: it does not answer.
        """
        return self.ask(
            "exec", "--no-TTY", "--user", "999", DATABASE,
            "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1",
            "--username=postgres", f"--dbname={database}", f"--command={statements}", seconds=120,
        ).strip()  # fmt: skip

    def archive(self, *arguments: str) -> str:
        """Run pgBackRest in the running database's container; return what it says.

        Raises:
            ArchiveError: it failed.
        """
        return self.ask("exec", "--no-TTY", "--user", "999", DATABASE, "pgbackrest", *arguments)

    def running(self) -> list[str]:
        """Return the names of the services that run."""
        return self.ask("ps", "--services", "--status", "running", seconds=60).split()

    def applications(self) -> list[str]:
        """Return the services that run and write into the database."""
        return [name for name in self.running() if name == "app" or name.startswith(("app-", "app_"))]
