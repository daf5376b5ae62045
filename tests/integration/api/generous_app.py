"""The application for whoever asks a thousand times a second: all else is as it is served."""

from __future__ import annotations

from functools import partial

from memo_coach.memo_coach import app
from memo_coach.web import stack
from memo_coach.web.middleware.rate_limit import RateLimitMiddleware

__all__ = ["app"]

_MANY = (1_000_000.0, 1_000_000.0)

stack.RateLimitMiddleware = partial(RateLimitMiddleware, of_owner=_MANY, from_address=_MANY)  # type: ignore[misc,assignment]
