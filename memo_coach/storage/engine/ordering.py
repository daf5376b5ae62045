"""An order of texts that no server's language changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel.sql.sqltypes import AutoString


class by_bytes(FunctionElement[str]):  # noqa: N801 - it is written as a function of SQL is
    """Order a text by its bytes in UTF-8, as SQLite does; Postgres would ask the locale of its database."""

    type = String()
    inherit_cache = True
    name = "by_bytes"


@compiles(by_bytes)
def _as_it_is(element: by_bytes, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return compiler.process(element.clauses, **options)


@compiles(by_bytes, "postgresql")
def _collated(element: by_bytes, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f'({compiler.process(element.clauses, **options)}) COLLATE "C"'


def in_key_order(table: Any) -> list[ColumnElement[Any]]:  # noqa: ANN401 - SQLAlchemy's Table, not one of ours
    """Return what orders rows by their primary key."""
    return [
        by_bytes(column) if isinstance(column.type, String | AutoString) else column
        for column in table.primary_key.columns
    ]
