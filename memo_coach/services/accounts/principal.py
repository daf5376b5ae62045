"""Who asks: the owner under whose id everything is stored, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may do. An administrator may do all that a writer may."""

    WRITER = "writer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody whose session is known."""

    owner: str
    """The id under which everything of theirs is stored."""
    user: str | None = None
    """The id of their account; ``None`` where each browser is a visitor (``AUTH_MODE=open``)."""
    name: str = ""
    role: Role = Role.WRITER
    session: str | None = None
    """The id of the session's row, where sessions are rows."""

    @property
    def is_administrator(self) -> bool:
        """Whether they may change what holds for everybody."""
        return self.role is Role.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something that is written into the audit log, and from where."""

    name: str
    user: str | None = None
    address: str | None = None
