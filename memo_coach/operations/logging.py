"""Logs: for people, or one JSON object a line; with the id of the request; never with a memo's text.

Everything goes one way: structlog's own loggers, and the standard library's (server, migrations, framework),
end in the same handler on standard error.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from memo_coach.coaching.control_characters import without_controls
from memo_coach.operations import error_reports, metrics
from memo_coach.operations.tracebacks import messages_of, traceback_without_values
from memo_coach.settings.values import LogFormat, LogLevel

LONGEST_VALUE = 300
"""Characters of a value. What is longer is no label, and may be somebody's text."""
LEFT_OUT = "[left out]"
WITHOUT_TEXT = frozenset(
    {
        "body", "comment", "comments", "content", "cookie", "draft", "draft_text", "html",
        "justification", "markdown", "memo", "memo_text", "parameters", "params", "password", "payload",
        "prompt", "question", "questions", "quote", "response", "secret", "summary", "text", "title", "token",
    }
)  # fmt: skip
"""Names under which texts and secrets would come. Their values are never written."""
_ERRORS = frozenset({"error", "critical"})

_QUIET = {
    # These tell of each statement, job and byte. Some of them with the values that were bound.
    "sqlalchemy": logging.WARNING,
    "psycopg": logging.WARNING,
    "asyncio": logging.WARNING,
    "alembic": logging.WARNING,
    "engineio": logging.WARNING,
    "socketio": logging.WARNING,
    # These tell of requests to models, some with what was asked and answered.
    "LiteLLM": logging.CRITICAL,
    "openai": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "aiohttp": logging.WARNING,
}


def configure_logging(level: LogLevel, log_format: LogFormat, stream: TextIO | None = None) -> None:
    """Set up all logging of the process; a second call replaces the first."""
    target = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(target)
    handler.setFormatter(_formatter(log_format, colours=target.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger) and logger.handlers:
            # Libraries bring handlers of their own, which know nothing of our format and write tracebacks.
            logger.handlers.clear()
            logger.propagate = True
    root.setLevel(level)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, logging.getLevelName(level)))
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def server_logging(log_format: LogFormat) -> dict[str, Any]:
    """Return what the server below is to log by, as ``logging.config.dictConfig`` takes it."""
    return {
        "formatters": {"ours": {"()": _formatter, "log_format": log_format, "colours": False}},
        "handlers": {"ours": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "loggers": {"_granian": {"handlers": ["ours"], "propagate": False}},
    }


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(log_format: LogFormat, *, colours: bool) -> logging.Formatter:
    renderer: Processor
    if log_format == "json":
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False, default=_plain)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=colours, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[
            counted_and_reported,
            without_exception_values,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_texts,
            cast("Processor", renderer),
        ],
    )


def without_texts(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take out what bears texts or secrets by its name, and cut what is too long to be a label."""
    return {name: _safe(name, value) for name, value in event.items()}


def counted_and_reported(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Count what is logged as an error, for whoever watches the figures, and report it where that is wanted.

    A line of a library may quote what it worked at, and is not reported.
    """
    if event.get("level") in _ERRORS:
        error = _exception_of(event.get("exc_info"))
        metrics.count_error(error)
        error_reports.report(
            error,
            logger=str(event.get("logger", "")),
            message=str(event["event"]) if event.get("_from_structlog") else None,
            request_id=event.get("request_id"),
        )
    return event


def _exception_of(information: object) -> BaseException | None:
    if information is True:
        information = sys.exc_info()
    error = information[1] if isinstance(information, tuple) else information
    return error if isinstance(error, BaseException) else None


def without_exception_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Tell of an exception where it arose and of what class it is, not its message.

    The message of a database error holds the values that were bound; those of others quote their input.
    Libraries put it into the line itself as well, as asyncio does for a task that failed unseen: it is taken
    out there.
    """
    error = _exception_of(event.pop("exc_info", None))
    if error is not None:
        if not event.get("_from_structlog", True):
            event["event"] = _without(str(event["event"]), messages_of(error))
        event["exception"] = traceback_without_values(error)
    return event


def _without(line: str, said: Sequence[str]) -> str:
    for each in said:
        # As it is, and as ``repr`` writes it.
        line = line.replace(each, LEFT_OUT).replace(repr(each)[1:-1], LEFT_OUT)
    return line


def _safe(name: str, value: object) -> object:
    if name in WITHOUT_TEXT:
        return LEFT_OUT
    if isinstance(value, str):
        value = without_controls(value)
        return value if len(value) <= LONGEST_VALUE or name == "exception" else _cut(value)
    if isinstance(value, Mapping):
        return {key: _safe(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe(name, inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _plain(value)


def _plain(value: object) -> str:
    """Describe a value of another kind by its class: its ``repr`` could hold anything."""
    return f"<{type(value).__name__}>"


def _cut(value: str) -> str:
    return f"{value[:80]}… [{len(value)} characters]"
