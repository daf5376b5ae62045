"""Error reports to whoever speaks Sentry's protocol, where the operator named one (``SENTRY_DSN``).

A report is put together here, of what a log may hold: the class of an exception and where it arose, what
our own line of the log says, and the id of the request. The library only sends it: none of its integrations
is on, and nothing is gathered from frames, requests or the environment. It is loaded only where reports are
sent.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from memo_coach import __version__
from memo_coach.operations.tracebacks import Frame, chain_of, class_of, frames_of

if TYPE_CHECKING:
    from sentry_sdk.client import Client

MOST_A_MINUTE: Final = 30
"""A fault that comes with every request is told often enough by these."""
_SENDING: Final = ("sentry_sdk", "urllib3")
"""Who logs while a report is sent: what goes wrong there makes no report."""
_FLUSH_SECONDS: Final = 2.0


class ErrorReports:
    """Sends them, at most so many a minute. Sending is a thread's, and nobody waits for it."""

    def __init__(self, address: str, environment: str) -> None:
        """``address`` is what Sentry calls a DSN; ``environment`` is said with each report."""
        from sentry_sdk.client import Client  # noqa: PLC0415 - see the module

        self._client: Client = Client(
            dsn=address,
            release=f"memo-ai-coach@{__version__}",
            environment=environment,
            server_name="memo-ai-coach",
            default_integrations=False,
            auto_enabling_integrations=False,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            send_client_reports=False,
            auto_session_tracking=False,
        )
        self._sent: deque[float] = deque(maxlen=MOST_A_MINUTE)

    def send(
        self,
        error: BaseException | None,
        *,
        logger: str,
        message: str | None = None,
        request_id: str | None = None,
    ) -> None:
        """Send a report. ``message`` is a line of our own: others' lines may quote what they worked at."""
        if logger.startswith(_SENDING) or (error is None and message is None) or not self._has_room():
            return
        report: dict[str, Any] = {"level": "error", "platform": "python", "logger": logger}
        if message is not None:
            report["logentry"] = {"message": message}
        if error is not None:
            # The one that all others led to comes last.
            report["exception"] = {"values": [_described(each) for each in reversed(chain_of(error))]}
        if request_id is not None:
            report["tags"] = {"request_id": request_id}
        self._client.capture_event(report)  # type: ignore[arg-type]  # one of its events, written as JSON is

    def close(self) -> None:
        """Send what waits, for a moment, and end."""
        self._client.close(timeout=_FLUSH_SECONDS)

    def _has_room(self) -> bool:
        now = time.monotonic()
        if len(self._sent) == MOST_A_MINUTE and now - self._sent[0] < 60:
            return False
        self._sent.append(now)
        return True


_open: list[ErrorReports] = []
"""At most one. A list, so that opening and closing change it without a global statement."""


def open_error_reports(address: str, environment: str) -> None:
    """Send reports of what is logged as an error from now on."""
    close_error_reports()
    _open.append(ErrorReports(address, environment))


def close_error_reports() -> None:
    """Send none any more."""
    while _open:
        _open.pop().close()


def report(
    error: BaseException | None, *, logger: str, message: str | None = None, request_id: str | None = None
) -> None:
    """Send a report of an error that is logged, where reports are sent."""
    for reports in _open:
        reports.send(error, logger=logger, message=message, request_id=request_id)


def _described(error: BaseException) -> dict[str, Any]:
    # Innermost last, as the protocol has it.
    return {"type": class_of(error), "stacktrace": {"frames": [_place(each) for each in frames_of(error)]}}


def _place(frame: Frame) -> dict[str, Any]:
    return {"filename": frame.file, "lineno": frame.line, "function": frame.function}
