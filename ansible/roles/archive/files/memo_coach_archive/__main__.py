"""``memo-coach-archive``: base backups, recovery to a moment, and the drill. ``--help`` has the words.

Exit status: 0 done, 1 refused, 3 failed; a line on standard error says why.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable

from . import archiving, drill, recovering, status
from .compose import Compose
from .errors import ArchiveError, Refused


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    found = argparse.ArgumentParser(prog="memo-coach-archive", description="The archive of the database.")
    commands = found.add_subparsers(dest="command", required=True)
    commands.add_parser("make", help="make the archive where there is none for this database")
    backup = commands.add_parser("backup", help="take a base backup")
    backup.add_argument("kind", choices=["full", "diff"])
    commands.add_parser("list", help="show the base backups and how far the archive reaches")
    commands.add_parser("would-replace", help="say whether a recovery would set somebody's data aside")
    commands.add_parser("catch-up", help="archive what was written until now")
    back = commands.add_parser("recover", help="bring the database to a moment; what it replaces is kept")
    back.add_argument("--to", required=True, metavar="MOMENT", help='"2026-11-30 14:02:59" in UTC, or latest')
    back.add_argument("--site", required=True, help="the name of the site")
    back.add_argument("--replace", metavar="SITE", help="confirms that this server's data is set aside")
    back.add_argument("--timeline", default=recovering.LATEST, help="by default the latest recovery's")
    back.add_argument("--lose-unarchived", action="store_true", help="go on where the archive is behind")
    exercise = commands.add_parser("drill", help="recover into a throwaway database and compare")
    exercise.add_argument("--site", required=True, help="the name of the site")
    return found


def run(asked: argparse.Namespace, stack: Compose) -> str:
    """Do what is asked; return what is to be said of it.

    Raises:
        ArchiveError: it failed.
    """
    return COMMANDS[asked.command](asked, stack)


def _make(_asked: argparse.Namespace, stack: Compose) -> str:
    return "An archive was made." if archiving.make(stack) else "The archive is there."


def _back_up(asked: argparse.Namespace, stack: Compose) -> str:
    with status.recorded("archive") as noted:
        noted["type"] = asked.kind
        noted.update(archiving.back_up(stack, asked.kind))
    return f"Base backup {noted['label']} was taken."


def _list(_asked: argparse.Namespace, stack: Compose) -> str:
    return stack.archive("info").rstrip()


def _would_replace(_asked: argparse.Namespace, stack: Compose) -> str:
    return "yes" if recovering.would_replace(stack) else "no"


def _catch_up(_asked: argparse.Namespace, stack: Compose) -> str:
    archiving.catch_up(stack)
    return "The archive has everything."


def _recover(asked: argparse.Namespace, stack: Compose) -> str:
    moment = recovering.moment_from(asked.to, asked.timeline)
    with status.recorded("recovery") as noted:
        noted["moment"] = str(moment)
        noted["kept"] = recovering.recover(
            stack, moment, site=asked.site, replace=asked.replace, lose=asked.lose_unarchived
        )
    return f"The database is as it was at {moment}. What it replaced is kept as {noted['kept']}."


def _drill(asked: argparse.Namespace, stack: Compose) -> str:
    with status.recorded("drill") as noted:
        drill.drill(stack, noted, site=asked.site)
    return json.dumps(noted)


COMMANDS: dict[str, Callable[[argparse.Namespace, Compose], str]] = {
    "make": _make,
    "backup": _back_up,
    "list": _list,
    "would-replace": _would_replace,
    "catch-up": _catch_up,
    "recover": _recover,
    "drill": _drill,
}


def main(arguments: list[str]) -> int:
    """Do what the command line asks; return the exit status."""
    try:
        sys.stdout.write(f"{run(parser().parse_args(arguments), Compose())}\n")
    except Refused as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (ArchiveError, OSError, ValueError, KeyError, IndexError) as error:
        said = str(error) if isinstance(error, ArchiveError) else f"{type(error).__name__}: {error}"
        sys.stderr.write(f"{said}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
