"""What is told of an exception leads to the line that broke, and holds no word of what it was working on."""

from __future__ import annotations

import ast
import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import memo_coach
from memo_coach.operations.tracebacks import (
    MOST_EXCEPTIONS,
    MOST_FRAMES,
    messages_of,
    traceback_without_values,
)

SECRET = "The pump of Aunt Clementine"
PACKAGE = Path(memo_coach.__file__).parent


def raised(work: Callable[[], object]) -> BaseException:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - whatever it is
        work()
    return caught.value


def breaks(memo: str) -> None:
    local = memo + "!"
    raise LookupError(local)


def test_the_place_comes_from_the_innermost_frame_outwards_by_names_without_the_installations_folder() -> (
    None
):
    told = traceback_without_values(raised(lambda: breaks(SECRET)))
    assert told.startswith("LookupError at tests/unit/operations/test_tracebacks.py:")
    assert told.index(" breaks, ") < told.index(" <lambda>, ") < told.index(" raised")
    assert "Clementine" not in told


def test_what_called_a_driver_is_named_however_deep_the_driver_is() -> None:
    engine = create_engine("sqlite://")

    def ask() -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT :memo FROM nowhere"), {"memo": SECRET})

    told = traceback_without_values(raised(ask))
    assert told.startswith("sqlalchemy.exc.OperationalError at sqlalchemy/engine/")
    assert f"test_tracebacks.py:{ask.__code__.co_firstlineno + 2} ask" in told
    assert " ← sqlite3.OperationalError at " in told
    assert "Clementine" not in told
    assert "nowhere" not in told


def test_what_is_behind_is_told_also_where_it_is_hidden_from_people() -> None:
    def hidden() -> None:
        try:
            breaks(SECRET)
        except LookupError:
            raise ValueError(SECRET) from None

    told = traceback_without_values(raised(hidden))
    assert [part.split(" at ")[0] for part in told.split(" ← ")] == ["ValueError", "LookupError"]


def test_the_members_of_a_group_are_told() -> None:
    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(breaks, SECRET))

    told = traceback_without_values(raised(lambda: asyncio.run(both())))
    assert told.startswith("ExceptionGroup at ")
    assert " ← LookupError at tests/unit/operations/test_tracebacks.py:" in told


def test_endless_recursion_and_endless_chains_have_an_end() -> None:
    def deeper() -> None:
        deeper()

    told = traceback_without_values(raised(deeper))
    assert told.count(" deeper") <= MOST_FRAMES
    assert " more, " in told
    error = ValueError()
    for _ in range(50):
        behind, error = error, ValueError()
        error.__cause__ = behind
    assert traceback_without_values(error).count("ValueError") == MOST_EXCEPTIONS
    first, second = ValueError(), ValueError()
    first.__cause__, second.__cause__ = second, first
    assert traceback_without_values(first) == "ValueError ← ValueError"


def test_an_exception_that_cannot_be_told_is_told_by_its_class() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError(SECRET)

    assert traceback_without_values(Mute(SECRET)).endswith(".Mute")
    assert messages_of(Mute(SECRET)) == [SECRET]
    assert traceback_without_values(sqlite3.OperationalError(SECRET)) == "sqlite3.OperationalError"


def errors_logged_without_a_traceback(package: Path) -> list[str]:
    """Find each ``_log.error`` in an ``except`` that does not hand the exception over."""
    found = []
    for path in package.rglob("*.py"):
        for handler in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(handler, ast.ExceptHandler):
                continue
            for call in ast.walk(handler):
                if isinstance(call, ast.Call) and _is_error_log(call):
                    named = {keyword.arg for keyword in call.keywords}
                    if "exc_info" not in named:
                        found.append(f"{path.relative_to(package)}:{call.lineno}")
    return found


def _is_error_log(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr in {"error", "exception", "critical"}
        and isinstance(function.value, ast.Name)
        and function.value.id == "_log"
    )


def test_every_error_that_is_logged_where_it_is_caught_brings_its_traceback() -> None:
    assert errors_logged_without_a_traceback(PACKAGE) == []


def test_the_search_for_errors_without_a_traceback_finds_what_it_looks_for(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        "try:\n    work()\nexcept ValueError as error:\n    _log.error('broke', error=type(error).__name__)\n"
        "except OSError as error:\n    _log.error('broke', exc_info=error)\n"
    )
    assert errors_logged_without_a_traceback(tmp_path) == ["module.py:4"]
