"""The second step of signing in, and the page of one's own second factors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from memo_coach.services import container
from memo_coach.services.accounts.errors import LinkRefused, SignInRefused
from memo_coach.services.accounts.principal import Principal
from memo_coach.services.accounts.second_factors.errors import CodeRefused
from memo_coach.services.accounts.second_factors.second_step import Browser
from memo_coach.services.accounts.views import SignedIn
from memo_coach.services.errors import NotFound, ServiceError
from memo_coach.translations import text
from memo_coach.web import cookies
from memo_coach.web.accounts import second_factor_pages as pages
from memo_coach.web.accounts.addresses import (
    PASSKEY,
    SECOND_STEP,
    SIGN_IN,
    SIGN_IN_METHODS,
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
from memo_coach.web.accounts.page_routes import page_routes
from memo_coach.web.cookies import cookie_header, no_cookie_header, tokens_in
from memo_coach.web.endpoints import PROBLEMS, Endpoint
from memo_coach.web.languages import language_of_path, path_in

_TICKET: Final = "memo_coach_second_step"
_TICKET_TIME: Final = timedelta(minutes=5)
_TOLD: Final = frozenset({"added", "renamed", "removed", "confirmed"})


def browser_of(request: Request) -> Browser:
    """Return by what somebody signs in."""
    device = token_in(request, cookies.DEVICE)
    return Browser(address_in(request), agent_in(request), token_in(request), device)


def to_second_step(request: Request, ticket: str, wanted: str) -> Response:
    """Return what leads on to the second step; the ticket is in a cookie, which no script reads."""
    page = path_in(language_of_path(request.url.path), SECOND_STEP)
    answer = redirect(f"{page}?{urlencode({'next': wanted})}")
    cookie = cookie_header(ticket, secure=secure(), lifetime=_TICKET_TIME, name=_TICKET)
    answer.headers.append("Set-Cookie", cookie)
    return answer


class SecondStep(Endpoint):
    """Where one shows a second factor, or sets one up that is asked of one."""

    async def get(self, request: Request) -> Response:
        """Show the form; without a ticket one begins anew."""
        wanted = own_address(request.query_params.get("next"))
        with language(request):
            try:
                return page_answer(await _step_page(_ticket(request), wanted))
            except (LinkRefused, SignInRefused):
                return redirect(sign_in_address(home(wanted, request)))

    async def post(self, request: Request) -> Response:
        """Take a code or a passkey, and go on to the page that was wanted."""
        form, ticket = await form_fields(request), _ticket(request)
        wanted = own_address(form.get("next"))
        service = container.current().accounts.second_step
        with language(request):
            try:
                step = await service.look_at(ticket)
                by = browser_of(request)
                if not step.kinds:
                    first, codes = await service.add_first(
                        ticket, by, code=form.get("code", ""), passkey=form.get("passkey", "")
                    )
                    return await _with_codes(request, first, codes, home(wanted, request))
                if "passkey" in form:
                    new = await service.with_passkey(ticket, form["passkey"], by)
                else:
                    new = await service.with_code(ticket, form.get("code", ""), by)
            except (LinkRefused, SignInRefused):
                return redirect(sign_in_address(home(wanted, request)))
            except ServiceError as error:
                return refusal(request, error, await _step_page(ticket, wanted, error.message))
            return _without_ticket(await signed_in(request, new, home(wanted, request)))


class PasskeyRequest(Endpoint):
    """What a passkey has to sign, for the script of a page."""

    async def post(self, request: Request) -> Response:
        """Return it as JSON."""
        accounts, page = container.current().accounts, request.url.path.removesuffix(PASSKEY)
        principal = principal_in(request)
        if page == SIGN_IN_METHODS and principal is not None:
            asked = await accounts.own_factors.passkey_registration(principal)
        elif page == SIGN_IN:
            asked = await accounts.second_step.passkey_request(None)
        else:
            ticket = _ticket(request)
            step = await accounts.second_step.look_at(ticket)
            make = accounts.second_step.passkey_request if step.kinds else None
            asked = await (make or accounts.second_step.passkey_registration)(ticket)
        return Response(asked, media_type="application/json", headers=NEVER_KEPT)


class SignInMethods(Endpoint):
    """One's own second factors."""

    async def get(self, request: Request) -> Response:
        """Show them."""
        done = request.query_params.get("done", "")
        with language(request):
            return await _own_page(request, told=text(f"second_factors.{done}") if done in _TOLD else "")

    async def post(self, request: Request) -> Response:
        """Change something about them."""
        form, principal = await form_fields(request), principal_in(request)
        action = _ACTIONS.get(form.get("action", ""))
        with language(request):
            if action is None or principal is None:
                return await _own_page(request)
            try:
                return await action(request, principal, form)
            except CodeRefused as error:
                setup = await container.current().accounts.own_factors.set_up_authenticator(principal)
                return refusal(request, error, pages.authenticator_page(setup, problem=error.message))
            except ServiceError as error:
                view = await container.current().accounts.own_factors.view(principal)
                return refusal(request, error, pages.own_factors_page(view, problem=error.message))


