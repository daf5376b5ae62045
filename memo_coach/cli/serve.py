"""``memo-coach serve``: the pages and all behind them, until a signal ends it."""

from __future__ import annotations

import os

import click

from memo_coach.cli.problems import DependencyFailed, Problem
from memo_coach.translations import ENGLISH, current_language, speaking, text
from memo_coach.translations.operating_system import reason_of
from memo_coach.translations.sentences import spoken


@click.command()
@click.option("--host", metavar="ADDRESS")
@click.option("--port", metavar="NUMBER")
def serve(host: str | None, port: str | None) -> None:
    """Serve the pages."""
    from memo_coach.settings import SettingsError, load_settings  # noqa: PLC0415 - not to print help

    wanted = {name: value for name, value in (("HOST", host), ("PORT", port)) if value is not None}
    try:
        settings = load_settings({**os.environ, **wanted})
    except SettingsError as error:
        raise Problem(spoken(error)) from error
    # The server's workers are processes that read the environment again, perhaps in another directory.
    os.environ.update(settings.as_environment())
    os.environ.pop("DATABASE_URL_FILE", None)
    from memo_coach.server import serve as serving  # noqa: PLC0415 - the server is loaded to serve, not to print help
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415
    from memo_coach.web.errors import SiteMissing, WorkerFailed  # noqa: PLC0415

    try:
        language = current_language()
        # Requests and pages each set their own; what belongs to none, such as the log, is in English.
        with speaking(ENGLISH):
            serving.serve(settings, settings.host, settings.port, language=language)
    except WorkerFailed:
        raise click.exceptions.Exit(DependencyFailed.exit_code) from None
    except SiteMissing as error:
        raise Problem(spoken(error)) from error
    except DatabaseUnusable as error:
        raise DependencyFailed(spoken(error)) from error
    except OSError as error:
        place = f"{settings.host}:{settings.port}"
        sentence = text("command_line.cannot_listen", place=place, reason=spoken(reason_of(error)))
        raise DependencyFailed(sentence) from error
