"""What is answered where something cannot be done: problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, NotRequired

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from typing_extensions import TypedDict

from memo_coach.api.askers import NotAllowed
from memo_coach.api.request_faults import spoken_fault
from memo_coach.services.administration.errors import DocumentConflict, DocumentRefused, UnknownDocument
from memo_coach.services.errors import NotFound, ServiceError, TooMany, Unavailable
from memo_coach.services.usage.idempotency import StillAtIt
from memo_coach.services.usage.storage_budget import StorageRefused
from memo_coach.translations import text
from memo_coach.web.problems import Problem

MEDIA_TYPE: Final = "application/problem+json"
_MOST_FAULTS: Final = 20
_AGAIN_SECONDS: Final = "2"


class FaultDocument(TypedDict):
    """One thing that is wrong with a request."""

    detail: str
    pointer: NotRequired[str]
    """Where in the body, as a JSON Pointer (RFC 6901) behind ``#``."""
    parameter: NotRequired[str]
    """Or in which parameter or header."""
    line: NotRequired[int]
    """Of a document in the body; 1 is the first."""


class ProblemDocument(TypedDict):
    """Why something was not done (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    request_id: NotRequired[str]
    errors: NotRequired[list[FaultDocument]]


class Unconditional(ServiceError):
    """A change of what others change too does not say what it was made from."""


_STATUSES: Final[Mapping[type, HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    StillAtIt: HTTPStatus.CONFLICT,
    UnknownDocument: HTTPStatus.NOT_FOUND,
    DocumentConflict: HTTPStatus.PRECONDITION_FAILED,
    Unconditional: HTTPStatus.PRECONDITION_REQUIRED,
    ServiceError: HTTPStatus.UNPROCESSABLE_ENTITY,
}
_MEANINGS: Final[Mapping[int, str]] = {
    400: "The request is not as described here; `errors` says where.",
    401: "Nobody asks whom this service knows.",
    403: "The token has not the scope for this, or the request comes from a page of somebody else's.",
    404: "There is no such thing of the asker's.",
    406: "It can be had in none of the forms that are asked for.",
    408: "The body did not come in time.",
    409: "The first request with this `Idempotency-Key` is not done yet.",
    412: "Something else holds than what `If-Match` names: somebody has changed it meanwhile.",
    413: "The body is too large.",
    422: "The request is as described, and yet cannot be done; `detail` says why.",
    428: "What it was made from is to be named by `If-Match`.",
    429: "Too much in a short time, or as much as may be kept.",
    503: "The database cannot be used at the moment.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of what a route may refuse with, beside what any may."""
    return {
        status: {
            "description": _MEANINGS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({400, 401, 403, 422, 429, 503, *statuses})
    }


def readable(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the same for a route whose answer is not sent again to who has it already."""
    return {**problems(*statuses), 304: {"description": "It is as `If-None-Match` says."}}


def problem_of(error: Exception) -> Problem:
    """Return what is answered where a service, or this layer, refuses something."""
    if isinstance(error, NotAllowed):
        challenge = {"WWW-Authenticate": "Bearer"} if error.status is HTTPStatus.UNAUTHORIZED else None
        return Problem(error.status, str(error), challenge)
    assert isinstance(error, ServiceError), "it is registered for these"  # noqa: S101
    # Looked up as handlers are: by the class, then by those that it is made from.
    status = next(_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES)
    again = _AGAIN_SECONDS if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.CONFLICT} else None
    if isinstance(error, StorageRefused):
        again = str(error.retry_after)
    members = {"errors": _faults_of(error)} if isinstance(error, DocumentRefused) else {}
    return Problem(status, error.message, None if again is None else {"Retry-After": again}, **members)


def _faults_of(refused: DocumentRefused) -> list[FaultDocument]:
    return [
        {"detail": fault.reason.spoken(), "pointer": "#/text", "line": fault.line}
        for fault in refused.faults[:_MOST_FAULTS]
    ]


async def _refused(_request: Request, error: Exception) -> Response:
    return problem_of(error)


async def _not_as_described(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "it is registered for these"  # noqa: S101
    found = error.errors()
    if any(fault["loc"][:1] == ("path",) for fault in found):
        # No id of ours looks like that.
        return problem_of(NotFound())
    faults = [_fault(fault["loc"], spoken_fault(fault)) for fault in found[:_MOST_FAULTS]]
    return Problem(HTTPStatus.BAD_REQUEST, text("api.not_as_described"), errors=faults)


def _fault(place: Sequence[str | int], message: str) -> FaultDocument:
    where, *steps = place or ("body",)
    if where == "body":
        escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
        return {"detail": message, "pointer": "#" + "".join(f"/{step}" for step in escaped)}
    return {"detail": message, "parameter": str(steps[0]) if steps else str(where)}


async def _not_here(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "it is registered for these"  # noqa: S101
    status = HTTPStatus(error.status_code)
    sentences: Mapping[HTTPStatus, str] = {
        HTTPStatus.NOT_FOUND: text("api.no_address"),
        HTTPStatus.METHOD_NOT_ALLOWED: text("problem.method_not_here", method=request.method),
    }
    headers = {**(error.headers or {}), **_allowed(request, status)}
    return Problem(status, sentences.get(status, text("api.not_as_described")), headers)


def _allowed(request: Request, status: HTTPStatus) -> dict[str, str]:
    """Return the methods that an address has: the framework tells those of one of its routes."""
    if status is not HTTPStatus.METHOD_NOT_ALLOWED:
        return {}
    paths = request.app.openapi()["paths"].items()
    methods = {
        method.upper()
        for path, described in paths
        if compile_path(path)[0].match(request.url.path)
        for method in described
    }
    return {"Allow": ", ".join(sorted(methods))} if methods else {}


async def _broken(request: Request, _error: Exception) -> Response:
    number = request.scope.get("state", {}).get("request_id", "")
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, text("problem.broken", number=number))


HANDLERS: Final[Mapping[type[Exception], Callable[..., Any]]] = {
    ServiceError: _refused,
    NotAllowed: _refused,
    RequestValidationError: _not_as_described,
    HTTPException: _not_here,
    Exception: _broken,
}


def handle_problems(application: FastAPI) -> None:
    """Let the application answer each error that somebody can do something about, and each other one."""
    for kind, handler in HANDLERS.items():
        application.add_exception_handler(kind, handler)
