"""The command line, ``memo-coach``.

Each command is a module that imports what it needs only when it runs: ``memo-coach version`` must not wait
for a database driver. Exit status: 0 done, 1 a problem with the input or the configuration, 2 wrong usage,
3 a dependency failed, 130 interrupted, 141 nobody reads the output any more.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from memo_coach import __version__
from memo_coach.cli.backup import backup
from memo_coach.cli.config import config
from memo_coach.cli.database import db
from memo_coach.cli.doctor import doctor
from memo_coach.cli.eval import measure
from memo_coach.cli.evaluate import evaluate
from memo_coach.cli.language import choose_language, speaking_of
from memo_coach.cli.mcp import mcp
from memo_coach.cli.output import say, say_usage
from memo_coach.cli.restore import restore
from memo_coach.cli.serve import serve
from memo_coach.cli.tokens import tokens
from memo_coach.cli.users import users
from memo_coach.cli.visitors import visitors
from memo_coach.translations import text

BROKEN = 1
INTERRUPTED = 130
OUTPUT_CLOSED = 141


class _OutputClosed(Exception):
    """Nobody reads what is printed any more. Click would end the process for a ``BrokenPipeError`` itself."""


class _Commands(click.Group):
    """A group that lets :func:`main` decide what a closed output means."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _OutputClosed from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True)
@click.option(
    "--interface-language", metavar="CODE", is_eager=True, expose_value=False, callback=choose_language
)
@click.pass_context
def commands(context: click.Context, debug: bool) -> None:
    """Memo AI Coach: what a demanding senior reader would say of your memo."""
    context.ensure_object(dict)["debug"] = debug


@commands.command()
def version() -> None:
    """Print the version."""
    say(f"memo-coach {__version__}")


for command in (evaluate, measure, serve, db, doctor, backup, restore, users, visitors, tokens, config, mcp):
    commands.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; give the exit status. A problem is one line on standard error.

    It speaks the language of the environment, or that of ``--interface-language``.
    """
    with speaking_of(os.environ, commands):
        return _status(arguments)


def _status(arguments: Sequence[str] | None) -> int:
    state: dict[str, bool] = {}
    try:
        status = commands.main(arguments, prog_name="memo-coach", standalone_mode=False, obj=state)
        sys.stdout.flush()
    except click.ClickException as problem:
        _complain(problem)
        return problem.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (_OutputClosed, BrokenPipeError):
        # The interpreter would try to flush once more on its way out, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OUTPUT_CLOSED
    except Exception as error:  # noqa: BLE001 - the last one who could say a word about it
        if state.get("debug"):
            say(traceback.format_exc(), err=True)
            return BROKEN
        kind = type(error).__name__
        say(f"memo-coach: {text('command_line.should_not_happen', kind=kind)}", err=True)
        return BROKEN
    return status if isinstance(status, int) else 0


def _complain(problem: click.ClickException) -> None:
    if isinstance(problem, click.UsageError):
        say_usage(problem)
    else:
        say(f"memo-coach: {' '.join(problem.format_message().split())}", err=True)
