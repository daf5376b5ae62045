"""One restore: beside what is there, compared with its manifest, and only then in its place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from memo_coach.operations.backup.configuration import BackupConfiguration
from memo_coach.operations.backup.creating import DatabaseBackup, database_of, kind_of
from memo_coach.operations.backup.databases import compare, refuse_newer
from memo_coach.operations.backup.errors import BackupError, RestoreRefused
from memo_coach.operations.backup.manifest import DUMPS, MANIFEST, Manifest, manifest_from
from memo_coach.operations.backup.restic import Restic
from memo_coach.operations.backup.runs import MANIFEST_KIND, chosen_run, runs_of
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.access_tokens import AccessTokenRepository
from memo_coach.storage.repositories.one_time_links import OneTimeLinkRepository
from memo_coach.storage.repositories.user_sessions import UserSessionRepository
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import sentence


@dataclass(frozen=True, slots=True)
class Plan:
    """What a restore would do."""

    manifest: Manifest
    database: DatabaseBackup
    empty: bool
    """Whether nobody's data would be replaced."""
    site: str
    """What has to be typed where it is not empty."""

    def as_json(self) -> str:
        """Return it as a JSON document."""
        manifest = self.manifest
        return json.dumps(
            {
                "run": manifest.run,
                "snapshot": manifest.database_snapshot,
                "installation_snapshot": manifest.installation_snapshot,
                "taken": manifest.taken.isoformat(timespec="seconds"),
                "site": manifest.site,
                "program": manifest.program,
                "migration": manifest.revision,
                "rows": {name: table.rows for name, table in manifest.tables.items()},
                "empty": self.empty,
                "replace": None if self.empty else self.site,
            },
            indent=2,
        )


async def chosen_manifest(configuration: BackupConfiguration, restic: Restic, wanted: str) -> Manifest:
    """Return the manifest of the newest finished run, or of the one that is wanted.

    Raises:
        BackupError: there is none, or the repository cannot be read.
    """
    run = chosen_run(runs_of(await restic.snapshots()), wanted, configuration.site)
    return manifest_from(await restic.content(run.snapshots[MANIFEST_KIND].id, MANIFEST))


async def plan(configuration: BackupConfiguration, restic: Restic, wanted: str) -> Plan:
    """See what a restore would do, and whether it can. Nothing is changed.

    Raises:
        RestoreRefused: the backup does not fit this program or this database.
        BackupError, DatabaseUnusable: the repository or the database cannot be read.
    """
    manifest = await chosen_manifest(configuration, restic, wanted)
    if manifest.database != kind_of(configuration):
        raise RestoreRefused(sentence("backup.other_kind", kind=manifest.database))
    refuse_newer(manifest)
    database = database_of(configuration)
    return Plan(manifest, database, await database.is_empty(), configuration.site)


def refuse_unconfirmed(planned: Plan, replace: str | None) -> None:
    """See that the person knows whose data a restore replaces.

    Raises:
        RestoreRefused: there is data, and the name that was typed is not that of this site.
    """
    if not planned.empty and replace != planned.site:
        raise RestoreRefused(
            sentence("backup.not_confirmed", database=planned.database.name, site=planned.site)
        )


async def restore(planned: Plan, restic: Restic) -> str:
    """Bring the database to the state of the backup; give the name under which the present one is kept.

    Until the last step the present database stays as it is and where it is.

    Raises:
        RestoreRefused: the database is in use.
        BackupError, DatabaseUnusable: with a sentence.
    """
    manifest, database = planned.manifest, planned.database
    async with database.room():
        await database.receive(restic, manifest.database_snapshot, DUMPS[manifest.database])
        compare(await database.fresh_contents(), manifest)
        await _make_ready(database.fresh_url)
        return await database.swap()


async def _make_ready(url: str) -> None:
    """Bring what was restored to the newest schema, and end its sessions, access tokens and one-time links.

    Some of them were ended after the backup was taken, by their people or because somebody had to be kept
    out. Which, nobody knows any more.
    """
    database = Database(url, pooled=False, longest_statement=0)
    try:
        await schema.upgrade(database)
        async with database.write() as session:
            await UserSessionRepository(session).end_everybodys()
            await AccessTokenRepository(session).remove_everybodys()
            await OneTimeLinkRepository(session).remove_all()
    finally:
        await database.close()


async def restore_files(
    configuration: BackupConfiguration, restic: Restic, wanted: str, target: Path
) -> Manifest:
    """Write the files of a backup below an empty directory.

    Raises:
        RestoreRefused: the directory is not empty, or the backup has no files.
        BackupError: with a sentence.
    """
    manifest = await chosen_manifest(configuration, restic, wanted)
    if manifest.installation_snapshot is None:
        raise RestoreRefused(sentence("backup.no_files", run=manifest.run))
    _make_empty(target)
    await restic.restore_files(manifest.installation_snapshot, target)
    return manifest


def _make_empty(target: Path) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(target.iterdir()):
            raise RestoreRefused(sentence("backup.not_empty", directory=target))
    except OSError as error:
        raise BackupError(
            sentence("backup.directory_unusable", directory=target, reason=reason_of(error))
        ) from error
