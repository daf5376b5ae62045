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
from memo_coach.web.accounts.addresses import PROVIDER, in_every_language, own_address, sign_in_address
from memo_coach.web.accounts.browser import address_of, agent_of, has_tls, led_to, token_of
from memo_coach.web.accounts.routes import signed_in
from memo_coach.web.accounts.ways import PROBLEM
from memo_coach.web.cookies import cookie_header, no_cookie_header
from memo_coach.web.languages import language_of_path, path_in
from memo_coach.web.routes import PROBLEMS, Endpoint

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
            begun = await _service().begin(wanted, token_of(request, cookies.SIGN_IN))
        except SingleSignOnRefused as refused:
            return _refused(refused.reason, wanted)
        except Unavailable:
            return _refused(Reason.UNAVAILABLE, wanted)
        answer = led_to(begun.address)
        header = cookie_header(begun.browser_token, secure=has_tls(), lifetime=LIFETIME, name=cookies.SIGN_IN)
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
                token_of(request, cookies.SIGN_IN),
                address=address_of(request),
                agent=agent_of(request),
                previous_token=token_of(request),
            )
        except SingleSignOnRefused as refused:
            return _refused(refused.reason, own_address(refused.next_address))
        except Unavailable:
            return _refused(Reason.UNAVAILABLE, "/")
        answer = await signed_in(request, arrived.signed_in, own_address(arrived.next_address))
        answer.headers.append("Set-Cookie", no_cookie_header(secure=has_tls(), name=cookies.SIGN_IN))
        return answer


def _service() -> SingleSignOn:
    found = container.current().accounts.single_sign_on
    if found is None:
        raise HTTPException(404)
    return found


def _refused(reason: Reason, wanted: str) -> Response:
    return led_to(sign_in_address(wanted, **{PROBLEM: reason.value}))


SINGLE_SIGN_ON_ROUTES: Final = (
    *(Route(address, ToProvider, middleware=[PROBLEMS]) for address in sorted(in_every_language(PROVIDER))),
    Route(CALLBACK, FromProvider, middleware=[PROBLEMS]),
)
