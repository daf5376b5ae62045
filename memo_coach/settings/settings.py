"""All variables of the environment as one typed and frozen :class:`Settings`."""

from __future__ import annotations

from pathlib import Path

from memo_coach.database_url import sqlite_path
from memo_coach.settings.accounts import AccountVariables
from memo_coach.settings.backups import BackupVariables
from memo_coach.settings.models import ModelVariables
from memo_coach.settings.operation import OperationVariables
from memo_coach.settings.serving import ServingVariables
from memo_coach.settings.variables import is_secret


class Settings(BackupVariables, ModelVariables, OperationVariables, AccountVariables, ServingVariables):
    """What the operator decided. Paths are absolute; URLs have no trailing slash.

    The groups stand from the last to the first: a default may be made from the settings of an earlier one.
    Where several values are wrong, the first is told.
    """

    @property
    def database_path(self) -> Path | None:
        """The file of an SQLite database; ``None`` where a server keeps it."""
        return sqlite_path(self.database_url)

    def as_environment(self) -> dict[str, str]:
        """Return the variables with which a process started by this one reads the same settings."""
        fields = type(self).model_fields
        given = {name.upper(): str(getattr(self, name)) for name in fields}
        # What was read from a file is handed on as the value; given both ways it would be refused.
        return given | {f"{name.upper()}_FILE": "" for name, field in fields.items() if is_secret(field)}
