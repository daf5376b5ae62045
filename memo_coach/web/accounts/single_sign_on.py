"""The way to the provider and back: two addresses, which set cookies and show nothing of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from memo_coach.services import container
from memo_coach.services.accounts.single_sign_on.configuration import CALLBACK
from memo_coach.services.accounts.single_sign_on.errors import Reason, SingleSignOnRefused
from memo_coach.services.accounts.single_sign_on.views import LIFETIME, Answer
from memo_coach.services.errors import Unavailable
from memo_coach.web import cookies
from memo_coach.web.accounts.addresses import PROVIDER, own_address, sign_in_address
from memo_coach.web.accounts.answers import address_in, agent_in, redirect, secure, signed_in, token_in
from memo_coach.web.accounts.page_routes import page_routes
from memo_coach.web.accounts.ways import PROBLEM
from memo_coach.web.cookies import cookie_header, no_cookie_header
from memo_coach.web.endpoints import PROBLEMS, Endpoint
from memo_coach.web.languages import language_of_path, path_in

if TYPE_CHECKING:
    from memo_coach.services.accounts.single_sign_on.service import SingleSignOn

_LONGEST_ANSWER: Final = 5_000


class ToProvider(Endpoint):
    """The way to the provider."""

    async def get(self, request: Request) -> Response:
        """Begin a sign-in, and lead the browser there."""
        wanted = own_address(request.query_params.get("next"))
        if wanted == "/":
            wanted = path_in(language_of_path(request.url.path), "/")
        try:
            begun = await _service().begin(wanted, token_in(request, cookies.SIGN_IN))
        except SingleSignOnRefused as refused:
            return _refused(refused.reason, wanted)
        except Unavailable:
            return _refused(Reason.UNAVAILABLE, wanted)
        answer = redirect(begun.address)
        header = cookie_header(begun.browser_token, secure=secure(), lifetime=LIFETIME, name=cookies.SIGN_IN)
        answer.headers.append("Set-Cookie", header)
        return answer


class FromProvider(Endpoint):
    """The way back."""

    async def get(self, request: Request) -> Response:
        """Sign in whoever comes back, or say on the sign-in page why not."""
        given = {name: value for name, value in request.query_params.items() if len(value) <= _LONGEST_ANSWER}
        try:
            arrived = await _service().finish(
                Answer(given.get("state"), given.get("code"), given.get("error"), given.get("iss")),
                token_in(request, cookies.SIGN_IN),
                address=address_in(request),
                agent=agent_in(request),
                previous_token=token_in(request),
            )
        except SingleSignOnRefused as refused:
            return _refused(refused.reason, own_address(refused.next_address))
        except Unavailable:
            return _refused(Reason.UNAVAILABLE, "/")
        answer = await signed_in(request, arrived.signed_in, own_address(arrived.next_address))
        answer.headers.append("Set-Cookie", no_cookie_header(secure=secure(), name=cookies.SIGN_IN))
        return answer


def _service() -> SingleSignOn:
    found = container.current().accounts.single_sign_on
    if found is None:
        raise HTTPException(404)
    return found


def _refused(reason: Reason, wanted: str) -> Response:
    return redirect(sign_in_address(wanted, **{PROBLEM: reason.value}))


SINGLE_SIGN_ON_ROUTES: Final = (
    *page_routes(PROVIDER, ToProvider),
    Route(CALLBACK, FromProvider, middleware=[PROBLEMS]),
)
