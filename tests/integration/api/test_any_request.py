"""No request, whether it fits the API's description or not, is answered otherwise than that says."""

from __future__ import annotations

from pathlib import Path

from tests.integration.api.any_request import ask_anything, server_in

EXAMPLES = 3
"""Of each address, beside those that go through each limit of its parameters: `make fuzz` asks more."""


def test_any_request_is_answered_as_described(site: Path, tmp_path: Path) -> None:
    server = server_in(tmp_path / "server")
    server.start()
    try:
        assert ask_anything(server, EXAMPLES, tmp_path, seed=1) == ""
        log = server.log.read_text("utf-8")
    finally:
        server.stop()
    assert "mct_" not in log
    assert "Traceback" not in log
    assert "request failed" not in log