async def _own_page(request: Request, *, told: str = "") -> Response:
    principal = principal_in(request)
    if principal is None:
        raise NotFound
    view = await container.current().accounts.own_factors.view(principal)
    return page_answer(pages.own_factors_page(view, told=told))


async def _confirm(request: Request, principal: Principal, form: Mapping[str, str]) -> Response:
    service = container.current().accounts.own_factors
    await service.confirm(principal, form.get("password", ""), address=address_in(request))
    return _done(request, "confirmed")


async def _set_up_authenticator(request: Request, principal: Principal, form: Mapping[str, str]) -> Response:
    del request, form
    setup = await container.current().accounts.own_factors.set_up_authenticator(principal)
    return page_answer(pages.authenticator_page(setup))


async def _add_authenticator(request: Request, principal: Principal, form: Mapping[str, str]) -> Response:
    service, name = container.current().accounts.own_factors, form.get("name", "")
    codes = await service.add_authenticator(
        principal, form.get("code", ""), name, address=address_in(request)
    )
    return _codes_or_done(request, codes)


async def _add_passkey(request: Request, principal: Principal, form: Mapping[str, str]) -> Response:
    service, name = container.current().accounts.own_factors, form.get("name", "")
    codes = await service.add_passkey(principal, form.get("passkey", ""), name, address=address_in(request))
    return _codes_or_done(request, codes)


async def _rename(request: Request, principal: Principal, form: Mapping[str, str]) -> Response:
    service = container.current().accounts.own_factors
    await service.rename(principal, form.get("factor", ""), form.get("name", ""))
    return _done(request, "renamed")


async def _remove(request: Request, principal: Principal, form: Mapping[str, str]) -> Response:
    service = container.current().accounts.own_factors
    await service.remove(principal, form.get("factor", ""), address=address_in(request))
    return _done(request, "removed")


async def _new_codes(request: Request, principal: Principal, form: Mapping[str, str]) -> Response:
    del form
    service = container.current().accounts.own_factors
    return _codes_or_done(request, await service.new_recovery_codes(principal, address=address_in(request)))


_ACTIONS: Final[Mapping[str, Callable[[Request, Principal, Mapping[str, str]], Awaitable[Response]]]] = {
    "confirm": _confirm,
    "set-up-authenticator": _set_up_authenticator,
    "add-authenticator": _add_authenticator,
    "add-passkey": _add_passkey,
    "rename": _rename,
    "remove": _remove,
    "new-codes": _new_codes,
}


def _codes_or_done(request: Request, codes: tuple[str, ...]) -> Response:
    """Show new recovery codes, this one time; else say that it was done."""
    if not codes:
        return _done(request, "added")
    page = path_in(language_of_path(request.url.path), SIGN_IN_METHODS)
    return page_answer(pages.recovery_codes_page(codes, SIGN_IN_METHODS, page))


def _done(request: Request, what: str) -> Response:
    page = path_in(language_of_path(request.url.path), SIGN_IN_METHODS)
    return redirect(f"{page}?{urlencode({'done': what})}")


async def _step_page(ticket: str, wanted: str, problem: str = "") -> str:
    service = container.current().accounts.second_step
    step = await service.look_at(ticket)
    if step.kinds:
        return pages.second_step_page(step, wanted, problem=problem)
    return pages.set_up_page(step, await service.set_up_authenticator(ticket), wanted, problem=problem)


async def _with_codes(request: Request, new: SignedIn, codes: tuple[str, ...], wanted: str) -> Response:
    """Return the answer that signs in and shows recovery codes before it leads on."""
    on = _without_ticket(await signed_in(request, new, wanted))
    if not codes:
        return on
    answer = page_answer(pages.recovery_codes_page(codes, SIGN_IN_METHODS, on.headers["location"]))
    for cookie in on.headers.getlist("set-cookie"):
        answer.headers.append("Set-Cookie", cookie)
    return answer


def _without_ticket(answer: Response) -> Response:
    answer.headers.append("Set-Cookie", no_cookie_header(secure=secure(), name=_TICKET))
    return answer


def _ticket(request: Request) -> str:
    found = tokens_in(request.headers.get("cookie"), secure=secure(), name=_TICKET)
    return found[0] if found else ""


SECOND_FACTOR_ROUTES: Final = (
    *page_routes(SECOND_STEP, SecondStep),
    *page_routes(SIGN_IN_METHODS, SignInMethods),
    *(
        Route(f"{page}{PASSKEY}", PasskeyRequest, middleware=[PROBLEMS])
        for page in (SIGN_IN, SECOND_STEP, SIGN_IN_METHODS)
    ),
)
