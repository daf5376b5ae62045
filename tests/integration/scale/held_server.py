"""A live server whose coach a test holds back. Run as a program it is that server."""

from __future__ import annotations

import sys

from memo_coach.server import serve
from tests.live_server import LiveServer


class HeldServer(LiveServer):
    """See :mod:`tests.integration.scale.held_app`."""

    module = "tests.integration.scale.held_server"


if __name__ == "__main__":
    serve.TARGET = "tests.integration.scale.held_app:app"
    sys.exit(serve.main())
