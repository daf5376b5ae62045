"""``memo-coach users``: accounts, from the machine on which the installation runs."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import click

from memo_coach.cli.database import on_database, refuse_missing
from memo_coach.cli.operator import operator
from memo_coach.cli.output import say
from memo_coach.cli.problems import DependencyFailed, Problem, settings_or_problem
from memo_coach.translations import text

if TYPE_CHECKING:
    from memo_coach.services.accounts.users import UserService
    from memo_coach.services.accounts.views import OneTimeLink, UserView
    from memo_coach.settings import Settings
    from memo_coach.storage.engine.database import Database

Answer = TypeVar("Answer")


@click.group()
def users() -> None:
    """Look after the accounts of this installation."""


@users.command()
@click.argument("email", metavar="EMAIL")
@click.option("--name", default="", metavar="NAME")
@click.option("--admin", is_flag=True)
@click.option("--link", "by_link", is_flag=True)
@click.option("--first", is_flag=True)
def add(email: str, name: str, admin: bool, by_link: bool, first: bool) -> None:
    """Make an account. On a terminal its password is asked; else, or with --link, a link is printed."""
    if first:
        _add_first(email, name)
        return
    password = None if by_link or not sys.stdin.isatty() else _asked_password()

    async def work(service: UserService) -> OneTimeLink | None:
        from memo_coach.services.accounts.principal import Role  # noqa: PLC0415 - when it is asked for

        role = Role.ADMINISTRATOR if admin else Role.WRITER
        if password is None:
            return await service.invite(operator("users"), email=email, name=name, role=role)
        await service.create(operator("users"), email=email, name=name, role=role, password=password)
        return None

    link = _with_users(work)
    if link is None:
        say(text("users_command.added"))
    else:
        _show(link)


def _add_first(email: str, name: str) -> None:
    """Invite the first administrator, and do nothing where nobody is needed."""

    async def on(settings: Settings, database: Database) -> OneTimeLink | None:
        from memo_coach.services.accounts.opening import first_administrator_alone  # noqa: PLC0415

        return await first_administrator_alone(settings, database).invite(
            operator("users"), email=email, name=name
        )

    link = _with_accounts(on)
    if link is None:
        say(text("users_command.not_needed"), err=True)
    else:
        _show(link)


@users.command("list")
def show() -> None:
    """Show the accounts: address, role, when they signed in last, name."""

    async def work(service: UserService) -> list[UserView]:
        found: list[UserView] = []
        cursor: str | None = None
        while True:
            page = await service.list(cursor=cursor)
            found += page.users
            if (cursor := page.next_cursor) is None:
                return found

    for each in _with_users(work):
        say(f"{each.email}  {text(f'users_command.{each.role.value}')}  {_state(each)}  {each.name}")


@users.command()
@click.argument("email", metavar="EMAIL")
def reset(email: str) -> None:
    """Print a link with which a person chooses another password, also where their account is locked."""

    async def work(service: UserService) -> OneTimeLink:
        return await service.reset_password(operator("users"), (await service.by_email(email)).id)

    _show(_with_users(work))


@users.command("remove-second-factors")
@click.argument("email", metavar="EMAIL")
def remove_second_factors(email: str) -> None:
    """Let somebody who has lost their second factors sign in without, and end their sessions."""

    async def work(service: UserService) -> None:
        await service.remove_second_factors(operator("users"), (await service.by_email(email)).id)

    _with_users(work)
    say(text("users_command.factors_removed"))


@users.command()
@click.argument("email", metavar="EMAIL")
def disable(email: str) -> None:
    """Let nobody in by an account, and end its sessions. What its person wrote stays."""
    _set_disabled(email, is_disabled=True)
    say(text("users_command.now_disabled"))


@users.command()
@click.argument("email", metavar="EMAIL")
def enable(email: str) -> None:
    """Let somebody in again by an account that was disabled."""
    _set_disabled(email, is_disabled=False)
    say(text("users_command.now_enabled"))


@users.command("break-glass")
@click.argument("email", metavar="EMAIL")
@click.option("--off", is_flag=True)
def break_glass(email: str, off: bool) -> None:
    """Let a password open an account also where LOCAL_SIGN_IN is false: for when the provider is down."""

    async def work(service: UserService) -> UserView:
        return await service.set_break_glass(operator("users"), (await service.by_email(email)).id, not off)

    user = _with_users(work)
    say(text("users_command.not_break_glass" if off else "users_command.now_break_glass"))
    if not off and not user.has_password:
        say(text("users_command.no_password"), err=True)


def _set_disabled(email: str, *, is_disabled: bool) -> None:
    async def work(service: UserService) -> UserView:
        return await service.set_disabled(operator("users"), (await service.by_email(email)).id, is_disabled)

    _with_users(work)


def _asked_password() -> str | None:
    """Return the password that was typed twice; ``None`` where none was."""
    typed: str = click.prompt(
        text("users_command.password"), default="", show_default=False, hide_input=True, err=True
    )
    if not typed:
        return None
    again: str = click.prompt(
        text("users_command.password_again"), default="", show_default=False, hide_input=True, err=True
    )
    if typed != again:
        raise Problem(text("users_command.not_the_same"))
    return typed


def _with_users(work: Callable[[UserService], Awaitable[Answer]]) -> Answer:
    """Do some work with the accounts of the configured database.

    Raises:
        Problem: it was refused, or the settings cannot be used.
        DependencyFailed: the database cannot be used.
    """

    async def on(settings: Settings, database: Database) -> Answer:
        from memo_coach.services.accounts.mail import Mail  # noqa: PLC0415 - when it is asked for
        from memo_coach.services.accounts.notices import AccountNotices  # noqa: PLC0415
        from memo_coach.services.accounts.opening import users_alone  # noqa: PLC0415

        notices = AccountNotices(Mail(settings.smtp_url, settings.mail_from))
        try:
            return await work(await users_alone(settings, database, notices))
        finally:
            await notices.close()

    return _with_accounts(on)


def _with_accounts(work: Callable[[Settings, Database], Awaitable[Answer]]) -> Answer:
    """Do some work on the configured database.

    Raises:
        Problem: it was refused, or the settings cannot be used.
        DependencyFailed: the database cannot be used.
    """
    settings = settings_or_problem()

    async def on(database: Database) -> Answer:
        from memo_coach.services.errors import NotFound, ServiceError, Unavailable  # noqa: PLC0415
        from memo_coach.storage.engine import schema  # noqa: PLC0415

        refuse_missing(database)
        schema.refuse_unusable(await schema.status(database))
        try:
            return await work(settings, database)
        except NotFound:
            raise Problem(text("users_command.unknown")) from None
        except Unavailable as error:
            raise DependencyFailed(error.message) from None
        except ServiceError as error:
            raise Problem(error.message) from None

    return on_database(on)


def _show(link: OneTimeLink) -> None:
    say(link.url)
    say(text("users_command.link", ends=f"{link.expires:%Y-%m-%d %H:%M} UTC"), err=True)
    if link.is_mailed:
        say(text("users_command.mailed"), err=True)


def _state(user: UserView) -> str:
    if user.is_disabled:
        return text("users_command.disabled")
    if user.last_sign_in is None:
        return text("users_command.never")
    return f"{user.last_sign_in:%Y-%m-%d %H:%M}"
