"""Who asks the API: where a request brings an access token, that alone says in whose name it asks.

A cookie that comes along counts for nothing then, so that what a page of somebody else's makes a browser send
opens nothing: a browser adds cookies by itself, a token never.
"""

from __future__ import annotations

from http import HTTPStatus

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from memo_coach.services import container
from memo_coach.services.accounts.tokens import TokenHolder
from memo_coach.services.errors import Unavailable
from memo_coach.web.problems import Problem, is_of_api

_log = structlog.get_logger(__name__)


class AccessTokenMiddleware:
    """Puts a token's owner in the place of the session's, and the token into ``scope["state"]["token"]``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as its token's owner's."""
        if scope["type"] == "http" and is_of_api(scope["path"]):
            authorization = Headers(scope=scope).get("authorization")
            if authorization is not None:
                try:
                    holder = await _holder(authorization)
                except Unavailable as error:
                    await Problem(HTTPStatus.SERVICE_UNAVAILABLE, error.message)(scope, receive, send)
                    return
                if holder is None:
                    _log.info("access token refused", path=scope["path"])
                state = scope.setdefault("state", {})
                state["owner"] = None if holder is None else holder.owner
                state["token"] = None if holder is None else holder.token
                state["account"] = None if holder is None else holder.account
        await self._app(scope, receive, send)


async def _holder(authorization: str) -> TokenHolder | None:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return None
    return await container.current().tokens.recognise(token.strip())
