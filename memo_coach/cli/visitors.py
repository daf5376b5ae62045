"""``memo-coach visitors``: the browsers that wrote something here, and taking back their way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memo_coach.cli.database import on_database, refuse_missing
from memo_coach.cli.output import say
from memo_coach.cli.problems import Problem
from memo_coach.translations import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memo_coach.storage.engine.database import Database
    from memo_coach.storage.tables import Visitor


@click.group()
def visitors() -> None:
    """Look after the browsers that are known here."""


@visitors.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, metavar="NUMBER")
def show(limit: int) -> None:
    """Show the browsers that wrote last: id, first and last time. Nothing of what they wrote."""

    async def work(database: Database) -> Sequence[Visitor]:
        from memo_coach.storage.repositories.visitors import VisitorRepository  # noqa: PLC0415 - when it is asked for

        await _refuse_unusable(database)
        async with database.read() as session:
            return await VisitorRepository(session).latest(limit)

    for each in on_database(work):
        say(f"{each.id}  {each.created:%Y-%m-%d %H:%M}  {each.last_seen:%Y-%m-%d %H:%M}")


# An id may begin like an option, with "-h" too: that one would show the help and end nothing.
@visitors.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("visitor", metavar="ID", required=False)
@click.option("--all", "everybody", is_flag=True)
def end(visitor: str | None, everybody: bool) -> None:
    """End the session of a browser, or of all."""
    if (visitor is None) != everybody:
        raise click.UsageError(text("visitors.whose"))

    async def work(database: Database) -> bool:
        from memo_coach.services.accounts.revoked_sessions import RevokedSessions  # noqa: PLC0415 - when it is asked for
        from memo_coach.services.clock import now  # noqa: PLC0415

        await _refuse_unusable(database)
        return await RevokedSessions(database).end(visitor, now())

    if not on_database(work):
        raise Problem(text("visitors.unknown"))
    say(text("visitors.all_ended") if everybody else text("visitors.ended"))


async def _refuse_unusable(database: Database) -> None:
    from memo_coach.storage.engine import schema  # noqa: PLC0415 - when it is asked for

    refuse_missing(database)
    schema.refuse_unusable(await schema.status(database))
