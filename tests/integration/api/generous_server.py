"""A live server that answers as often as it is asked. Run as a program it is that server."""

from __future__ import annotations

import sys

from memo_coach.server import serve
from tests.live_server import LiveServer


class GenerousServer(LiveServer):
    """See :mod:`tests.integration.api.generous_app`."""

    module = "tests.integration.api.generous_server"


if __name__ == "__main__":
    serve.TARGET = "tests.integration.api.generous_app:app"
    sys.exit(serve.main())
