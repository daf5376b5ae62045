"""On whose behalf the event is that is being worked at.

It is asked of the services before each event runs (:mod:`.authorisation`), so a role that was taken away a
moment ago counts no more; a task that goes on in the background keeps what held when it began.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

from memo_coach.services.accounts.principal import Principal

ASKING: Final[ContextVar[Principal | None]] = ContextVar("asking", default=None)
"""Nobody outside of an event, and where somebody only reads what was shared."""
