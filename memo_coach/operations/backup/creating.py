"""One backup: the database with its figures, the files beside it, and a manifest that makes it count."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from memo_coach import __version__
from memo_coach.operations.backup.configuration import BackupConfiguration
from memo_coach.operations.backup.databases import Contents
from memo_coach.operations.backup.manifest import DUMPS, MANIFEST, Kind, Manifest
from memo_coach.operations.backup.postgres import PostgresBackup
from memo_coach.operations.backup.restic import Restic
from memo_coach.operations.backup.runs import DATABASE, INSTALLATION, MANIFEST_KIND, new_run_id, tags_of
from memo_coach.operations.backup.sqlite import SqliteBackup


class DatabaseBackup(Protocol):
    """What backups and restores ask of a database, whichever it is."""

    @property
    def name(self) -> str:
        """The database's name, for the person."""

    @property
    def fresh_url(self) -> str:
        """The restored database, before it is in its place. It may hold a password."""

    async def store(
        self, restic: Restic, name: str, tags: tuple[str, ...], moment: datetime
    ) -> tuple[str, Contents]:
        """Store one state of the database; give the snapshot and what that state holds."""

    async def is_empty(self) -> bool:
        """Whether nobody has written anything into it."""

    def room(self) -> AbstractAsyncContextManager[None]:
        """Make room beside it for a restored one; at the end, what did not replace it is removed."""

    async def receive(self, restic: Restic, snapshot: str, name: str) -> None:
        """Restore a stored state beside it."""

    async def fresh_contents(self) -> Contents:
        """Return what the restored one holds."""

    async def swap(self) -> str:
        """Put the restored one in its place; give the name under which it is kept."""


def kind_of(configuration: BackupConfiguration) -> Kind:
    """Tell which database is configured."""
    return "sqlite" if configuration.database_url.startswith("sqlite") else "postgresql"


def database_of(configuration: BackupConfiguration) -> DatabaseBackup:
    """Return the database that is configured."""
    return (SqliteBackup if kind_of(configuration) == "sqlite" else PostgresBackup)(configuration)


async def back_up(configuration: BackupConfiguration, restic: Restic) -> Manifest:
    """Make a backup. Where it fails, what it has stored until then has no manifest and is restored by nobody.

    Raises:
        BackupError, DatabaseUnusable: with a sentence.
    """
    paths = configuration.installation_paths()
    await restic.remove_stale_locks()
    moment = datetime.now(UTC)
    run, kind = new_run_id(moment), kind_of(configuration)
    database, contents = await database_of(configuration).store(
        restic, DUMPS[kind], tags_of(run, DATABASE), moment
    )
    installation = None
    if paths:
        without = _not_worth_keeping(configuration)
        tags = tags_of(run, INSTALLATION)
        installation = await restic.store_paths(paths, without=without, tags=tags, moment=moment)
    manifest = Manifest(
        run=run,
        taken=moment,
        program=__version__,
        site=configuration.site,
        database=kind,
        revision=contents.revision,
        database_snapshot=database,
        installation_snapshot=installation,
        tables=contents.tables,
    )
    await restic.store_stream(
        manifest.as_bytes(), name=MANIFEST, tags=tags_of(run, MANIFEST_KIND), moment=moment
    )
    return manifest


def _not_worth_keeping(configuration: BackupConfiguration) -> Sequence[Path]:
    """What may lie within the paths: results that change meanwhile, and the repository itself."""
    repository = Path(configuration.repository)
    return [configuration.status_directory, *([repository] if repository.is_absolute() else [])]
