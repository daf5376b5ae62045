"""Figures for Prometheus: what models do and cost, how evaluations end, what the process takes.

No text of a memo, no name and no address is ever a label. Labels are models, which come from the
configuration, and words of this program; so their number is bounded, and what is beyond a bound is ``other``.

The library is loaded with the first figure: it takes some tens of milliseconds, which a command that counts
nothing shall not wait for. A server calls :func:`load` in a thread before.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_log = structlog.get_logger(__name__)

MOST_MODELS = 20
"""Different names of models that are told apart; nobody configures so many."""
OTHER = "other"
LONGEST_REFRESH_SECONDS = 3.0
"""Prometheus itself gives up after ten."""

_NAME = "memo_coach"
_FIRST_TOKEN_SECONDS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60)
_CALL_SECONDS = (0.5, 1, 2, 4, 8, 12, 20, 30, 45, 60, 90, 120, 180, 300)
_EVALUATION_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 12, 20, 30, 60, 120, 300)

Refresh = Callable[[], Awaitable[None]]
"""Brings figures up to date that are looked up, not counted."""


@dataclass(frozen=True, slots=True)
class _Figures:
    registry: CollectorRegistry
    calls: Counter
    tokens: Counter
    cost: Counter
    fallbacks: Counter
    evaluations: Counter
    first_token_seconds: Histogram
    call_seconds: Histogram
    evaluation_seconds: Histogram
    budget: Gauge
    circuit_open: Gauge


_made: list[_Figures] = []
"""At most one. A list, so that making it changes it without a global statement."""
_making = threading.Lock()
_models: set[str] = set()
_refreshes: dict[str, Refresh] = {}


def load() -> None:
    """Load the library and make the figures, all of them at nought."""
    _figures()


def count_call(
    *,
    model: str,
    purpose: str,
    status: str,
    failure: str | None = None,
    prompt_tokens: int = 0,
    completion_tokens: int = 0,
    cost_usd: float = 0.0,
    seconds: float | None = None,
    first_token_seconds: float | None = None,
) -> None:
    """Count a call to a model that has ended: ``done``, ``failed``, ``broken``, ``stopped`` or ``lost``."""
    figures, model = _figures(), _bounded(model)
    figures.calls.labels(model, purpose, status, failure or "").inc()
    figures.tokens.labels(model, "prompt").inc(prompt_tokens)
    figures.tokens.labels(model, "completion").inc(completion_tokens)
    figures.cost.labels(model).inc(cost_usd)
    if seconds is not None:
        figures.call_seconds.labels(model).observe(seconds)
    if first_token_seconds is not None:
        figures.first_token_seconds.labels(model).observe(first_token_seconds)


def count_fallback(from_: str, to: str, reason: str) -> None:
    """Count that another judged than who was asked; ``from_`` and ``to`` are a model or ``builtin``."""
    _figures().fallbacks.labels(_bounded(from_), _bounded(to), reason).inc()


def count_evaluation(*, coach: str, status: str, seconds: float | None = None) -> None:
    """Count an evaluation that has ended: ``done``, ``failed`` or ``cancelled``; ``coach`` is the kind."""
    figures = _figures()
    figures.evaluations.labels(coach, status).inc()
    if seconds is not None:
        figures.evaluation_seconds.labels(coach).observe(seconds)


def set_budget(*, budget_usd: float, spent_usd: float, reserved_usd: float) -> None:
    """Show where today's budget for models stands."""
    gauge = _figures().budget
    for state, amount in (("budget", budget_usd), ("spent", spent_usd), ("reserved", reserved_usd)):
        gauge.labels(state).set(amount)


def show_circuits(circuits: Mapping[str, str]) -> None:
    """Show which models are left alone for a moment: by model, ``closed``, ``open`` or ``half-open``."""
    for model, state in circuits.items():
        _figures().circuit_open.labels(_bounded(model)).set(state == "open")


