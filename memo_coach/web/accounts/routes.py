"""The pages on which one signs in and out, and what their forms do: plain HTTP, for it sets cookies.

A refusal is the same page once more, with the reason on it; a program that does not ask for a page gets a
problem document.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs, urlencode

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from memo_coach.services import container
from memo_coach.services.accounts.errors import LinkRefused, TooManyAttempts
from memo_coach.services.accounts.principal import Principal
from memo_coach.services.accounts.views import SecondFactorNeeded, SignedIn
from memo_coach.services.errors import ServiceError, Unavailable
from memo_coach.translations import languages, speaking, text
from memo_coach.web import cookies
from memo_coach.web.accounts import pages
from memo_coach.web.accounts.addresses import (
    SIGN_IN,
    SIGN_OUT,
    TAKE_ALONG,
    WELCOME,
    in_every_language,
    own_address,
    sign_in_address,
)
from memo_coach.web.accounts.browser import NEVER_KEPT, address_of, agent_of, has_tls, led_to, token_of
from memo_coach.web.accounts.name_tag import name_tag_header, no_name_tag_header
from memo_coach.web.accounts.taking_along import leave, memos_to_take_along, take_along
from memo_coach.web.accounts.ways import is_led_at_once, other_ways, problem_in, shows_form, way_with_password
from memo_coach.web.cookies import cookie_header, no_cookie_header, tokens_in
from memo_coach.web.languages import language_asked_for, language_of_path, path_in
from memo_coach.web.problems import Problem
from memo_coach.web.routes import PROBLEMS, Endpoint

_log = structlog.get_logger(__name__)

_MOST_FIELDS: Final = 10


class SignIn(Endpoint):
    """Where one signs in."""

    async def get(self, request: Request) -> Response:
        """Show the form; who has signed in goes on at once."""
        wanted = own_address(request.query_params.get("next"))
        query, settings = request.query_params, container.current().settings
        if _principal(request) is not None:
            return led_to(_home(wanted, request))
        with _language(request):
            if is_led_at_once(settings, query):
                return led_to(other_ways(settings, wanted)[0].address)
            told = text("sign_in.signed_out") if "signed-out" in query else ""
            return _page(
                pages.sign_in_page(
                    wanted,
                    told=told,
                    problem=problem_in(query),
                    other_ways=other_ways(settings, wanted),
                    instead_of_form=None if shows_form(settings, query) else way_with_password(wanted),
                )
            )

    async def post(self, request: Request) -> Response:
        """Sign in, and go on to the page that was wanted."""
        form = await _form(request)
        wanted, email = own_address(form.get("next")), form.get("email", "")
        with _language(request):
            try:
                answer = await container.current().sign_in.sign_in(
                    email,
                    form.get("password", ""),
                    address=address_of(request),
                    agent=agent_of(request),
                    previous_token=token_of(request),
                )
            except ServiceError as error:
                ways = other_ways(container.current().settings, wanted)
                shown = pages.sign_in_page(wanted, email=email[:254], problem=error.message, other_ways=ways)
                return _refusal(request, error, shown)
            return await _let_in(request, answer, _home(wanted, request))


class Welcome(Endpoint):
    """Where a one-time link leads: an invitation, a new password, the first administrator."""

    async def get(self, request: Request) -> Response:
        """Show what goes on with the link, in the language of the person: mail knows only one address."""
        path, headers = request.url.path, request.headers
        wanted = language_asked_for(headers.get("cookie"), headers.get("accept-language"))
        if path.rstrip("/") == WELCOME and path_in(wanted, WELCOME) != WELCOME:
            # What stands behind "#" goes along: a browser keeps it where an answer names none.
            return led_to(path_in(wanted, WELCOME), {"Vary": "Accept-Language, Cookie"})
        with _language(request):
            return _page(pages.welcome_page())

    async def post(self, request: Request) -> Response:
        """Show the form for a link, and with a password make it the account's and sign in."""
        form = await _form(request)
        token, typed = (
            form.get("token", "").strip().lstrip("#"),
            (form.get("email", ""), form.get("name", "")),
        )
        service = container.current().sign_in
        with _language(request):
            try:
                link = await service.look_at(token)
            except ServiceError as error:
                return _refusal(request, error, pages.welcome_page(problem=error.message))
            if "password" not in form:
                return _page(pages.redeem_page(token, email=link.email, is_reset=link.is_reset))
            try:
                answer = await service.redeem(
                    token,
                    form["password"],
                    address=address_of(request),
                    agent=agent_of(request),
                    email=typed[0],
                    name=typed[1],
                    previous_token=token_of(request),
                )
            except LinkRefused as error:
                return _refusal(request, error, pages.welcome_page(problem=error.message))
            except ServiceError as error:
                shown = pages.redeem_page(
                    token, email=link.email, is_reset=link.is_reset, typed=typed, problem=error.message
                )
                return _refusal(request, error, shown)
            return await _let_in(request, answer, path_in(language_of_path(request.url.path), "/"))


