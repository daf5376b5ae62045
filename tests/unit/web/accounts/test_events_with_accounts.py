"""Whose events run where one signs in: readers see what is shared, the role of now is asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from memo_coach import ui
from memo_coach.services.accounts.principal import Actor, Role
from memo_coach.services.container import Services
from memo_coach.web.administrators import administrator_of
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import EVENT_RULES, FOR_READERS, EventAuthorisation
from memo_coach.web.middleware.session import owner_of
from tests.accounts import signed_in

PASSWORD = "seven green kettles sing"
OPERATOR = Actor("the test")


def state_with(cookie: str) -> Any:
    """Return as much of a tab's state as is asked for whose it is."""
    headers = SimpleNamespace(cookie=cookie, raw_headers={})
    session = SimpleNamespace(session_id="socket", client_ip="192.0.2.1")
    return SimpleNamespace(router=SimpleNamespace(headers=headers, session=session))


async def may_run(state: Any, event_name: str) -> bool:
    event: Any = SimpleNamespace(name=event_name, payload={})
    app: Any = SimpleNamespace(event_namespace=None)
    return await EventAuthorisation().preprocess(app, state, event) is None


async def test_with_a_readers_cookie_only_what_is_shared_can_be_asked_for(installation: Services) -> None:
    assert ui  # its pages say which events there are
    token, _ = await installation.visitors.admit()
    reader = state_with(f"memo_coach_reader={token}")
    every = [f"{state}.{handler}" for state, handlers in EVENT_RULES.items() for handler in handlers]
    running = {name.rpartition(".")[0] for name in every if await may_run(reader, name)}
    assert running == FOR_READERS
    assert len(running) == 4  # three of the framework, and the shared page's
    with pytest.raises(Refused):
        await owner_of(reader)
    assert not await may_run(state_with(f"memo_coach={token}"), every[0])


async def test_who_administers_is_asked_at_each_event(installation: Services) -> None:
    users = installation.users
    await users.create(
        OPERATOR, email="bea@example.org", name="Bea", role=Role.ADMINISTRATOR, password=PASSWORD
    )
    ana = await users.create(
        OPERATOR, email="ana@example.org", name="Ana", role=Role.ADMINISTRATOR, password=PASSWORD
    )
    token = (await signed_in(installation, password=PASSWORD)).token
    state = state_with(f"memo_coach_session={token}")
    event = next(f"{name}.open" for name in EVENT_RULES if name.endswith("account_state"))
    assert await may_run(state, event)
    assert administrator_of(state) == Actor("Ana", ana.id, "192.0.2.1")
    assert await owner_of(state) == ana.owner
    await users.set_role(OPERATOR, ana.id, Role.WRITER)
    assert await may_run(state, event)
    with pytest.raises(Refused, match="administrators"):
        administrator_of(state)
    await users.set_disabled(OPERATOR, ana.id, True)
    assert not await may_run(state, event)
