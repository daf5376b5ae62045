"""All that the command line prints, on standard output and standard error, goes through here.

Nothing that a document, a model, a database or a file's name brings along reaches the terminal as a control
character. The only escape codes are those of our own colours.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

import click

from memo_coach.coaching.control_characters import escaped_controls, without_controls

Value = TypeVar("Value")


def say(text: str, *, err: bool = False) -> None:
    """Print some lines."""
    click.echo(without_controls(text), err=err)


def say_usage(problem: click.UsageError) -> None:
    """Print how a command is used, and what was wrong."""
    told = io.StringIO()
    problem.show(file=told)
    say(told.getvalue().removesuffix("\n"), err=True)


def print_report(report: str) -> None:
    """Print a report that was made of :func:`shown_values` only; its colours stay."""
    # A terminal that cannot show a character shows a question mark.
    getattr(sys.stdout, "reconfigure", lambda **_: None)(errors="replace")
    sys.stdout.write(report)


def print_json(document: str) -> None:
    """Print JSON, which is UTF-8 whatever the terminal speaks (RFC 8259, 8.1)."""
    sys.stdout.buffer.write(escaped_controls(document).encode())


def print_bytes(content: bytes) -> None:
    """Hand a file on as it is, to be piped on: it is no text for a terminal."""
    sys.stdout.buffer.write(content)


def shown_values(value: Value) -> Value:
    """Return a value in which each text, however deep within, may be printed."""
    return cast("Value", _shown(value))


def _shown(value: Any) -> Any:  # noqa: ANN401 - texts are looked for in whatever it is
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, tuple | list):
        return type(value)(map(_shown, value))
    if isinstance(value, Mapping):
        return {key: _shown(inner) for key, inner in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {field.name: _shown(getattr(value, field.name)) for field in fields(value) if field.init}
        return replace(value, **changed)
    return value
