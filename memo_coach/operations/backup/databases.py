"""What both databases have in common here: figures of their tables, compared with those of a manifest."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

from memo_coach.operations.backup.errors import BackupError, RestoreRefused
from memo_coach.operations.backup.manifest import Manifest, TableFigures
from memo_coach.storage.engine import schema
from memo_coach.storage.fingerprint import fingerprint_as_found
from memo_coach.translations.sentences import sentence

_PEOPLES_TABLES = ("memos", "evaluations")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database held at one moment."""

    revision: str
    tables: dict[str, TableFigures]


def contents_of(connection: Connection) -> Contents:
    """Read every table of an open transaction, whichever migration they are at.

    Raises:
        BackupError: the database has no tables of ours.
    """
    revision = schema.status_of(connection).current
    if revision is None:
        raise BackupError(sentence("backup.no_tables"))
    found = fingerprint_as_found(connection)
    return Contents(revision, {name: TableFigures(**each.as_document()) for name, each in found.items()})


def compare(found: Contents, manifest: Manifest) -> None:
    """See that a restored database is what was backed up.

    Raises:
        BackupError: it is not.
    """
    names = found.tables.keys() | manifest.tables.keys()
    differing = sorted(name for name in names if found.tables.get(name) != manifest.tables.get(name))
    if differing or found.revision != manifest.revision:
        where = sentence("backup.in_migration")
        if differing:
            where = sentence("backup.in_tables", tables=", ".join(differing))
        raise BackupError(sentence("backup.differs", where=where))


def refuse_newer(manifest: Manifest) -> None:
    """See that this version of the program knows the tables of a backup.

    Raises:
        RestoreRefused: it does not.
    """
    if schema.SchemaStatus(manifest.revision, schema.newest_revision()).is_newer:
        raise RestoreRefused(
            sentence("backup.by_newer_version", program=manifest.program, revision=manifest.revision)
        )


def holds_peoples_data(connection: Connection) -> bool:
    """Whether a restore would replace anything that somebody wrote."""
    there = set(inspect(connection).get_table_names())
    return any(
        connection.execute(text(f"SELECT EXISTS (SELECT 1 FROM {name})")).scalar()  # noqa: S608 - our names
        for name in _PEOPLES_TABLES
        if name in there
    )
