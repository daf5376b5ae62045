"""What the states of all pages for administrators have in common: whether they may be shown."""

from __future__ import annotations

from typing import Literal

from reflex.state import BaseState

from memo_coach.services.accounts.principal import Actor
from memo_coach.web.administrators import administrator_of
from memo_coach.web.errors import Refused

Status = Literal["loading", "refused", "unavailable", "here"]
"""Of a page for administrators; ``loading`` before the server has answered."""


def administrator(state: BaseState) -> Actor | str:
    """Return who administers, or the sentence that says why they may not."""
    try:
        return administrator_of(state)
    except Refused as refused:
        return str(refused)
