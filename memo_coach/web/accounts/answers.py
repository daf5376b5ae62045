"""What the endpoints of signing in read of a request, and how they answer it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from memo_coach.services import container
from memo_coach.services.accounts.errors import TooManyAttempts
from memo_coach.services.accounts.known_devices import LIFETIME
from memo_coach.services.accounts.principal import Principal
from memo_coach.services.accounts.views import SignedIn
from memo_coach.services.errors import ServiceError, Unavailable
from memo_coach.translations import speaking
from memo_coach.web import cookies
from memo_coach.web.accounts.addresses import TAKE_ALONG
from memo_coach.web.accounts.name_tag import name_tag_header
from memo_coach.web.accounts.taking_along import memos_to_take_along
from memo_coach.web.cookies import cookie_header, is_secure, no_cookie_header, tokens_in
from memo_coach.web.languages import language_of_path, path_in
from memo_coach.web.problems import Problem

_MOST_FIELDS: Final = 10
NEVER_KEPT: Final = {"Cache-Control": "no-store"}
_LONGEST_AGENT: Final = 300


async def signed_in(request: Request, new: SignedIn, wanted: str) -> Response:
    """Return the answer that makes a browser that of who has just signed in."""
    is_tls, lifetime, sent = secure(), container.current().sessions.lifetime, request.headers.get("cookie")
    found = await memos_to_take_along(request, new.principal)
    if found is not None:
        page = path_in(language_of_path(wanted), TAKE_ALONG)  # the provider knows only one address of ours
        wanted = f"{page}?{urlencode({'next': wanted})}"
    answer = redirect(wanted)
    headers = [
        cookie_header(new.token, secure=is_tls, lifetime=lifetime, name=cookies.SESSION),
        name_tag_header(new.principal, sent, secure=is_tls, lifetime=lifetime),
        no_cookie_header(secure=is_tls, name=cookies.READER),
        _known_device(new.principal, secure=is_tls),
    ]
    for header in filter(None, headers):
        answer.headers.append("Set-Cookie", header)
    return answer


def _known_device(principal: Principal, *, secure: bool) -> str | None:
    """Return the cookie by which a browser is known where this account signs in again."""
    if principal.user is None:
        return None
    value = container.current().accounts.devices.new(principal.user)
    return cookie_header(value, secure=secure, lifetime=LIFETIME, name=cookies.DEVICE)


async def form_fields(request: Request) -> Mapping[str, str]:
    """Return the fields of a form, the last of each name; nothing where the body is no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return {}
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in fields.items()}


def refusal(request: Request, error: ServiceError, page: str) -> Response:
    """Return a page with the reason on it, or a problem document for who asks for no page."""
    status, again = HTTPStatus.UNPROCESSABLE_ENTITY, {}
    if isinstance(error, TooManyAttempts):
        status, again = HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(error.retry_after)}
    elif isinstance(error, Unavailable):
        status = HTTPStatus.SERVICE_UNAVAILABLE
    if "text/html" not in request.headers.get("accept", ""):
        return Problem(status, error.message, again)
    return page_answer(page, status, again)


def page_answer(
    content: str, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a page that nothing keeps."""
    return HTMLResponse(content, status.value, {**NEVER_KEPT, **(headers or {})})


def redirect(address: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return what leads on to another page."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, {**NEVER_KEPT, **(headers or {})})


def home(wanted: str, request: Request) -> str:
    """Return where to go on to: the first page in the language of this one, where no other is wanted."""
    return path_in(language_of_path(request.url.path), "/") if wanted == "/" else wanted


def language(request: Request) -> AbstractContextManager[None]:
    """Speak the language of the page that was asked for."""
    return speaking(language_of_path(request.url.path))


def principal_in(request: Request) -> Principal | None:
    """Return who has signed in, as the middleware found them."""
    found: Principal | None = request.scope.get("state", {}).get("principal")
    return found


def token_in(request: Request, name: str = cookies.SESSION) -> str | None:
    """Return the token in a browser's cookie."""
    found = tokens_in(request.headers.get("cookie"), secure=secure(), name=name)
    return found[0] if found else None


def address_in(request: Request) -> str:
    """Return where the request comes from, as the middleware found it."""
    return "unknown" if request.client is None else request.client.host


def agent_in(request: Request) -> str:
    """Return what the browser calls itself."""
    return request.headers.get("user-agent", "")[:_LONGEST_AGENT]


def secure() -> bool:
    """Whether cookies are for TLS alone."""
    return is_secure(container.current().settings)
