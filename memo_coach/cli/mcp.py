"""``memo-coach mcp``: the tools for a program that a person talks to, over standard input and output."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memo_coach.cli.problems import DependencyFailed, Problem, settings_or_problem
from memo_coach.translations import text
from memo_coach.translations.sentences import spoken

if TYPE_CHECKING:
    from memo_coach.api.mcp_server.over_stdio import FindAsker

_MOST_BYTES = 1_000


@click.command()
@click.option("--owner", metavar="ID")
@click.option("--token-file", "file", type=click.Path(dir_okay=False, path_type=Path))
def mcp(owner: str | None, file: Path | None) -> None:
    """Answer a client of the Model Context Protocol."""
    if owner is not None and file is not None:
        raise click.UsageError(text("mcp.two_names"))
    settings = settings_or_problem()
    token = None if file is None else _token_in(file)
    import asyncio  # noqa: PLC0415 - so does all that follows: it is loaded to serve, not to print help

    from memo_coach.api.mcp_server import over_stdio  # noqa: PLC0415
    from memo_coach.services.errors import ServiceError, Unavailable  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415

    find: FindAsker = over_stdio.by_machine
    if owner is not None:
        find = partial(over_stdio.by_owner, owner=owner)
    elif token is not None:
        find = partial(over_stdio.by_token, token=token)
    try:
        asyncio.run(over_stdio.serve(settings, find))
    except DatabaseUnusable as error:
        raise DependencyFailed(spoken(error)) from error
    except Unavailable as error:
        raise DependencyFailed(error.message) from error
    except ServiceError as error:
        raise Problem(error.message) from error


def _token_in(file: Path) -> str:
    try:
        with file.open(encoding="ascii") as opened:
            return opened.read(_MOST_BYTES).strip()
    except (OSError, UnicodeDecodeError):
        raise Problem(text("mcp.file_unusable", file=repr(str(file)))) from None
