"""The pages on which one signs in and out, and what their forms do: plain HTTP, for it sets cookies.

A refusal is the same page once more, with the reason on it; a program that does not ask for a page gets a
problem document.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from memo_coach.services import container
from memo_coach.services.accounts.errors import LinkRefused
from memo_coach.services.accounts.views import SecondFactorNeeded, SignedIn
from memo_coach.services.errors import ServiceError
from memo_coach.translations import languages, text
from memo_coach.web import cookies
from memo_coach.web.accounts import pages
from memo_coach.web.accounts.addresses import (
    SIGN_IN,
    SIGN_OUT,
    TAKE_ALONG,
    WELCOME,
    own_address,
    sign_in_address,
)
from memo_coach.web.accounts.answers import (
    NEVER_KEPT,
    address_in,
    agent_in,
    form_fields,
    home,
    language,
    page_answer,
    principal_in,
    redirect,
    refusal,
    secure,
    signed_in,
    token_in,
)
from memo_coach.web.accounts.name_tag import no_name_tag_header
from memo_coach.web.accounts.page_routes import page_routes
from memo_coach.web.accounts.second_factor_routes import SECOND_FACTOR_ROUTES, browser_of, to_second_step
from memo_coach.web.accounts.taking_along import leave, memos_to_take_along, take_along
from memo_coach.web.accounts.ways import is_led_at_once, other_ways, problem_in, shows_form, way_with_password
from memo_coach.web.cookies import no_cookie_header, tokens_in
from memo_coach.web.endpoints import PROBLEMS, Endpoint
from memo_coach.web.languages import language_asked_for, language_of_path, path_in


class SignIn(Endpoint):
    """Where one signs in."""

    async def get(self, request: Request) -> Response:
        """Show the form; who has signed in goes on at once."""
        wanted = own_address(request.query_params.get("next"))
        if principal_in(request) is not None:
            return redirect(home(wanted, request))
        query, settings = request.query_params, container.current().settings
        with language(request):
            if is_led_at_once(settings, query):
                return redirect(other_ways(settings, wanted)[0].address)
            told = text("sign_in.signed_out") if "signed-out" in query else ""
            way = None if shows_form(settings, query) else way_with_password(wanted)
            shown = _sign_in_page(wanted, told=told, problem=problem_in(query), instead_of_form=way)
            return page_answer(shown)

    async def post(self, request: Request) -> Response:
        """Sign in, and go on to the page that was wanted."""
        form = await form_fields(request)
        wanted, email = own_address(form.get("next")), form.get("email", "")
        with language(request):
            if "passkey" in form:
                return await _by_passkey(request, form["passkey"], wanted)
            try:
                answer = await container.current().sign_in.sign_in(
                    email,
                    form.get("password", ""),
                    address=address_in(request),
                    agent=agent_in(request),
                    previous_token=token_in(request),
                    device=token_in(request, cookies.DEVICE),
                )
            except ServiceError as error:
                shown = _sign_in_page(wanted, email=email[:254], problem=error.message)
                return refusal(request, error, shown)
            return await _let_in(request, answer, home(wanted, request))


class Welcome(Endpoint):
    """Where a one-time link leads: an invitation, a new password, the first administrator."""

    async def get(self, request: Request) -> Response:
        """Show what goes on with the link, in the language of the person: mail knows only one address."""
        path, headers = request.url.path, request.headers
        wanted = language_asked_for(headers.get("cookie"), headers.get("accept-language"))
        if path.rstrip("/") == WELCOME and path_in(wanted, WELCOME) != WELCOME:
            # What stands behind "#" goes along: a browser keeps it where an answer names none.
            return redirect(path_in(wanted, WELCOME), {"Vary": "Accept-Language, Cookie"})
        with language(request):
            return page_answer(pages.welcome_page())

    async def post(self, request: Request) -> Response:
        """Show the form for a link, and with a password make it the account's and sign in."""
        form = await form_fields(request)
        token, typed = (
            form.get("token", "").strip().lstrip("#"),
            (form.get("email", ""), form.get("name", "")),
        )
        service = container.current().sign_in
        with language(request):
            try:
                link = await service.look_at(token)
            except ServiceError as error:
                return refusal(request, error, pages.welcome_page(problem=error.message))
            if "password" not in form:
                return page_answer(pages.redeem_page(token, email=link.email, is_reset=link.is_reset))
            try:
                answer = await service.redeem(
                    token,
                    form["password"],
                    address=address_in(request),
                    agent=agent_in(request),
                    email=typed[0],
                    name=typed[1],
                    previous_token=token_in(request),
                )
            except LinkRefused as error:
                return refusal(request, error, pages.welcome_page(problem=error.message))
            except ServiceError as error:
                shown = pages.redeem_page(
                    token, email=link.email, is_reset=link.is_reset, typed=typed, problem=error.message
                )
                return refusal(request, error, shown)
            return await _let_in(request, answer, path_in(language_of_path(request.url.path), "/"))


