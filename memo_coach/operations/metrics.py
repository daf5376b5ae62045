"""Figures for Prometheus: requests, evaluations, models, the database, errors, what the process takes.

No text of a memo, no name and no address is ever a label. Labels are models, which come from the
configuration, and words of this program; so their number is bounded, and what is beyond a bound is ``other``.
Which there are stands in :mod:`.figures`.

The library is loaded with the first figure: it takes some tens of milliseconds, which a command that counts
nothing shall not wait for. A server calls :func:`load` in a thread before.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from memo_coach import __version__

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from memo_coach.operations.figures import Figures

_log = structlog.get_logger(__name__)

MOST_MODELS = 20
"""Different names of models that are told apart; nobody configures so many."""
MOST_ERRORS = 60
"""Different classes of errors, likewise."""
OTHER = "other"
NO_EXCEPTION = "none"
"""What stands for the class of an error that was logged without an exception."""
LONGEST_REFRESH_SECONDS = 3.0
"""Prometheus itself gives up after ten."""

Refresh = Callable[[], Awaitable[None]]
"""Brings figures up to date that are looked up, not counted."""


_made: list[Figures] = []
"""At most one. A list, so that making it changes it without a global statement."""
_making = threading.Lock()
_models: set[str] = set()
_errors: set[str] = set()
_refreshes: dict[str, Refresh] = {}


def load() -> None:
    """Load the library and make the figures, all of them at nought."""
    _figures()


def count_request(*, route: str, status: int, seconds: float) -> None:
    """Count an answer; ``route`` is one of :data:`memo_coach.web.route_classes.ROUTE_CLASSES`."""
    figures = _figures()
    figures.requests.labels(route, str(status)).inc()
    figures.request_seconds.labels(route).observe(seconds)


def count_socket(outcome: str) -> None:
    """Count a page's connection that was ``opened``, ``refused`` or ``closed``."""
    figures = _figures()
    figures.sockets.labels(outcome).inc()
    change = {"opened": 1, "closed": -1}.get(outcome, 0)
    figures.open_sockets.inc(change)


def count_socket_event(outcome: str) -> None:
    """Count an event of a page that was ``queued`` or ``refused``."""
    _figures().socket_events.labels(outcome).inc()


def count_error(error: BaseException | None) -> None:
    """Count an error that is logged, by its class alone."""
    name = NO_EXCEPTION if error is None else type(error).__name__
    _figures().errors.labels(_within(_errors, name, MOST_ERRORS)).inc()


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


def count_evaluation(*, coach: str, status: str, reason: str = "", seconds: float | None = None) -> None:
    """Count an evaluation that has ended: ``done``, ``failed`` or ``cancelled``; ``coach`` is the kind.

    ``reason`` is why it failed, or why another judged than who was asked: a word of this program.
    """
    figures = _figures()
    figures.evaluations.labels(coach, status, reason).inc()
    if seconds is not None:
        figures.evaluation_seconds.labels(coach).observe(seconds)


def count_first_feedback(*, coach: str, seconds: float) -> None:
    """Count how long a writer waited for the first thing to read; ``coach`` is the kind that was asked."""
    _figures().first_feedback_seconds.labels(coach).observe(max(0.0, seconds))


def count_statement(*, kind: str, seconds: float) -> None:
    """Count a statement on Postgres; ``kind`` is its first word, where it is a common one."""
    if _made:  # what opens the service shall not wait for the library
        _figures().statement_seconds.labels(kind).observe(seconds)


def show_connections(*, in_use: int, most: int) -> None:
    """Show how many connections to the database are in use in this process, and how many may be."""
    if _made:
        figures = _figures()
        figures.connections.set(in_use)
        figures.most_connections.set(most)


def show_queue(*, waiting: int, running: int, oldest_seconds: float) -> None:
    """Show how many evaluations wait and run, and for how long the oldest has waited."""
    figures = _figures()
    figures.queue.labels("waiting").set(waiting)
    figures.queue.labels("running").set(running)
    figures.queue_age.set(max(0.0, oldest_seconds))


def show_redis(*, is_up: bool) -> None:
    """Show whether Redis answers and is heard."""
    _figures().redis_up.set(is_up)


def show_sessions(count: int) -> None:
    """Show how many sessions of accounts are in use."""
    _figures().sessions.set(count)


def show_run(kind: str, *, finished: datetime | None, succeeded: bool) -> None:
    """Show when the last backup, check or the like ended, and how; ``kind`` is a word of this program."""
    figures = _figures()
    if finished is not None:
        figures.run_finished.labels(kind).set(finished.timestamp())
    figures.run_succeeded.labels(kind).set(succeeded)


def set_budget(*, budget_usd: float, spent_usd: float, reserved_usd: float) -> None:
    """Show where today's budget for models stands."""
    gauge = _figures().budget
    left = max(0.0, budget_usd - spent_usd - reserved_usd)
    amounts = {"budget": budget_usd, "spent": spent_usd, "reserved": reserved_usd, "left": left}
    for state, amount in amounts.items():
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
    """Return the figures of all workers, whichever of them is asked; nothing where there is one."""
    from prometheus_client.values import MutexValue, ValueClass  # noqa: PLC0415 - see the module

    from memo_coach.operations.worker_figures import registry_of_workers  # noqa: PLC0415

    return None if ValueClass is MutexValue else registry_of_workers()


def value_of(sample: str, labels: Mapping[str, str] | None = None) -> float:
    """Return one figure as it stands, by the name and labels that Prometheus would see; 0 where none is."""
    return _figures().registry.get_sample_value(sample, dict(labels or {})) or 0.0


def _bounded(model: str) -> str:
    return _within(_models, model, MOST_MODELS)


def _within(known: set[str], name: str, most: int) -> str:
    if name in known:
        return name
    if len(known) >= most:
        return OTHER
    known.add(name)
    return name


def _figures() -> Figures:
    if not _made:
        with _making:
            if not _made:
                _made.append(_make())
    return _made[0]


def _make() -> Figures:
    from memo_coach.operations.figures import make_figures  # noqa: PLC0415 - see the module
    from memo_coach.operations.worker_figures import ProcessesCollector  # noqa: PLC0415

    figures = make_figures()
    figures.registry.register(ProcessesCollector([os.getpid()]))
    figures.build.labels(__version__).set(1)
    return figures
