"""How fast one browser, and all browsers of one address, may have things saved, or long drafts read.

Of the API every request counts, and its answer says how many more there may be (RateLimit headers, of
draft-ietf-httpapi-ratelimit-headers).
"""

from __future__ import annotations

import math
from http import HTTPStatus

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memo_coach.services.processes.shared_buckets import SharedBuckets
from memo_coach.services.usage.network import network_of
from memo_coach.services.usage.token_bucket import TokenBucket
from memo_coach.translations import text
from memo_coach.web.accounts.addresses import OF_PROVIDER
from memo_coach.web.middleware.origins import SAFE_METHODS
from memo_coach.web.problems import Problem, is_of_api

_log = structlog.get_logger(__name__)

OF_OWNER = (120, 10.0)
"""At once, and a second in the long run. The editor saves two or three times a second at most."""
FROM_ADDRESS = (1_200, 100.0)
"""An office behind one address, or a proxy that does not tell addresses apart. IPv6 counts by its /64."""
READ_PATHS = frozenset({"/draft", "/export"}) | OF_PROVIDER
"""What is read there may be as long as what is saved, or longer; or the provider of sign-ins is asked."""


class RateLimitMiddleware:
    """Refuses requests that save, or read a draft, of who sends too many. Behind the sessions."""

    def __init__(
        self,
        app: ASGIApp,
        of_owner: tuple[float, float] = OF_OWNER,
        from_address: tuple[float, float] = FROM_ADDRESS,
        shared: SharedBuckets | None = None,
    ) -> None:
        """``shared`` makes the buckets, of which other processes take as well."""
        self._app = app
        making = shared or SharedBuckets()
        self._owners = making.buckets("requests-of-owner", *of_owner)
        self._addresses = making.buckets("requests-from-address", *from_address)
        self._policy = ", ".join(
            f'"{name}";q={burst:.0f};w={burst / rate:.0f}'
            for name, (burst, rate) in (("owner", of_owner), ("address", from_address))
            if rate > 0
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429."""
        if scope["type"] != "http" or not _counts(scope):
            await self._app(scope, receive, send)
            return
        client = scope.get("client") or ("unknown", 0)
        name = scope.get("state", {}).get("owner")
        # Of those who are nobody yet, as who signs in, none may keep the others out.
        owner = None if name is None else self._owners.of(name)
        # Both are asked: what one refuses counts for the other as well.
        in_time = self._addresses.of(network_of(client[0]).hex()).take()
        told = self._telling(owner, send) if owner is not None and is_of_api(scope["path"]) else send
        if not ((owner is None or owner.take()) and in_time):
            _log.warning("request refused", path=scope["path"], reason="too many")
            detail = text("problem.too_many_requests")
            await Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": "2"})(scope, receive, told)
            return
        await self._app(scope, receive, told)

    def _telling(self, owner: TokenBucket, send: Send) -> Send:
        """Return a ``send`` that says how much of what one owner may have is left."""

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                until_full = owner.seconds_until(owner.burst)
                full = 0 if math.isinf(until_full) else math.ceil(until_full)
                headers["RateLimit-Policy"] = self._policy
                headers["RateLimit"] = f'"owner";r={int(owner.left)};t={full}'
            await send(message)

        return send_with_limits


def _counts(scope: Scope) -> bool:
    return scope["method"] not in SAFE_METHODS or scope["path"] in READ_PATHS or is_of_api(scope["path"])