class SignOut(Endpoint):
    """The end of this browser's session."""

    async def post(self, request: Request) -> Response:
        """End it, whatever it was, and go to where one signs in."""
        form, secure = await _form(request), has_tls()
        for token in tokens_in(request.headers.get("cookie"), secure=secure, name=cookies.SESSION):
            await container.current().sessions.sign_out(token)
        language = form.get("language", "")
        home = path_in(language if language in languages() else "en", "/")
        answer = led_to(sign_in_address(home, **{"signed-out": "1"}))
        answer.headers.append("Set-Cookie", no_cookie_header(secure=secure, name=cookies.SESSION))
        answer.headers.append("Set-Cookie", no_name_tag_header(secure=secure))
        return answer


class Session(Endpoint):
    """Whether there is one: without, the middleware has answered already."""

    async def get(self, _request: Request) -> Response:
        """Answer that there is."""
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=NEVER_KEPT)


class TakeAlong(Endpoint):
    """What this browser wrote as a visitor, offered to who has signed in with it for the first time."""

    async def get(self, request: Request) -> Response:
        """Offer it, where there is something."""
        wanted, principal = own_address(request.query_params.get("next")), _principal(request)
        found = None if principal is None else await memos_to_take_along(request, principal)
        if found is None:
            return led_to(_home(wanted, request))
        with _language(request):
            return _page(pages.take_along_page(wanted, found.memos))

    async def post(self, request: Request) -> Response:
        """Take it along, or leave it; then go on."""
        form, principal = await _form(request), _principal(request)
        answer = led_to(_home(own_address(form.get("next")), request))
        if principal is not None:
            chosen = take_along if form.get("choice") == "take" else leave
            for cookie in await chosen(request, principal):
                answer.headers.append("Set-Cookie", cookie)
        return answer


async def _let_in(request: Request, answer: SignedIn | SecondFactorNeeded, wanted: str) -> Response:
    """Return the answer to who has given the right password, or has opened a link."""
    if isinstance(answer, SignedIn):
        return await signed_in(request, answer, wanted)
    # No second factor can be set up yet; an account that has one all the same is not let in without it.
    _log.error("sign-in not finished", reason="second factor")
    shown = pages.sign_in_page(wanted, problem=text("sign_in.second_factor"))
    return _page(shown, HTTPStatus.UNPROCESSABLE_ENTITY)


async def signed_in(request: Request, new: SignedIn, wanted: str) -> Response:
    """Return the answer that makes a browser that of who has just signed in."""
    secure, lifetime, sent = has_tls(), container.current().sessions.lifetime, request.headers.get("cookie")
    found = await memos_to_take_along(request, new.principal)
    if found is not None:
        page = path_in(language_of_path(wanted), TAKE_ALONG)  # the provider knows only one address of ours
        wanted = f"{page}?{urlencode({'next': wanted})}"
    answer = led_to(wanted)
    headers = [
        cookie_header(new.token, secure=secure, lifetime=lifetime, name=cookies.SESSION),
        name_tag_header(new.principal, sent, secure=secure, lifetime=lifetime),
        no_cookie_header(secure=secure, name=cookies.READER),
    ]
    for header in filter(None, headers):
        answer.headers.append("Set-Cookie", header)
    return answer


async def _form(request: Request) -> Mapping[str, str]:
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


def _refusal(request: Request, error: ServiceError, page: str) -> Response:
    status, again = HTTPStatus.UNPROCESSABLE_ENTITY, {}
    if isinstance(error, TooManyAttempts):
        status, again = HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(error.retry_after)}
    elif isinstance(error, Unavailable):
        status = HTTPStatus.SERVICE_UNAVAILABLE
    if "text/html" not in request.headers.get("accept", ""):
        return Problem(status, error.message, again)
    return _page(page, status, again)


def _page(
    content: str, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    return HTMLResponse(content, status.value, {**NEVER_KEPT, **(headers or {})})


def _home(wanted: str, request: Request) -> str:
    """Return where to go on to: the first page in the language of this one, where no other is wanted."""
    return path_in(language_of_path(request.url.path), "/") if wanted == "/" else wanted


def _language(request: Request) -> AbstractContextManager[None]:
    return speaking(language_of_path(request.url.path))


def _principal(request: Request) -> Principal | None:
    found: Principal | None = request.scope.get("state", {}).get("principal")
    return found


def _of(page: str, endpoint: type[Endpoint]) -> tuple[Route, ...]:
    return tuple(
        Route(address, endpoint, middleware=[PROBLEMS]) for address in sorted(in_every_language(page))
    )


ACCOUNT_ROUTES: Final = (
    *_of(SIGN_IN, SignIn),
    *_of(WELCOME, Welcome),
    *_of(TAKE_ALONG, TakeAlong),
    Route(SIGN_OUT, SignOut, middleware=[PROBLEMS]),
    # The help page's button, where each browser is a visitor.
    Route("/session/end", SignOut, middleware=[PROBLEMS]),
    Route("/session", Session, middleware=[PROBLEMS]),
)
"""Only where one signs in at all: else these addresses lead nowhere."""
