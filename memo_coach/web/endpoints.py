"""What every address that is no page is made of: its methods, and problems as documents."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from pydantic import ValidationError
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response

from memo_coach.services.errors import NotFound, ServiceError, TooMany, Unavailable
from memo_coach.services.usage.storage_budget import StorageRefused
from memo_coach.translations import text
from memo_coach.web.errors import Refused
from memo_coach.web.problems import Problem


class Endpoint(HTTPEndpoint):
    """An address; its methods are those that it has."""

    async def method_not_allowed(self, request: Request) -> Response:
        """Refuse a method that this address does not have."""
        allowed = {"Allow": ", ".join(sorted(self._allowed_methods))}
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers=allowed)


def _refused(_request: Request, error: Exception) -> Response:
    return Problem(HTTPStatus.FORBIDDEN, str(error))


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ValidationError), "it is registered for these"  # noqa: S101
    fields = ", ".join(sorted({str(fault["loc"][0]) if fault["loc"] else "body" for fault in error.errors()}))
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, text("problem.draft_unfit", fields=fields))


def _not_done(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError), "it is registered for these"  # noqa: S101
    # The statuses are looked up as handlers are: by the class, then by those that it is made from.
    status = next(_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES)
    again = {"Retry-After": str(error.retry_after)} if isinstance(error, StorageRefused) else {}
    return Problem(status, error.message, again)


def _not_allowed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "it is registered for these"  # noqa: S101
    return Problem(
        HTTPStatus(error.status_code), text("problem.method_not_here", method=request.method), error.headers
    )


_STATUSES: Mapping[type, HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    ServiceError: HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""What is said to a program; the error's own sentence is for the person."""
PROBLEMS = Middleware(
    ExceptionMiddleware,
    handlers={
        Refused: _refused,
        ValidationError: _invalid,
        ServiceError: _not_done,
        HTTPException: _not_allowed,
    },
)
"""Every error that somebody can do something about is answered as a problem document."""
