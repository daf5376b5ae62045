"""The routes of a page that is made here: one for each language, with and without a slash at the end."""

from __future__ import annotations

from starlette.routing import Route

from memo_coach.web.accounts.addresses import in_every_language
from memo_coach.web.endpoints import PROBLEMS, Endpoint


def page_routes(page: str, endpoint: type[Endpoint]) -> tuple[Route, ...]:
    """Return the routes that lead to a page by its English path."""
    return tuple(
        Route(address, endpoint, middleware=[PROBLEMS]) for address in sorted(in_every_language(page))
    )
