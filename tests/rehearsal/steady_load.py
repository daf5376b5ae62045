"""Ask a site steadily, and count what fails: ``python steady_load.py HOST ADDRESS ROOT PATHS``.

It asks fifty times a second over connections that stay open, each path in turn, until its input ends; then it
prints what came of it as JSON. A program of its own, so that whoever started it does not hold it up.
"""

from __future__ import annotations

import http.client
import itertools
import json
import socket
import ssl
import sys
import threading
import time
from collections import Counter
from pathlib import Path

A_SECOND = 50
CONNECTIONS = 10
LONGEST_SECONDS = 1800
PATIENCE_SECONDS = 30
SHOWN = 10


class Connection(http.client.HTTPSConnection):
    """A connection to the site's name that leads to a given address."""

    def __init__(self, host: str, address: str, trusting: ssl.SSLContext) -> None:
        super().__init__(host, timeout=PATIENCE_SECONDS, context=trusting)
        self._address = address
        self._trusting = trusting

    def connect(self) -> None:
        """Connect to the address, by the site's name."""
        plain = socket.create_connection((self._address, 443), timeout=PATIENCE_SECONDS)
        self.sock = self._trusting.wrap_socket(plain, server_hostname=self.host)


class Load:
    """What is asked, and what came of it."""

    def __init__(self, host: str, address: str, root: str, paths: list[str]) -> None:
        self._where = (host, address, ssl.create_default_context(cafile=root))
        self._paths = itertools.cycle(paths)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.asked = 0
        self.seconds: list[float] = []
        self.failed: Counter[str] = Counter()

    def run(self) -> None:
        """Ask until the input ends, or for the longest time that there is."""
        threads = [threading.Thread(target=self._ask_on, args=(each,)) for each in range(CONNECTIONS)]
        threading.Thread(target=self._wait_for_end, daemon=True).start()
        for thread in threads:
            thread.start()
        self._over.wait(LONGEST_SECONDS)
        self._over.set()
        for thread in threads:
            thread.join()

    def _wait_for_end(self) -> None:
        sys.stdin.read()
        self._over.set()

    def _ask_on(self, number: int) -> None:
        connection = Connection(*self._where)
        every = CONNECTIONS / A_SECOND
        due = time.monotonic() + every * number / CONNECTIONS
        while not self._over.wait(max(0.0, due - time.monotonic())):
            due += every
            with self._lock:
                path = next(self._paths)
            begun = time.monotonic()
            why = ask(connection, path)
            taken = time.monotonic() - begun
            with self._lock:
                self.asked += 1
                self.seconds.append(taken)
                if why:
                    self.failed[f"{path}: {why}"] += 1
        connection.close()


def ask(connection: Connection, path: str) -> str:
    """Ask once; give why it failed, or nothing."""
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return type(error).__name__
    return "" if answer.status < http.HTTPStatus.BAD_REQUEST else str(answer.status)


def main() -> None:
    """Ask as the arguments say, and print what came of it."""
    host, address, root, paths = sys.argv[1:5]
    load = Load(host, address, root, json.loads(Path(paths).read_text(encoding="utf-8")))
    begun = time.monotonic()
    load.run()
    taken = sorted(load.seconds) or [0.0]
    said = {
        "asked": load.asked,
        "failed": sum(load.failed.values()),
        "failures": dict(load.failed.most_common(SHOWN)),
        "seconds": time.monotonic() - begun,
        "p95": taken[int(len(taken) * 0.95)],
        "longest": taken[-1],
    }
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
