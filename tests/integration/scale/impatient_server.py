"""A live server that soon asks its sockets whether they are there. Run as a program it is that server."""

from __future__ import annotations

import sys

from memo_coach.server import serve
from tests.live_server import LiveServer

INTERVAL_SECONDS, TIMEOUT_SECONDS = 1, 6


class ImpatientServer(LiveServer):
    """One on which a test need not wait for the sixteen seconds that a silent peer is given."""

    module = "tests.integration.scale.impatient_server"


if __name__ == "__main__":
    serve._FRAMEWORK["REFLEX_SOCKET_INTERVAL"] = str(INTERVAL_SECONDS)
    serve._FRAMEWORK["REFLEX_SOCKET_TIMEOUT"] = str(TIMEOUT_SECONDS)
    sys.exit(serve.main())