class SignOut(Endpoint):
    """The end of this browser's session."""

    async def post(self, request: Request) -> Response:
        """End it, whatever it was, and go to where one signs in."""
        form, is_tls = await form_fields(request), secure()
        for token in tokens_in(request.headers.get("cookie"), secure=is_tls, name=cookies.SESSION):
            await container.current().sessions.sign_out(token)
        chosen = form.get("language", "")
        first = path_in(chosen if chosen in languages() else "en", "/")
        answer = redirect(sign_in_address(first, **{"signed-out": "1"}))
        answer.headers.append("Set-Cookie", no_cookie_header(secure=is_tls, name=cookies.SESSION))
        answer.headers.append("Set-Cookie", no_name_tag_header(secure=is_tls))
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
        wanted, principal = own_address(request.query_params.get("next")), principal_in(request)
        found = None if principal is None else await memos_to_take_along(request, principal)
        if found is None:
            return redirect(home(wanted, request))
        with language(request):
            return page_answer(pages.take_along_page(wanted, found.memos))

    async def post(self, request: Request) -> Response:
        """Take it along, or leave it; then go on."""
        form, principal = await form_fields(request), principal_in(request)
        answer = redirect(home(own_address(form.get("next")), request))
        if principal is not None:
            chosen = take_along if form.get("choice") == "take" else leave
            for cookie in await chosen(request, principal):
                answer.headers.append("Set-Cookie", cookie)
        return answer


async def _by_passkey(request: Request, answer: str, wanted: str) -> Response:
    """Sign in by a passkey in the password's place."""
    try:
        new = await container.current().accounts.second_step.with_passkey_alone(answer, browser_of(request))
    except ServiceError as error:
        return refusal(request, error, _sign_in_page(wanted, problem=error.message))
    return await signed_in(request, new, home(wanted, request))


def _sign_in_page(
    wanted: str,
    *,
    email: str = "",
    problem: str = "",
    told: str = "",
    instead_of_form: pages.OtherWay | None = None,
) -> str:
    services = container.current()
    return pages.sign_in_page(
        wanted,
        email=email,
        problem=problem,
        told=told,
        other_ways=other_ways(services.settings, wanted),
        instead_of_form=instead_of_form,
        has_passkeys=services.accounts.second_step.can_use_passkeys,
    )


async def _let_in(request: Request, answer: SignedIn | SecondFactorNeeded, wanted: str) -> Response:
    """Return the answer to who has given the right password, or has opened a link."""
    if isinstance(answer, SignedIn):
        return await signed_in(request, answer, wanted)
    return to_second_step(request, answer.ticket, wanted)


ACCOUNT_ROUTES: Final = (
    *page_routes(SIGN_IN, SignIn),
    *SECOND_FACTOR_ROUTES,
    *page_routes(WELCOME, Welcome),
    *page_routes(TAKE_ALONG, TakeAlong),
    Route(SIGN_OUT, SignOut, middleware=[PROBLEMS]),
    # The help page's button, where each browser is a visitor.
    Route("/session/end", SignOut, middleware=[PROBLEMS]),
    Route("/session", Session, middleware=[PROBLEMS]),
)
"""Only where one signs in at all: else these addresses lead nowhere."""
