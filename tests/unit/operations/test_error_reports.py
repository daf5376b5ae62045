"""What is reported of an error outside: its class and place, and not a word of anybody's."""

from __future__ import annotations

import gzip
import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import structlog

from memo_coach.operations import error_reports
from memo_coach.operations.logging import configure_logging

pytestmark = pytest.mark.usefixtures("fresh_figures")
MEMO = "Please approve the purchase of three pumps"


class Receiver:
    """Whoever takes reports, as they came over the network."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.status = 200
        receiver = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                receiver.bodies.append(body)
                self.send_response(receiver.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.address = f"http://key@127.0.0.1:{self._server.server_port}/7"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def reports(self) -> list[dict[str, Any]]:
        """Return what has come, when all of it is sent; none is sent afterwards."""
        error_reports.close_error_reports()
        return [json.loads(body.splitlines()[2]) for body in self.bodies]

    def close(self) -> None:
        error_reports.close_error_reports()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    configure_logging("INFO", "json", io.StringIO())
    error_reports.open_error_reports(found.address, "production")
    yield found
    found.close()
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    structlog.reset_defaults()


def break_at(text: str) -> None:
    secret = text
    try:
        int(secret)
    except ValueError as error:
        raise RuntimeError(f"cannot read {secret}") from error


def failed(text: str) -> RuntimeError:
    with pytest.raises(RuntimeError) as raised:
        break_at(text)
    return raised.value


def test_an_error_is_reported_with_its_class_place_and_request(receiver: Receiver) -> None:
    logger = structlog.get_logger("memo_coach.somewhere")
    logger.error("it broke", exc_info=failed(MEMO), request_id="abc", memo_text=MEMO)
    (found,) = receiver.reports()
    assert found["logentry"]["message"] == "it broke"
    assert found["tags"] == {"request_id": "abc"}
    assert found["environment"] == "production"
    assert [each["type"] for each in found["exception"]["values"]] == ["ValueError", "RuntimeError"]
    innermost = found["exception"]["values"][1]["stacktrace"]["frames"][-1]
    assert innermost["function"] == "break_at"
    assert innermost["lineno"] > 0


def test_nothing_that_somebody_wrote_leaves_the_server(receiver: Receiver) -> None:
    structlog.get_logger("ours").error("it broke", exc_info=failed(MEMO), draft_text=MEMO, note=MEMO)
    logging.getLogger("a.library").error("cannot read %s", MEMO, exc_info=failed(MEMO))
    logging.getLogger("a.library").error("cannot read %s", MEMO)
    assert len(receiver.reports()) == 2
    for body in receiver.bodies:
        for word in ("pumps", "cannot read", "vars", "context_line", "breadcrumbs", "modules"):
            assert word.encode() not in body


def test_what_is_no_error_is_not_reported(receiver: Receiver) -> None:
    structlog.get_logger("ours").warning("look at this", exc_info=ValueError())
    assert receiver.reports() == []


def test_a_fault_that_comes_without_end_is_reported_some_times_a_minute(receiver: Receiver) -> None:
    for _ in range(3 * error_reports.MOST_A_MINUTE):
        structlog.get_logger("ours").error("it broke again")
    assert 0 < len(receiver.reports()) <= error_reports.MOST_A_MINUTE


def test_a_receiver_that_refuses_makes_no_report_of_its_own(receiver: Receiver) -> None:
    receiver.status = 500
    structlog.get_logger("ours").error("it broke")
    logging.getLogger("urllib3.connectionpool").error("cannot connect", exc_info=OSError())
    assert len(receiver.reports()) == 1


def test_without_an_address_nothing_is_sent_and_the_library_is_not_loaded() -> None:
    look = (
        "import sys, structlog; from memo_coach.operations.logging import configure_logging;"
        "configure_logging('INFO', 'json'); structlog.get_logger().error('it broke');"
        "print('sentry_sdk' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
