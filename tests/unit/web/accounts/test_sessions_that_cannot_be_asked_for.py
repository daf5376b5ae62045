"""Where the database cannot say whose a session is, it is nobody's for the moment, and nothing breaks."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from starlette.responses import PlainTextResponse

from memo_coach.services.accounts.principal import Role
from memo_coach.services.container import Services
from memo_coach.web.events.authorisation import EVENT_RULES
from memo_coach.web.stack import build_middleware_stack
from tests.some import some
from tests.unit.web.accounts.test_events_with_accounts import may_run, state_with
from tests.unit.web.accounts.test_whose_it_is_over_http import (
    ABOUT,
    OF_ADMINISTRATORS,
    OF_ASKER,
    answer_to,
    asking,
    of_ana,
    person,
)


async def opened(services: Services, cookie: str) -> list[Any]:
    """Ask for a socket; return what is answered."""
    app = build_middleware_stack(PlainTextResponse("a page"), services.settings, Path("nowhere"))
    headers = [(b"host", b"127.0.0.1:1"), (b"origin", b"http://127.0.0.1:1"), (b"cookie", cookie.encode())]
    scope = {
        "type": "websocket", "path": "/_event/", "query_string": b"token=" + b"a" * 32, "headers": headers,
        "client": ("192.0.2.1", 1), "state": {},
    }  # fmt: skip
    coming: asyncio.Queue[Any] = asyncio.Queue()
    coming.put_nowait({"type": "websocket.connect"})
    answers: list[Any] = []

    async def send(message: Any) -> None:
        answers.append(message)

    await app(scope, coming.get, send)
    return answers


async def test_everything_is_refused_for_the_moment(installation: Services) -> None:
    root = await person(installation, "root", Role.ADMINISTRATOR)
    own = await of_ana(installation, root)
    cookie = root.cookie["Cookie"]
    event = some(f"{state}.open" for state in EVENT_RULES if state.endswith("users_state"))[0]
    assert await may_run(state_with(cookie), event)
    async with installation.database.write_connection() as connection:
        for table in ("user_sessions", "access_tokens"):
            await connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_away")
    async with asking(installation) as client:
        for asked, sent in {**ABOUT, **OF_ASKER, **dict.fromkeys(OF_ADMINISTRATORS)}.items():
            answer = await answer_to(client, asked, sent, own, root.asking(asked.partition(" ")[2]))
            assert (asked, answer.status_code) == (asked, 503)
            assert answer.headers["content-type"] == "application/problem+json"
        for address in ("/", "/memos", "/login", "/share", "/session/end", "/sign-out"):
            method = "POST" if "e/" not in address and ("end" in address or "out" in address) else "GET"
            answer = await answer_to(
                client, f"{method} {address}", None, own, {**root.cookie, "Accept": "text/html"}
            )
            assert (address, answer.status_code) == (address, 503)
    assert [message["type"] for message in await opened(installation, cookie)] == ["websocket.close"]
    assert not await may_run(state_with(cookie), event)
