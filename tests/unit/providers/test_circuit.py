"""A circuit opens after failures in a row, rests, lets one call try, and closes by itself."""

from __future__ import annotations

import pytest

from memo_coach.providers.circuit import CircuitBreaker


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuit(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(3, 30.0, clock)


def fail(circuit: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        assert circuit.admits()
        circuit.failed()


def test_it_begins_closed_and_lets_all_calls_through(circuit: CircuitBreaker) -> None:
    assert circuit.state == "closed"
    assert all(circuit.admits() for _ in range(10))


def test_one_failure_less_than_allowed_leaves_it_closed(circuit: CircuitBreaker) -> None:
    fail(circuit, 2)
    assert circuit.state == "closed"


def test_it_opens_at_the_last_failure_allowed(circuit: CircuitBreaker) -> None:
    fail(circuit, 3)
    assert circuit.state == "open"
    assert not circuit.admits()


def test_a_success_in_between_starts_the_count_anew(circuit: CircuitBreaker) -> None:
    fail(circuit, 2)
    circuit.succeeded()
    fail(circuit, 2)
    assert circuit.state == "closed"


def test_a_first_word_in_between_does_not(circuit: CircuitBreaker) -> None:
    fail(circuit, 2)
    circuit.answered()
    fail(circuit, 1)
    assert circuit.state == "open"


def test_it_stays_open_until_it_has_rested(circuit: CircuitBreaker, clock: Clock) -> None:
    fail(circuit, 3)
    clock.now += 29.9
    assert circuit.state == "open"
    clock.now += 0.1
    assert circuit.state == "half-open"


def test_half_open_it_lets_one_call_through(circuit: CircuitBreaker, clock: Clock) -> None:
    fail(circuit, 3)
    clock.now += 30
    assert circuit.admits()
    assert not circuit.may_admit
    assert not circuit.admits()


def test_the_first_word_of_the_trial_closes_it_for_all(circuit: CircuitBreaker, clock: Clock) -> None:
    fail(circuit, 3)
    clock.now += 30
    assert circuit.admits()
    circuit.answered()
    assert circuit.state == "closed"
    assert circuit.admits()


def test_a_failed_trial_opens_it_for_another_rest(circuit: CircuitBreaker, clock: Clock) -> None:
    fail(circuit, 3)
    clock.now += 30
    fail(circuit, 1)
    assert circuit.state == "open"
    clock.now += 29
    assert circuit.state == "open"
    clock.now += 1
    assert circuit.admits()


def test_after_a_trial_that_was_stopped_another_call_may_try(circuit: CircuitBreaker, clock: Clock) -> None:
    fail(circuit, 3)
    clock.now += 30
    assert circuit.admits()
    circuit.abandoned()
    assert circuit.state == "half-open"
    assert circuit.admits()


def test_a_call_from_before_it_opened_does_not_prolong_its_rest(
    circuit: CircuitBreaker, clock: Clock
) -> None:
    assert all(circuit.admits() for _ in range(4))
    for _ in range(3):
        circuit.failed()
    clock.now += 20
    circuit.failed()
    clock.now += 10
    assert circuit.state == "half-open"
