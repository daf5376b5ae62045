"""What a migration does to a version of the program that still runs, read from its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_TAKES_AWAY = {"drop_table", "drop_column", "rename_table"}
_BINDS = {"create_unique_constraint", "create_check_constraint", "create_foreign_key"}
_BREAKING_SQL = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN)|RENAME|SET\s+NOT\s+NULL|ALTER\s+COLUMN|ADD\s+CONSTRAINT)\b", re.I
)
_UNKNOWN_SQL = "SQL that cannot be read here"


def breaking_steps(source: str) -> list[str]:
    """Return the steps of ``upgrade()`` that a program from before the migration does not survive."""
    calls = list(_calls(source))
    made = {table for call in calls if _name(call) == "create_table" and (table := _first(call))}
    return [f"line {call.lineno}: {why}" for call in calls if (why := _why(call, made))]


def _calls(source: str) -> Iterator[ast.Call]:
    for node in ast.parse(source).body:
        # What `upgrade` calls stands in the same module; only the way back may take away.
        if isinstance(node, ast.FunctionDef) and node.name != "downgrade":
            yield from (each for each in ast.walk(node) if isinstance(each, ast.Call))


def _why(call: ast.Call, made: set[str]) -> str | None:
    name = _name(call)
    given = {each.arg: each.value for each in call.keywords}
    why: str | None = None
    if name in _TAKES_AWAY:
        why = f"{name} takes away what it may use"
    elif name in _BINDS:
        why = f"{name} refuses rows that it may write"
    elif name == "create_index" and _is(given.get("unique"), value=True) and not made & _texts(call):
        why = "a unique index refuses rows that it may write"
    elif name == "alter_column" and (
        given.keys() & {"new_column_name", "type_"} or _is(given.get("nullable"), value=False)
    ):
        why = "alter_column renames, retypes or binds what it uses"
    elif name == "add_column":
        why = _column(call)
    elif name in {"execute", "exec_driver_sql"}:
        why = _sql(call)
    return why


def _column(call: ast.Call) -> str | None:
    for column in (each for each in ast.walk(call) if isinstance(each, ast.Call) and each is not call):
        if not (isinstance(column.func, ast.Attribute) and column.func.attr == "Column"):
            continue
        given = {each.arg: each.value for each in column.keywords}
        if not _is(given.get("nullable"), value=True) and "server_default" not in given:
            return "a column that must have a value has no server_default"
    return None


def _sql(call: ast.Call) -> str | None:
    texts = _texts(call)
    if not texts:
        return _UNKNOWN_SQL
    return "its SQL takes away, renames or binds" if any(map(_BREAKING_SQL.search, texts)) else None


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _first(call: ast.Call) -> str | None:
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _texts(call: ast.Call) -> set[str]:
    return {
        each.value
        for each in ast.walk(call)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def _is(node: ast.expr | None, *, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value
