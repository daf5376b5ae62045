"""The language that the command line speaks: the one that is asked for, else that of the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from memo_coach import translations
from memo_coach.cli.click_words import speak_in_click
from memo_coach.translations import languages, speaking, text
from memo_coach.translations.environment_language import language_named, language_of

_placeholders: dict[click.Parameter, str] = {}
"""What stands in the program for the value of an option: it is said in the language, too."""


@contextmanager
def speaking_of(environment: Mapping[str, str], commands: click.Command) -> Iterator[None]:
    """Speak the language of an environment for the time of the block, in the help of the commands, too."""
    with speaking(language_of(environment)):
        tell(commands)
        yield


def choose_language(context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Speak the language that was asked for from now on; this is the callback of the option.

    Raises:
        BadParameter: there are no texts in it.
    """
    if value is None:
        return None
    code = language_named(value)
    if code is None:
        known = ", ".join(languages())
        raise click.BadParameter(text("command_line.no_such_language", language=value, known=known))
    translations.speak(code)
    tell(context.command)
    # Click has made this option before it read the others.
    own_help = context.command.get_help_option(context)
    if own_help is not None:
        own_help.help = text("click_words.help")
    return code


def tell(command: click.Command, path: str = "memo-coach") -> None:
    """Give a command, and those below it, the help in the language that is spoken."""
    speak_in_click()
    command.help = text(f"command_help.{path}")
    command.options_metavar = text("command_help.[OPTIONS]")
    for parameter in command.params:
        _tell_parameter(parameter, path)
    if isinstance(command, click.Group):
        below = "[COMMAND] [ARGS]..." if command.invoke_without_command else "COMMAND [ARGS]..."
        command.subcommand_metavar = text(f"command_help.{below}")
        for name, inner in command.commands.items():
            tell(inner, name if path == "memo-coach" else f"{path} {name}")


def _tell_parameter(parameter: click.Parameter, path: str) -> None:
    if isinstance(parameter, click.Option):
        parameter.help = text(f"command_help.{path} {max(parameter.opts, key=len)}")
    if parameter.metavar is not None:
        placeholder = _placeholders.setdefault(parameter, parameter.metavar)
        parameter.metavar = text(f"command_help.{placeholder}")
