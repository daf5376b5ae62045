"""What a database holds, as one short figure for each table: the same for SQLite and Postgres.

The figures are made from the values as Python sees them, in the order of the primary key, so that two
databases with the same rows agree however each of them stores a time, a truth value or a document. They tell
whether a copy or a restored backup is complete; they say nothing that could be read back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, DateTime, MetaData, event, select
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import Table as SchemaTable

from memo_coach.storage.engine import schema
from memo_coach.storage.engine.ordering import in_key_order
from memo_coach.storage.tables import UtcDateTime, metadata

if TYPE_CHECKING:
    from memo_coach.storage.engine.database import Database

ROWS_AT_ONCE = 200
"""So many rows are in memory at a time; a memo is at most some hundred kilobytes."""


@dataclass(frozen=True, slots=True)
class TableFingerprint:
    """A table's number of rows, and the SHA-256 (hexadecimal) over all of them."""

    rows: int
    sha256: str

    def as_document(self) -> dict[str, int | str]:
        """Return it as a part of a JSON document."""
        return asdict(self)


async def fingerprint(database: Database) -> dict[str, TableFingerprint]:
    """Return the fingerprint of every table, by its name in alphabetical order, all of one moment.

    The table in which migrations are counted is no part of it.

    Raises:
        DatabaseUnusable: the database cannot be read, or its tables are not those of this version.
    """
    try:
        async with database.read_connection() as connection:
            found: dict[str, TableFingerprint] = await connection.run_sync(fingerprint_of)
            return found
    except DBAPIError as error:
        raise database.unusable("read", error) from error


def fingerprint_of(connection: Connection) -> dict[str, TableFingerprint]:
    """Return the same within a transaction that is open already.

    Raises:
        DatabaseUnusable: the tables are not those of this version.
    """
    schema.refuse_unusable(schema.status_of(connection))
    return {name: _of_table(connection, metadata.tables[name]) for name in sorted(metadata.tables)}


def fingerprint_as_found(connection: Connection) -> dict[str, TableFingerprint]:
    """Return the fingerprints of the tables as the database describes them, whichever migration it is at.

    Where the tables are those of this version, they are the same as those of :func:`fingerprint_of`.
    """
    found = MetaData()
    event.listen(found, "column_reflect", _as_moment)
    found.reflect(connection)
    names = sorted(found.tables.keys() - {"alembic_version"})
    return {name: _of_table(connection, found.tables[name]) for name in names}


def _as_moment(_inspector: object, _table: object, column: ReflectedColumn) -> None:
    """Read every time as a moment in UTC: a database that drops the zone would not say so itself."""
    if isinstance(column["type"], DateTime):
        column["type"] = UtcDateTime()


def _of_table(connection: Connection, table: SchemaTable) -> TableFingerprint:
    columns = sorted(table.columns, key=lambda column: column.name)
    digest = hashlib.sha256(_line([column.name for column in columns]))
    rows = 0
    statement = select(*columns).order_by(*in_key_order(table))
    with connection.execution_options(yield_per=ROWS_AT_ONCE).execute(statement) as result:
        for row in result:
            digest.update(_line(row))
            rows += 1
    return TableFingerprint(rows, digest.hexdigest())


def _line(values: Sequence[object]) -> bytes:
    return json.dumps(list(values), default=_as_text, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    raise TypeError(f"a {type(value).__name__} has no place in a fingerprint")
