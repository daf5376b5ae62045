"""The rubrics that the command line judges by: the installation's, where there is a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memo_coach.cli.problems import DependencyFailed, settings_or_problem
from memo_coach.translations.sentences import spoken

if TYPE_CHECKING:
    from memo_coach.coaching.rubric.model import Rubric
    from memo_coach.services.administration.documents_in_force import Snapshot
    from memo_coach.settings import Settings


def rubrics_here() -> tuple[Rubric, ...]:
    """Return the rubrics that are offered, the default one first; the shipped ones where no others hold.

    Raises:
        Problem, DependencyFailed: as :func:`documents_here`.
    """
    from memo_coach.coaching.rubric.reader import shipped_rubrics  # noqa: PLC0415

    documents = documents_here()
    return shipped_rubrics() if documents is None else documents.rubrics


def documents_here() -> Snapshot | None:
    """Return the documents of the installation, or nothing where the shipped ones hold: without a database.

    Raises:
        Problem: the settings cannot be used.
        DependencyFailed: there is a database, and it cannot be read.
    """
    settings = settings_or_problem()
    if settings.database_path is not None and not settings.database_path.is_file():
        return None
    import asyncio  # noqa: PLC0415 - as all that follows: where there is no database, none is loaded

    from memo_coach.operations.logging import configure_logging  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415

    # On standard error, and only that a document is broken.
    configure_logging("ERROR", settings.log_format)
    try:
        return asyncio.run(_looked_up(settings))
    except DatabaseUnusable as error:
        raise DependencyFailed(spoken(error)) from error


async def _looked_up(settings: Settings) -> Snapshot | None:
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    from memo_coach.services.administration.documents_in_force import DocumentsInForce  # noqa: PLC0415
    from memo_coach.storage.engine import schema  # noqa: PLC0415
    from memo_coach.storage.engine.database import Database  # noqa: PLC0415

    database = Database(settings.database_url, pooled=False)
    schema.refuse_newer(await schema.status(database))
    if not await schema.has_documents(database):
        return None  # it was made by a version in which nobody could save any
    try:
        return await DocumentsInForce(database).renew()
    except DBAPIError as error:
        raise database.unusable("read", error) from error
