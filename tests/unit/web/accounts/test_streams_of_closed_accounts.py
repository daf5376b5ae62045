"""What a program follows ends with its token, or with its owner's account, while it is being followed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest

from memo_coach.api import event_stream as streams
from memo_coach.api.askers import Asker, NotAllowed, refuse_ended
from memo_coach.api.event_stream import Event, event_stream
from memo_coach.services.accounts.views import UserView
from memo_coach.services.container import Services
from tests.accounts import ROOT, add_account

End = Callable[[Services, UserView], Awaitable[object]]


async def revoke(services: Services, user: UserView) -> None:
    (token,) = await services.tokens.of_owner(user.owner)
    await services.tokens.revoke(user.owner, token.token_id)


ENDS: dict[str, End] = {
    "revoked": revoke,
    "disabled": lambda services, user: services.users.set_disabled(ROOT, user.id, True),
    "removed": lambda services, user: services.users.remove(ROOT, user.id),
    "everything deleted": lambda services, user: services.deletions.delete_all(user.owner),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
async def test_nothing_more_is_sent(
    installation: Services, monkeypatch: pytest.MonkeyPatch, end: End
) -> None:
    monkeypatch.setattr(streams, "ASKED_EVERY_SECONDS", 0.0)
    ana = await add_account(installation)
    token = (await installation.tokens.make(ana.owner, "x", ("read",))).view
    asker = Asker(ana.owner, token, "192.0.2.1")
    there: asyncio.Queue[Event] = asyncio.Queue()

    async def events() -> AsyncGenerator[Event]:
        while True:
            yield await there.get()

    stream = (await event_stream(asker, events())).body_iterator
    there.put_nowait(Event("1", "evaluation", {"text": "before"}))
    assert b"before" in bytes(await anext(aiter(stream)))  # type: ignore[arg-type]
    await refuse_ended(asker)
    await end(installation, ana)
    there.put_nowait(Event("2", "evaluation", {"text": "after"}))
    assert [piece async for piece in stream] == []
    with pytest.raises(NotAllowed):
        await refuse_ended(asker)
