"""What a backup needs to know, taken from the settings and checked before anything is started."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from memo_coach.operations.backup.errors import Misconfigured
from memo_coach.settings import Settings
from memo_coach.translations.sentences import sentence

UPLOADS = "uploads"
_NAME_AND_PASSWORD = re.compile(r"://[^/@\s]+@")
_SECRET_NAMES = re.compile(r"(SECRET|PASSWORD|TOKEN)")
_SHORTEST_SECRET = 4
"""Shorter ones would blot out parts of ordinary words."""


@dataclass(frozen=True, slots=True)
class BackupConfiguration:
    """Where backups go, what is in them, and what the tools may see of the environment."""

    repository: str = field(repr=False)
    password: str = field(repr=False)
    database_url: str = field(repr=False)
    data_dir: Path
    paths: tuple[Path, ...]
    status_directory: Path
    keep: tuple[str, ...]
    """Rules such as ``daily=7d``."""
    site: str
    """The host of the public address. It marks the snapshots as this installation's."""
    tools: Mapping[str, str] = field(repr=False)

    def masked(self, text: str) -> str:
        """Return the text without any secret that is known here."""
        secrets = {self.password, urlsplit(self.database_url).password or ""}
        secrets |= {value for name, value in self.tools.items() if _SECRET_NAMES.search(name)}
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "…")
        return _NAME_AND_PASSWORD.sub("://…@", text)

    def installation_paths(self) -> tuple[Path, ...]:
        """Return what is backed up beside the database.

        Raises:
            Misconfigured: something of it is not there. (restic would pass it over.)
        """
        missing = [str(path) for path in self.paths if not path.exists()]
        if missing:
            raise Misconfigured(sentence("backup.missing_paths", paths=", ".join(missing)))
        uploads = self.data_dir / UPLOADS
        return (*self.paths, uploads) if uploads.is_dir() else self.paths


def configuration_of(settings: Settings, tools: Mapping[str, str]) -> BackupConfiguration:
    """Take from the settings what a backup needs.

    Raises:
        Misconfigured: the repository or its password is not set.
    """
    if not settings.restic_repository:
        raise Misconfigured(sentence("backup.set_repository"))
    if not settings.restic_password:
        raise Misconfigured(sentence("backup.set_password"))
    return BackupConfiguration(
        repository=settings.restic_repository,
        password=settings.restic_password,
        database_url=settings.database_url,
        data_dir=settings.data_dir,
        paths=tuple(Path(path) for path in settings.backup_paths.split(":") if path),
        status_directory=settings.backup_status_directory,
        keep=tuple(settings.backup_keep.split()),
        site=urlsplit(settings.public_url).hostname or "localhost",
        tools=tools,
    )
