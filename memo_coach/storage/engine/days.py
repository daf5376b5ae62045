"""The day of a moment in UTC, as the databases work it out."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class utc_day(FunctionElement[date]):  # noqa: N801 - it is written as a function of SQL is
    """The day, in UTC, that a column of moments is in."""

    type = Date()
    inherit_cache = True
    name = "utc_day"

    def __init__(self, moment: ColumnElement[Any]) -> None:
        super().__init__(moment)


@compiles(utc_day)
def _of_text(element: utc_day, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    # SQLite keeps a moment as text that begins with its day.
    return f"substr({compiler.process(element.clauses, **options)}, 1, 10)"


@compiles(utc_day, "postgresql")
def _of_moment(element: utc_day, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f"CAST({compiler.process(element.clauses, **options)} AT TIME ZONE 'UTC' AS date)"
