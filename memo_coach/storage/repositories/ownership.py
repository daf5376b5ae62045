"""Whose a row is: the condition in every statement that reads or changes what somebody wrote.

Nothing above asks again. A test holds that the repositories compare owners nowhere else.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy.orm import Mapped

OWNER: Final = "own_owner"
"""The parameter of statements that are made once; the owner is given when they run."""


def owned(column: ColumnElement[Any] | Mapped[Any], owner: str | None = None) -> ColumnElement[bool]:
    """Return the condition that a row is the owner's, by the column that names whose it is.

    Without ``owner`` the statement takes it as its parameter :data:`OWNER`.
    """
    return column == (bindparam(OWNER) if owner is None else owner)
