"""Where the built pages lie, and the plug-in that makes them talk to the host that they came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reflex_base import constants
from reflex_base.environment import environment
from reflex_base.plugins.base import Plugin

from memo_coach.web.errors import BuildFailed

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path("build")
SITE = BUILD / "site"
"""Relative to the root; serving reads nothing else of a build."""
HASHES_FILE = "script-hashes.json"
STAMP_FILE = "inputs.sha256"

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
        raise BuildFailed(
            "The framework's socket module has changed: look at SameOrigin in memo_coach/web/site.py."
        )
    return source.replace(_HOST, own_port).replace(_PORT_DROPPED, "")
