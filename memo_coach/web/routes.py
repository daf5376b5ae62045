"""The routes that are not pages: health, sample memos, and the draft, too long for a socket."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from http import HTTPStatus

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from memo_coach.coaching.samples import samples
from memo_coach.services import container
from memo_coach.services.errors import NotFound, ServiceError, TooMany, Unavailable
from memo_coach.services.usage.storage_budget import StorageRefused
from memo_coach.services.views import DraftSaved, DraftView
from memo_coach.web.errors import Refused
from memo_coach.web.middleware.session import is_secure, no_cookie_header
from memo_coach.web.problems import Problem

_log = structlog.get_logger("memo_coach.web.routes")
_NEVER_KEPT = {"Cache-Control": "no-store"}

Handler = Callable[[Request], Awaitable[Response]]


class DraftToSave(BaseModel):
    """What the editor sends: the text as it is now, and the revision that it was made from."""

    model_config = ConfigDict(strict=True, extra="forbid")

    memo_id: str | None = Field(max_length=64)
    text: str
    rubric: str = Field(max_length=64)
    base_revision: int = Field(ge=0)


async def live(_request: Request) -> Response:
    """Answer that the process answers."""
    return JSONResponse({"status": "ok"}, headers=_NEVER_KEPT)


async def ready(_request: Request) -> Response:
    """Answer 200 where everything that is needed is usable, else 503; with each check."""
    report = await container.current().health.ready()
    status = HTTPStatus.OK if report.ok else HTTPStatus.SERVICE_UNAVAILABLE
    content = {
        "status": "ok" if report.ok else "failed",
        "checks": [asdict(check) for check in report.checks],
    }
    return JSONResponse(content, status.value, _NEVER_KEPT)


async def read_draft(request: Request) -> Response:
    """Answer with the draft of ``?memo=ID``, or with the current one; 204 where there is none."""
    drafts = container.current().drafts
    memo_id = request.query_params.get("memo")
    draft: DraftView | None
    if memo_id:
        draft = await drafts.of_memo(_owner(request), memo_id)
    else:
        draft = await drafts.current(_owner(request))
    return (
        Response(status_code=HTTPStatus.NO_CONTENT, headers=_NEVER_KEPT) if draft is None else _answer(draft)
    )


async def save_draft(request: Request) -> Response:
    """Save the draft; answer with its revision. Had another tab saved meanwhile, it is a new memo."""
    owner = _owner(request)
    draft = DraftToSave.model_validate(_json(await request.body()))
    return _answer(
        await container.current().drafts.save(
            owner,
            memo_id=draft.memo_id,
            text=draft.text,
            rubric=draft.rubric,
            base_revision=draft.base_revision,
            address=_address(request),
        )
    )


async def start_new_draft(request: Request) -> Response:
    """Begin with an empty page; the old draft stays among the memos where it has text."""
    await container.current().drafts.start_new(_owner(request))
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=_NEVER_KEPT)


async def end_session(request: Request) -> Response:
    """Forget this browser: its cookie, and every copy of it, opens nothing any more."""
    services = container.current()
    await services.visitors.end(_owner(request))
    cookie = no_cookie_header(secure=is_secure(services.settings))
    headers = {**_NEVER_KEPT, "Location": "/", "Set-Cookie": cookie}
    return Response(status_code=HTTPStatus.SEE_OTHER, headers=headers)


async def sample(request: Request) -> Response:
    """Answer with a sample memo to try the coach on."""
    wanted = request.path_params
    language = request.query_params.get("language", "en")
    for found in samples(wanted["rubric"], language):
        if found.quality == wanted["quality"]:
            return JSONResponse(
                {"title": found.title, "text": found.text}, headers={"Cache-Control": "no-cache"}
            )
    raise NotFound


def _json(body: bytes) -> object:
    """Read JSON as browsers write it: half of a surrogate pair is a character, too.

    Pydantic's own reader would refuse a memo in which an emoji was cut in two, again and again.
    """
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _owner(request: Request) -> str:
    owner: str | None = request.scope.get("state", {}).get("owner")
    if owner is None:
        raise Refused
    return owner


def _address(request: Request) -> str:
    """Return where the request comes from, as :mod:`.forwarded` found it."""
    return "unknown" if request.client is None else request.client.host


def _answer(draft: DraftView | DraftSaved) -> Response:
    return JSONResponse({**asdict(draft), "saved": draft.saved.isoformat()}, headers=_NEVER_KEPT)


def _with_problems(handler: Handler) -> Handler:
    """Return the handler with every error that a person can do something about as a problem document."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except Refused as error:
            return Problem(HTTPStatus.FORBIDDEN, str(error))
        except ValidationError as error:
            fields = ", ".join(
                sorted({str(fault["loc"][0]) if fault["loc"] else "body" for fault in error.errors()})
            )
            return Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY, f"This is not a draft that can be saved: see {fields}."
            )
        except ServiceError as error:
            return Problem(_status_of(error), error.message, _when_again(error))

    return handle


def _status_of(error: ServiceError) -> HTTPStatus:
    if isinstance(error, NotFound):
        return HTTPStatus.NOT_FOUND
    if isinstance(error, Unavailable):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.TOO_MANY_REQUESTS if isinstance(error, TooMany) else HTTPStatus.UNPROCESSABLE_ENTITY


def _when_again(error: ServiceError) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if isinstance(error, StorageRefused) else {}


ROUTES = (
    Route("/health/live", live, methods=["GET"]),
    Route("/health/ready", _with_problems(ready), methods=["GET"]),
    Route("/draft", _with_problems(read_draft), methods=["GET"]),
    Route("/draft", _with_problems(save_draft), methods=["PUT"]),
    Route("/draft/new", _with_problems(start_new_draft), methods=["POST"]),
    Route("/session/end", _with_problems(end_session), methods=["POST"]),
    Route("/samples/{rubric}/{quality}", _with_problems(sample), methods=["GET"]),
)


class PlainRoutes:
    """Answers these routes and leaves all else to the application behind."""

    def __init__(self, app: ASGIApp, routes: tuple[Route, ...] = ROUTES) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        methods: set[str] = set()
        for route in self._routes if scope["type"] == "http" else ():
            match, child_scope = route.matches(scope)
            if match is Match.FULL:
                await route.handle({**scope, **child_scope}, receive, send)
                return
            if match is Match.PARTIAL:
                methods |= route.methods or set()
        if methods:
            detail = f"{scope['method']} is not possible here."
            headers = {"Allow": ", ".join(sorted(methods))}
            await Problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, headers)(scope, receive, send)
            return
        await self._app(scope, receive, send)
