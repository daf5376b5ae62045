"""Which figures there are, by the names under which Prometheus reads them, and how those of workers add up.

The library is imported with this module, which :mod:`.metrics` loads with the first figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

NAME: Final = "memo_coach"
"""What the names of all begin with."""

_FIRST_TOKEN_SECONDS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60)
_CALL_SECONDS = (0.5, 1, 2, 4, 8, 12, 20, 30, 45, 60, 90, 120, 180, 300)
_EVALUATION_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 12, 20, 30, 60, 120, 300)
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STATEMENT_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)

_Together = Literal["mostrecent", "livesum"]
"""How workers' values make one: the last that was looked up, or the sum of those that are alive."""


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is counted and looked up."""

    registry: CollectorRegistry
    requests: Counter
    request_seconds: Histogram
    sockets: Counter
    open_sockets: Gauge
    socket_events: Counter
    calls: Counter
    tokens: Counter
    cost: Counter
    fallbacks: Counter
    evaluations: Counter
    first_feedback_seconds: Histogram
    first_token_seconds: Histogram
    call_seconds: Histogram
    evaluation_seconds: Histogram
    budget: Gauge
    circuit_open: Gauge
    queue: Gauge
    queue_age: Gauge
    connections: Gauge
    most_connections: Gauge
    statement_seconds: Histogram
    redis_up: Gauge
    sessions: Gauge
    run_finished: Gauge
    run_succeeded: Gauge
    errors: Counter
    build: Gauge


def make_figures() -> Figures:
    """Make all of them, at nought."""
    registry = CollectorRegistry()

    def counter(name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, namespace=NAME, registry=registry)

    def histogram(name: str, text: str, label: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(name, text, (label,), namespace=NAME, buckets=buckets, registry=registry)

    def gauge(name: str, text: str, *labels: str, together: _Together = "mostrecent") -> Gauge:
        # What is looked up all workers look up alike: the last look is the truest.
        return Gauge(name, text, labels, namespace=NAME, registry=registry, multiprocess_mode=together)

    return Figures(
        registry=registry,
        requests=counter("requests", "Answers to requests", "route", "status"),
        request_seconds=histogram("request_seconds", "To the end of an answer", "route", _REQUEST_SECONDS),
        sockets=counter("sockets", "Pages' connections that were opened, refused and closed", "outcome"),
        open_sockets=gauge("open_sockets", "Pages that are connected", together="livesum"),
        socket_events=counter("socket_events", "Events that pages sent: queued or refused", "outcome"),
        calls=counter(
            "model_calls", "Calls to models that have ended", "model", "purpose", "status", "failure"
        ),
        tokens=counter("model_tokens", "Tokens sent to and received from models", "model", "kind"),
        cost=counter("model_cost_usd", "What calls to models cost, in US dollars", "model"),
        fallbacks=counter(
            "coach_fallbacks", "Another spoke than who was asked: a model or builtin", "from", "to", "reason"
        ),
        evaluations=counter("evaluations", "Evaluations that have ended", "coach", "status", "reason"),
        first_feedback_seconds=histogram(
            "first_feedback_seconds", "From asking to the first thing to read", "coach", _EVALUATION_SECONDS
        ),
        first_token_seconds=histogram(
            "model_first_token_seconds", "From the call to its first text", "model", _FIRST_TOKEN_SECONDS
        ),
        call_seconds=histogram(
            "model_seconds", "From the call to its end, all attempts", "model", _CALL_SECONDS
        ),
        evaluation_seconds=histogram(
            "evaluation_seconds", "From the start of an evaluation to its end", "coach", _EVALUATION_SECONDS
        ),
        budget=gauge("model_budget_usd", "Today's budget for models, spent, reserved and left", "state"),
        circuit_open=gauge("model_circuit_open", "1 while a model is left alone for it failed", "model"),
        queue=gauge("queue_evaluations", "Evaluations that wait and that run", "state"),
        queue_age=gauge("queue_oldest_seconds", "For how long the one that waits longest has waited"),
        connections=gauge(
            "database_connections", "Connections to the database that are in use", together="livesum"
        ),
        most_connections=gauge(
            "database_most_connections", "How many may be in use at once", together="livesum"
        ),
        statement_seconds=histogram(
            "database_statement_seconds", "Statements on Postgres", "kind", _STATEMENT_SECONDS
        ),
        redis_up=gauge("redis_up", "Whether Redis answers and is heard; only where one is configured"),
        sessions=gauge("sessions", "Sessions of accounts that were used within the last hour"),
        run_finished=gauge("run_finished_timestamp_seconds", "When the last run of a kind ended", "kind"),
        run_succeeded=gauge("run_succeeded", "Whether the last run of a kind went well", "kind"),
        errors=counter("errors", "Errors that were logged, by the class of the exception", "error"),
        build=gauge("build", "1, with the version that runs", "version"),
    )
