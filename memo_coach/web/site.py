"""Where the built pages lie, and the plug-ins that change how the framework builds them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reflex_base import constants
from reflex_base.environment import environment
from reflex_base.plugins.base import Plugin

from memo_coach.translations.sentences import sentence
from memo_coach.web.errors import BuildFailed

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path("build")
SITE = BUILD / "site"
"""Relative to the root; serving reads nothing else of a build."""
HASHES_FILE = "script-hashes.json"
STAMP_FILE = "inputs.sha256"
STAND_IN = "_"
"""In the place of an id, where a page is built: the same document is every id's."""

_ROUTER_CONFIG = "react-router.config.js"
_PRERENDER = '"prerender": true'
_HOST = "    endpoint.hostname = frontend_hostname;\n"
_PORT_DROPPED = '      endpoint.port = ""; // Assume websocket is on https port via load balancer.\n'


class SameOrigin(Plugin):
    """Make a production build open its socket at the host and port that served the page.

    The framework bakes the port in at build time; with this, one build serves on any address.
    """

    def pre_compile(self, **context: Any) -> None:  # noqa: ANN401 - as the framework has it
        """Have the framework's socket module changed, in production builds only."""
        if environment.REFLEX_ENV_MODE.get() == constants.Env.PROD:
            context["add_modify_task"]("utils/state.js", use_own_origin)


def use_own_origin(source: str) -> str:
    """Return the framework's ``state.js`` with the page's own port in the place of the built-in one.

    Raises:
        BuildFailed: where the framework's source is not the one that this was written for.
    """
    own_port = f"{_HOST}    endpoint.port = window.location.port;\n"
    if own_port in source and _PORT_DROPPED not in source:
        return source
    if source.count(_HOST) != 1 or source.count(_PORT_DROPPED) != 1:
        raise BuildFailed(sentence("building.socket_changed"))
    return source.replace(_HOST, own_port).replace(_PORT_DROPPED, "")


class EveryRoutePrerendered(Plugin):
    """Have a page built for the addresses with an id in them too, which the framework leaves empty.

    What it shows until the server has answered is the same for every id.
    """

    def pre_compile(self, **context: Any) -> None:  # noqa: ANN401 - as the framework has it
        """Have the settings of the framework's router changed, in production builds only."""
        if environment.REFLEX_ENV_MODE.get() == constants.Env.PROD:
            routes = [page.route for page in context["unevaluated_pages"]]
            context["add_modify_task"](_ROUTER_CONFIG, lambda source: prerender_stand_ins(source, routes))


def prerender_stand_ins(source: str, routes: Iterable[str]) -> str:
    """Return the router's settings with an address to prerender for each route with an id in it.

    Raises:
        BuildFailed: where the framework's settings are not those that this was written for.
    """
    if source.count(_PRERENDER) != 1:
        raise BuildFailed(sentence("building.settings_changed"))
    addresses = json.dumps([stand_in for route in routes if (stand_in := _stand_in(route)) != f"/{route}"])
    return source.replace(
        _PRERENDER, f'"prerender": ({{ getStaticPaths }}) => [...getStaticPaths(), ...{addresses}]'
    )


def _stand_in(route: str) -> str:
    """Return an address of a route such as ``versions/[memo]``."""
    return "".join(f"/{STAND_IN if part.startswith('[') else part}" for part in route.split("/"))
