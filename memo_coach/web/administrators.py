"""Who may administer from a page, and under which name that is written into the audit log."""

from __future__ import annotations

from reflex.state import BaseState

from memo_coach.services.accounts.principal import Actor
from memo_coach.services.container import current
from memo_coach.translations import text
from memo_coach.web.errors import Refused
from memo_coach.web.loopback import is_at_the_machine
from memo_coach.web.middleware.session import address_of


def administrator_of(state: BaseState) -> Actor:
    """Return who administers by the events of a tab: here, whoever sits at the machine.

    Raises:
        Refused: they may not.
    """
    if not is_at_the_machine(state, current().settings):
        raise Refused(text("problem.not_an_administrator"))
    return Actor(name=text("administration.at_the_machine"), address=address_of(state))
