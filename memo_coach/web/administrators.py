"""Who may administer from a page, and under which name that is written into the audit log."""

from __future__ import annotations

from reflex.state import BaseState

from memo_coach.services.accounts.principal import Actor
from memo_coach.services.container import current
from memo_coach.translations import text
from memo_coach.web.errors import Refused
from memo_coach.web.events.asking import ASKING
from memo_coach.web.loopback import is_at_the_machine
from memo_coach.web.middleware.session import address_of
from memo_coach.web.recognition import has_accounts


def administrator_of(state: BaseState) -> Actor:
    """Return who administers by the event of a tab that is being worked at.

    Where one signs in, that is who has the role; else, whoever sits at the machine.

    Raises:
        Refused: they may not.
    """
    if has_accounts(current().settings):
        principal = ASKING.get()
        if principal is None or not principal.is_administrator:
            raise Refused(text("problem.not_an_administrator"))
        return Actor(name=principal.name, user=principal.user, address=address_of(state))
    if not is_at_the_machine(state, current().settings):
        raise Refused(text("problem.not_an_administrator"))
    return Actor(name=text("administration.at_the_machine"), address=address_of(state))
