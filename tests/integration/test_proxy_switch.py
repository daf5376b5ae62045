"""The proxy itself follows what a deploy writes: at once, with no request lost, and it says when it has."""

from __future__ import annotations

import http.client
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
TRAEFIK = ROOT / ".venv-operations" / "bin" / "traefik"
PROGRAMS = ROOT / "ansible" / "roles" / "stack" / "files"
SLOTS_PORT = 3000
SWITCHES, REQUESTS = 6, 400
ROUTES = """
http:
  routers:
    all:
      entryPoints: [web]
      rule: PathPrefix(`/`)
      service: app
  serversTransports:
    app:
      maxIdleConnsPerHost: 64
"""

pytestmark = pytest.mark.skipif(
    not TRAEFIK.is_file(), reason="the operators' tools are not installed: make operations"
)


@contextmanager
def serving(name: str) -> Iterator[None]:
    """Serve at an address of the loopback, where a container would be reached by its name."""

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(name)))
            self.end_headers()
            self.wfile.write(name.encode())

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((name, SLOTS_PORT), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(port: int, path: str = "/") -> tuple[int, str]:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asking.request("GET", path)
        answer = asking.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        asking.close()


def test_it_leads_to_the_other_one_all_at_once_and_loses_no_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dynamic = tmp_path / "ops/traefik/dynamic"
    dynamic.mkdir(parents=True)
    (dynamic / "routes.yml").write_text(ROUTES)
    monkeypatch.setenv("MEMO_COACH_INSTALLATION", str(tmp_path))
    monkeypatch.syspath_prepend(PROGRAMS)
    monkeypatch.delitem(sys.modules, "memo_coach_slots", raising=False)
    import memo_coach_slots as slots  # type: ignore[import-not-found]  # noqa: PLC0415 - reads what is set above

    # Addresses that no other test has, also of one that runs beside this one.
    place = random.SystemRandom().randrange(1, 250)
    first, second = f"127.77.{os.getpid() % 250}.{place}", f"127.78.{os.getpid() % 250}.{place}"
    web, ping = free_port(), free_port()
    failed: Counter[str] = Counter()
    answered: list[str] = []
    over = threading.Event()

    def ask_on() -> None:
        while not over.wait(0.02):
            status, who = ask(web)
            answered.append(who)
            if status != 200:
                failed[str(status)] += 1

    with ExitStack() as ends:
        for name in (first, second):
            ends.enter_context(serving(name))
        slots.lead_to(first)
        options = {
            "entryPoints.web.address": f"127.0.0.1:{web}",
            "entryPoints.ping.address": f"127.0.0.1:{ping}",
            "ping": "true",
            "ping.entryPoint": "ping",
            "providers.file.directory": str(dynamic),
            "providers.file.watch": "true",
            "global.checkNewVersion": "false",
            "global.sendAnonymousUsage": "false",
        }
        proxy = subprocess.Popen([str(TRAEFIK), *(f"--{name}={value}" for name, value in options.items())])
        ends.callback(proxy.wait)
        ends.callback(proxy.terminate)
        wait_until(lambda: ask(ping, f"/slot/{first}")[0] == 200, "the proxy leads to the first")
        assert ask(ping, f"/slot/{second}")[0] == 404
        asking = threading.Thread(target=ask_on)
        asking.start()
        ends.callback(asking.join)
        ends.callback(over.set)
        for turn in range(SWITCHES):
            name = (second, first)[turn % 2]
            slots.lead_to(name)
            wait_until(lambda name=name: ask(ping, f"/slot/{name}")[0] == 200, f"the proxy leads to {name}")  # type: ignore[misc]
            # What has been said of the switch is true of the next request.
            assert ask(web) == (200, name)
        wait_until(lambda: len(answered) >= REQUESTS, "enough requests were answered")
    assert failed == Counter()
    assert {first, second} == set(answered)
