"""Run the server as a process of its own, for benchmarks: ``python -m tests.model_server --port 9100``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys

from tests.model_server.cases import Options
from tests.model_server.pace import Pace
from tests.model_server.server import ModelServer


def main() -> None:
    """Serve until it is told to end."""
    parser = argparse.ArgumentParser(prog="python -m tests.model_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; the address is printed")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long each whole answer takes")
    parser.add_argument("--pieces", type=int, default=80, help="how many pieces an answer is sent in")
    arguments = parser.parse_args()
    pace = Pace.lasting(arguments.seconds, arguments.pieces)
    slow = pace if arguments.seconds else Pace.lasting(8.0, arguments.pieces)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(ModelServer(Options(pace=pace, slow=slow)), arguments.port))


async def _serve(server: ModelServer, port: int) -> None:
    await server.start(port)
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    await server.stop()


if __name__ == "__main__":
    main()
