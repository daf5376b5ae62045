"""A port that a test is given is its own: no other test gets it, and its server can listen there."""

from __future__ import annotations

import random
import socket
import subprocess
import sys

import pytest

from tests import ports
from tests.live_server import ROOT
from tests.ports import FIRST, LAST, free_port


def only_one(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Leave a single number to choose from."""
    monkeypatch.setattr(random, "sample", lambda _numbers, k: [number])


def test_a_server_can_listen_at_it() -> None:
    number = free_port()
    assert FIRST <= number <= LAST
    with socket.create_server(("127.0.0.1", number)):
        pass


def test_none_is_given_out_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    only_one(monkeypatch, free_port())
    with pytest.raises(AssertionError, match="No port"):
        free_port()


def test_another_process_is_not_given_it_either() -> None:
    given_before = f"random.sample = lambda _numbers, k: [{free_port()}]"
    ended = subprocess.run(
        [sys.executable, "-c", f"import random; from tests import ports; {given_before}; ports.free_port()"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "AssertionError: No port" in ended.stderr


def test_where_somebody_listens_is_not_free_until_they_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    number = free_port()
    ports._reserved.pop().close()
    only_one(monkeypatch, number)
    with socket.create_server(("127.0.0.1", number)), pytest.raises(AssertionError, match="No port"):
        free_port()
    assert free_port() == number
