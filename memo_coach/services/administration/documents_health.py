"""Whether every document that should hold can be read, for the report on health and ``doctor``."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from memo_coach.operations.health import CheckFunction
from memo_coach.services.administration.documents_in_force import BrokenVersion, DocumentsInForce
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.translations.sentences import Sentence, sentence


def documents_check(in_force: DocumentsInForce) -> CheckFunction:
    """Return a check that reads them afresh.

    One that cannot be read is told and makes nothing unusable: the last good version serves.
    """

    async def check() -> str:
        try:
            broken = await in_force.check()
        except (SQLAlchemyError, DatabaseUnusable):
            # What is the matter with the database its own check tells.
            return sentence("documents.not_looked_at")
        return broken_sentence(broken[0]) if broken else sentence("documents.all_read")

    return check


def broken_sentence(broken: BrokenVersion) -> Sentence:
    """Say what is wrong with a version, and what serves in its place; not the text that is in it."""
    if broken.served is None:
        return sentence("documents.broken_without", document=broken.name, version=broken.version)
    return sentence("documents.broken", document=broken.name, version=broken.version, served=broken.served)