def register_refresh(name: str, refresh: Refresh | None) -> None:
    """Register what is done before figures are read, in place of what had the name; ``None`` removes it."""
    if refresh is None:
        _refreshes.pop(name, None)
    else:
        _refreshes[name] = refresh


async def exposition() -> tuple[bytes, str]:
    """Return all figures in Prometheus's text format, with its content type.

    A figure that cannot be brought up to date stays as it was, which is logged: the others are needed most
    when something does not work.
    """
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415 - see the module

    figures = _figures()
    for name, refresh in list(_refreshes.items()):
        try:
            async with asyncio.timeout(LONGEST_REFRESH_SECONDS):
                await refresh()
        except Exception as error:  # noqa: BLE001 - whatever it is that does not work
            _log.warning("figures cannot be brought up to date", figures=name, exc_info=error)
    return generate_latest(_of_all_processes() or figures.registry), CONTENT_TYPE_LATEST


def _of_all_processes() -> CollectorRegistry | None:
    """Return the figures of all workers of this server, whichever of them is asked; nothing where it is one.

    The library keeps them in files of a folder that ``PROMETHEUS_MULTIPROC_DIR`` names.
    """
    from prometheus_client import CollectorRegistry  # noqa: PLC0415 - see the module
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415
    from prometheus_client.values import MutexValue, ValueClass  # noqa: PLC0415

    if ValueClass is MutexValue:
        return None
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's own
    return registry


def value_of(sample: str, labels: Mapping[str, str] | None = None) -> float:
    """Return one figure as it stands, by the name and labels that Prometheus would see; 0 where none is."""
    return _figures().registry.get_sample_value(sample, dict(labels or {})) or 0.0


def _bounded(model: str) -> str:
    if model in _models:
        return model
    if len(_models) >= MOST_MODELS:
        return OTHER
    _models.add(model)
    return model


def _figures() -> _Figures:
    if not _made:
        with _making:
            if not _made:
                _made.append(_make())
    return _made[0]


def _make() -> _Figures:
    from prometheus_client import (  # noqa: PLC0415 - see the module
        CollectorRegistry,
        Counter,
        Gauge,
        Histogram,
        ProcessCollector,
    )

    registry = CollectorRegistry()
    ProcessCollector(namespace=_NAME, registry=registry)

    def counter(name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, namespace=_NAME, registry=registry)

    def histogram(name: str, text: str, label: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(name, text, (label,), namespace=_NAME, buckets=buckets, registry=registry)

    def gauge(name: str, text: str, label: str) -> Gauge:
        # All processes look the same thing up: the last look is the truest.
        return Gauge(name, text, (label,), namespace=_NAME, registry=registry, multiprocess_mode="mostrecent")

    return _Figures(
        registry=registry,
        calls=counter(
            "model_calls", "Calls to models that have ended", "model", "purpose", "status", "failure"
        ),
        tokens=counter("model_tokens", "Tokens sent to and received from models", "model", "kind"),
        cost=counter("model_cost_usd", "What calls to models cost, in US dollars", "model"),
        fallbacks=counter(
            "coach_fallbacks", "Another spoke than who was asked: a model or builtin", "from", "to", "reason"
        ),
        evaluations=counter("evaluations", "Evaluations that have ended", "coach", "status"),
        first_token_seconds=histogram(
            "model_first_token_seconds", "From the call to its first text", "model", _FIRST_TOKEN_SECONDS
        ),
        call_seconds=histogram(
            "model_seconds", "From the call to its end, all attempts", "model", _CALL_SECONDS
        ),
        evaluation_seconds=histogram(
            "evaluation_seconds", "From the start of an evaluation to its end", "coach", _EVALUATION_SECONDS
        ),
        budget=gauge("model_budget_usd", "Today's budget for models, spent and reserved", "state"),
        circuit_open=gauge("model_circuit_open", "1 while a model is left alone for it failed", "model"),
    )
