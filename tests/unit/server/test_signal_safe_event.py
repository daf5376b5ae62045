"""What a server waits for until a signal comes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from memo_coach.server.signal_safe_event import SignalSafeEvent

# Signals that come by the thousand, each in the midst of what the one before it does.
SIGNALS_WHILE_WAITING = """
import signal
from memo_coach.server.signal_safe_event import SignalSafeEvent as Event

event, seen = Event(), 0

def handle(number, frame):
    global seen
    seen += 1
    event.set()

signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.00005)
while seen < 2000:
    event.wait()
    event.clear()
    event.set()
signal.setitimer(signal.ITIMER_REAL, 0)
print("ended")
"""
PATIENCE_SECONDS = 60


def _ends(program: str) -> bool:
    try:
        done = subprocess.run(
            [sys.executable, "-c", program],
            timeout=PATIENCE_SECONDS,
            capture_output=True,
            text=True,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.stdout == "ended\n"


def test_signals_in_the_midst_of_one_another_never_lock_it_out() -> None:
    assert _ends(SIGNALS_WHILE_WAITING)


@pytest.mark.parametrize("before", [0, 1, 3])
def test_it_is_waited_for_until_it_is_set_and_forgets_that_when_it_is_cleared(before: int) -> None:
    event = SignalSafeEvent()
    for _ in range(before):
        event.set()
    event.clear()
    event.set()
    event.wait()
    event.wait()


def test_the_server_waits_for_it_in_the_place_of_its_own() -> None:
    from granian import Granian  # noqa: PLC0415 - it is loaded for this test alone

    from memo_coach.server.serve import _Server  # noqa: PLC0415

    assert {"set", "wait", "clear"} <= set(dir(Granian("nothing:here").main_loop_interrupt))
    assert isinstance(_Server("nothing:here").main_loop_interrupt, SignalSafeEvent)
