"""The API as a program asks it: around it, what says who asks, and nothing else."""

from __future__ import annotations

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from memo_coach.api.application import application
from memo_coach.web.middleware.access_tokens import AccessTokenMiddleware


def _with_session(app: ASGIApp, owner: str | None) -> ASGIApp:
    """Stand where the sessions do."""

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {"owner": owner, "request_id": "number"}}, receive, send)

    return told


def around_the_api(session: str | None) -> ASGIApp:
    """Return the API with what says who asks."""
    return _with_session(AccessTokenMiddleware(application()), session)


def program(token: str | None = None, *, session: str | None = None) -> httpx.AsyncClient:
    """Return a program that asks with a token, or as a browser's page does."""
    app = around_the_api(session)
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)
