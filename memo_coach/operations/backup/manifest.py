"""What a run says of itself: which snapshots belong to it, and what the database held at its moment."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from memo_coach.operations.backup.errors import BackupError
from memo_coach.translations.sentences import sentence

MANIFEST = "manifest.json"
Kind = Literal["postgresql", "sqlite"]
DUMPS: dict[Kind, str] = {"postgresql": "database.dump", "sqlite": "database.sqlite"}
"""The name of the database's file in its snapshot."""


class TableFigures(BaseModel):
    """A table's number of rows, and the SHA-256 over them."""

    model_config = ConfigDict(frozen=True)

    rows: int
    sha256: str


class Manifest(BaseModel):
    """One run. Written by one version of the program and read by later ones."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    run: str
    taken: datetime
    """The moment at which the database was as it is in the backup."""
    program: str
    site: str
    database: Kind
    revision: str
    """The migration that the tables were at."""
    database_snapshot: str
    installation_snapshot: str | None
    tables: dict[str, TableFigures]

    def as_bytes(self) -> bytes:
        """Return it as the content of a file."""
        return self.model_dump_json(indent=2).encode() + b"\n"


def manifest_from(content: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        BackupError: it is none, or one of a newer version.
    """
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise BackupError(sentence("backup.manifest_unreadable")) from error
