"""``memo-coach tokens``: the access tokens with which programs ask in an owner's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from memo_coach.cli.database import on_database, refuse_missing
from memo_coach.cli.operator import operator
from memo_coach.cli.output import say
from memo_coach.cli.problems import DependencyFailed, Problem, settings_or_problem, shown
from memo_coach.translations import text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from memo_coach.services.accounts.tokens import NewToken, TokenService, TokenView
    from memo_coach.storage.engine.database import Database

Answer = TypeVar("Answer")


@click.group()
def tokens() -> None:
    """Look after access tokens."""


@tokens.command()
@click.option("--owner", metavar="ID", required=True)
@click.option("--name", metavar="NAME", required=True)
@click.option("--scope", "scopes", type=click.Choice(["read", "write", "admin"]), multiple=True)
@click.option("--days", type=click.IntRange(1, 365), default=90, show_default=True, metavar="NUMBER")
def add(owner: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token, and print it."""

    async def work(service: TokenService) -> NewToken:
        chosen = scopes or ("read", "write")
        return await service.make(owner, name, chosen, days=days, actor=operator("tokens"))

    made = _with_tokens(work, owner)
    say(made.token)
    say(text("tokens.shown_once"), err=True)


@tokens.command("list")
@click.option("--owner", metavar="ID", required=True)
def show(owner: str) -> None:
    """Show an owner's tokens."""

    async def work(service: TokenService) -> tuple[TokenView, ...]:
        return await service.of_owner(owner)

    for each in _with_tokens(work, owner):
        used = text("tokens.used_never") if each.last_used is None else _moment("used", each.last_used)
        until = _moment("until", each.expires)
        say(f"{each.token_id}  {','.join(each.scopes)}  {until}  {used}  {shown(each.name)}")


# An id may begin like an option, with "-h" too.
@tokens.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("token", metavar="ID")
@click.option("--owner", metavar="ID", required=True)
def revoke(token: str, owner: str) -> None:
    """Let a token open nothing any more."""
    from memo_coach.services.errors import NotFound  # noqa: PLC0415 - when it is asked for

    async def work(service: TokenService) -> None:
        try:
            await service.revoke(owner, token, actor=operator("tokens"))
        except NotFound:
            raise Problem(text("tokens.whose")) from None

    _with_tokens(work, owner)
    say(text("tokens.revoked"))


def _moment(key: str, moment: datetime) -> str:
    return text(f"tokens.{key}", moment=f"{moment:%Y-%m-%d %H:%M}")


def _with_tokens(work: Callable[[TokenService], Awaitable[Answer]], owner: str) -> Answer:
    """Do some work with the tokens of an owner who has something here."""
    from memo_coach.services.accounts.mail import Mail  # noqa: PLC0415 - so does all that follows
    from memo_coach.services.accounts.notices import AccountNotices  # noqa: PLC0415
    from memo_coach.services.accounts.tokens import TokenService  # noqa: PLC0415
    from memo_coach.services.errors import ServiceError, Unavailable  # noqa: PLC0415
    from memo_coach.services.unit_of_work import UnitOfWork  # noqa: PLC0415
    from memo_coach.storage.engine import schema  # noqa: PLC0415
    from memo_coach.storage.repositories.visitors import VisitorRepository  # noqa: PLC0415

    settings = settings_or_problem()

    async def opened(database: Database) -> Answer:
        refuse_missing(database)
        schema.refuse_unusable(await schema.status(database))
        async with database.read() as session:
            if not await VisitorRepository(session).exists(owner):
                raise Problem(text("visitors.unknown"))
        notices = AccountNotices(Mail(settings.smtp_url, settings.mail_from))
        try:
            return await work(TokenService(UnitOfWork(database, settings.data_dir), notices=notices))
        except Unavailable as error:
            raise DependencyFailed(error.message) from error
        except ServiceError as error:
            raise Problem(error.message) from error
        finally:
            await notices.close()

    return on_database(opened)
