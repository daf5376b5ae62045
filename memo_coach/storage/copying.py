"""All that one database holds, copied into an empty one: from SQLite to Postgres, or the other way."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.exc import DBAPIError

from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database, OpenConnection
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.fingerprint import ROWS_AT_ONCE, TableFingerprint, fingerprint_of
from memo_coach.storage.tables import metadata
from memo_coach.translations.sentences import sentence


class TargetHoldsData(DatabaseUnusable):
    """The database that should be copied into is not empty. ``str(error)`` is a sentence for the operator."""


async def copy(source: Database, target: Database) -> dict[str, TableFingerprint]:
    """Copy every row; give the fingerprint that both databases then have.

    The target's tables are made first. The rows come in one transaction, which is committed only where the
    target's fingerprint is the source's. What is written into the source meanwhile is not copied.

    Raises:
        TargetHoldsData: there is a row in the target already; nothing was changed.
        DatabaseUnusable: one of them cannot be used, or the source needs an upgrade.
    """
    await schema.upgrade(target)
    try:
        async with target.write_connection() as writing:
            found = await _copy_from(source, writing)
    except DBAPIError as error:
        raise target.unusable("written", error) from error
    return found


async def _copy_from(source: Database, writing: OpenConnection) -> dict[str, TableFingerprint]:
    try:
        async with source.read_connection() as reading:
            # Two connections within one function. Postgres's driver has to be awaited by what runs it.
            if source.is_sqlite:
                found: dict[str, TableFingerprint] = await writing.run_sync(
                    _copy_rows, reading.sync_connection
                )
            else:
                target = writing.sync_connection
                assert target is not None, "it is open"  # noqa: S101
                found = await reading.run_sync(lambda inner: _copy_rows(target, inner))
            return found
    except _SourceFailed as error:
        raise source.unusable("read", error.fault) from error


class _SourceFailed(Exception):
    """The source's driver failed, not the target's."""

    def __init__(self, fault: DBAPIError) -> None:
        super().__init__(str(fault))
        self.fault = fault


def _copy_rows(target: Connection, source: Connection) -> dict[str, TableFingerprint]:
    _refuse_data(target)
    schema.refuse_other(schema.status_of(source))
    wanted = _read(source)
    for table in metadata.sorted_tables:
        _copy_table(source, target, table)
    found = fingerprint_of(target)
    different = [name for name in wanted if found[name] != wanted[name]]
    if different:
        raise DatabaseUnusable(sentence("database.copy_differs", tables=", ".join(different)))
    return found


def _read(source: Connection) -> dict[str, TableFingerprint]:
    try:
        return fingerprint_of(source)
    except DBAPIError as error:
        raise _SourceFailed(error) from error


def _refuse_data(target: Connection) -> None:
    if target.dialect.name == "postgresql":
        # A server that runs on it must not write between this look and the end.
        names = ", ".join(sorted(metadata.tables))
        target.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
    for table in metadata.sorted_tables:
        rows = target.execute(select(func.count()).select_from(table)).scalar_one()
        if rows:
            raise TargetHoldsData(sentence("database.target_holds_data", rows=int(rows), table=table.name))


def _copy_table(source: Connection, target: Connection, table: Table) -> None:
    try:
        with source.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table)) as rows:
            for part in rows.mappings().partitions():
                _insert(target, table, [dict(row) for row in part])
    except _TargetFailed as error:
        raise error.fault from error
    except DBAPIError as error:
        raise _SourceFailed(error) from error


class _TargetFailed(Exception):
    """The target's driver failed, while the source is being read."""

    def __init__(self, fault: DBAPIError) -> None:
        super().__init__(str(fault))
        self.fault = fault


def _insert(target: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    try:
        target.execute(insert(table), rows)
    except DBAPIError as error:
        raise _TargetFailed(error) from error
