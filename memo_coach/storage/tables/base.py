"""What the tables share: their metadata, and how a moment is kept on SQLite and Postgres alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import sqlalchemy
from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator
from sqlmodel import SQLModel

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware on the way in, UTC and aware on the way out, also where the database drops the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a moment into UTC.

        Raises:
            ValueError: the moment has no time zone, so nobody knows when it was.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment its time zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(SQLModel):
    """What the tables share: one metadata, apart from any other SQLModel table in the process."""

    metadata: ClassVar[MetaData] = metadata


def table_of(rows: type[Table]) -> sqlalchemy.Table:
    """Return the table below a class of rows: a statement on it costs a part of one on the class."""
    table: sqlalchemy.Table = rows.__table__  # type: ignore[attr-defined] # SQLModel does not declare it
    return table


def values_of(row: Table) -> dict[str, Any]:
    """Return a new row's values by the names of its columns, for a statement on the table."""
    return {name: value for name, value in row.__dict__.items() if name != "_sa_instance_state"}
