"""Figures are counted by a few words, whatever is asked for."""

from __future__ import annotations

import pytest
from starlette.routing import Route

from memo_coach.web.accounts.routes import ACCOUNT_ROUTES
from memo_coach.web.accounts.single_sign_on import SINGLE_SIGN_ON_ROUTES
from memo_coach.web.route_classes import PAGE, ROUTE_CLASSES, route_class
from memo_coach.web.routes import ROUTES


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "page"),
        ("/es/help", "page"),
        ("/chat/some-id", "page"),
        ("/assets/app-1a2b.js", "file"),
        ("/favicon.ico", "file"),
        ("/api/v1/evaluations", "api"),
        ("/mcp", "mcp"),
        ("/login", "account"),
        ("/es/login", "account"),
        ("/health/ready", "health"),
        ("/metrics", "metrics"),
        ("/_event/", "socket"),
    ],
)
def test_what_is_asked_for_has_a_kind(path: str, expected: str) -> None:
    assert route_class(path) == expected


@pytest.mark.parametrize(
    "route", [*ROUTES, *ACCOUNT_ROUTES, *SINGLE_SIGN_ON_ROUTES], ids=lambda each: each.path
)
def test_a_route_that_is_no_page_counts_as_none(route: Route) -> None:
    assert route_class(route.path) in ROUTE_CLASSES - {PAGE, "file"}


def test_no_path_makes_a_kind_of_its_own() -> None:
    paths = [f"/{first}/{number}" for number in range(50) for first in ("x", "..", "%2e", "login/x", "\n")]
    assert {route_class(path) for path in ("", "no-slash", *paths)} <= ROUTE_CLASSES
