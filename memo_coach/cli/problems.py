"""What ends a command, as one line on standard error and an exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memo_coach.translations.sentences import spoken

if TYPE_CHECKING:
    from memo_coach.settings import Settings


class _Told(click.ClickException):
    """Its message is told in the language that is spoken, where it knows how."""

    def format_message(self) -> str:
        return spoken(self.message)


class Problem(_Told):
    """The input or the configuration cannot be used."""

    exit_code = 1


class DependencyFailed(_Told):
    """Something that the command depends on failed: the database, a port."""

    exit_code = 3


def settings_or_problem() -> Settings:
    """Read the environment.

    Raises:
        Problem: a variable has a value that cannot be used.
    """
    from memo_coach.settings import SettingsError, load_settings  # noqa: PLC0415 - not to print help

    try:
        return load_settings()
    except SettingsError as error:
        raise Problem(spoken(error)) from error


def shown(name: str) -> str:
    """Return a file's name as it may be printed: no control character of it reaches the terminal."""
    return name if name.isprintable() else repr(name)
