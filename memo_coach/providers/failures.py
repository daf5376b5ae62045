"""What went wrong in a call, told from the exception: the reason, whether to try again, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from memo_coach.coaching.llm.model import FailureReason

Complaint = Literal["format", "temperature", "seed", "usage", "most-tokens"]
"""A part of the request that a provider refuses, and that a request can do without."""

_LONGEST_CHAIN = 12
_LONGEST_TEXT = 4_000
"""Characters of a provider's message that are looked at. Its kind stands at the start; a memo may follow."""

_NO_CONNECTION = frozenset(
    {
        "APIConnectionError", "ClientConnectorError", "ClientConnectorDNSError", "ConnectError",
        "ConnectTimeout", "ConnectionRefusedError", "ConnectionResetError", "PoolTimeout", "ProxyError",
        "ReadError", "RemoteProtocolError", "ServerDisconnectedError", "WriteError", "gaierror",
    }
)  # fmt: skip
"""Names of exceptions, of whatever library, that say that there was no connection, or no longer one."""
_TOO_SLOW = frozenset(
    {"APITimeoutError", "ReadTimeout", "SocketTimeoutError", "Timeout", "TimeoutError", "WriteTimeout"}
)
_REFUSED_KEY = frozenset({401, 403})
_AGAIN = frozenset({409, 425})
"""Statuses that say that the moment was wrong: a conflict, too early."""
_TOO_LONG = re.compile(
    r"context[ _]length|context[ _]window|maximum context|max_model_len|available context"
    r"|(?:prompt|input|request|message)s? (?:is |are )?too (?:long|large)|too many (?:input )?tokens"
    r"|exceeds? the (?:context|maximum number of tokens)",
    re.IGNORECASE,
)
_NO_CREDIT = re.compile(
    r"insufficient_quota|exceeded your current quota|credit balance|billing", re.IGNORECASE
)
_COMPLAINTS: tuple[tuple[Complaint, re.Pattern[str]], ...] = (
    (
        "format",
        re.compile(
            r"response_format|json_schema|json_object|json mode|output_config|output_format|structured output"
            r"|tool_choice|\btools?\b|function call|grammar|schema",
            re.IGNORECASE,
        ),
    ),
    ("temperature", re.compile(r"\btemperature\b", re.IGNORECASE)),
    ("seed", re.compile(r"\bseed\b", re.IGNORECASE)),
    ("usage", re.compile(r"stream_options|include_usage", re.IGNORECASE)),
    ("most-tokens", re.compile(r"max_tokens|max_completion_tokens", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong in one attempt."""

    reason: FailureReason
    retryable: bool
    """Whether the same model may answer the same request a moment later."""
    detail: str = ""
    """For the log: the exception's name and the status. Never the provider's words, which may hold the key or
    the memo."""
    retry_after: float | None = None
    """Seconds that the provider wants to be left alone; ``None`` where it says nothing."""
    complaints: frozenset[Complaint] = frozenset()
    """What a refused request may do without; empty where the request was not refused."""
    billed: bool = False
    """Whether the provider may charge for reading the prompt although no answer came."""

    @property
    def counts(self) -> bool:
        """Whether it is a sign that the model is not well, which its circuit counts."""
        return self.reason in {"unreachable", "slow", "rate-limited", "server-error", "broken"}


class ProviderFault(Exception):
    """An attempt failed. It carries no word of the provider's."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.detail or fault.reason)
        self.fault = fault


def fault_of(error: BaseException, *, now: datetime | None = None) -> Fault:
    """Tell what an exception of the providers' library, or of HTTP below it, means.

    Classes are known by their names, all through the chain of causes: the library wraps what HTTP raises, and
    reports a refused connection as the server's own error 500.

    Args:
        error: what was raised.
        now: the moment from which an HTTP date in ``Retry-After`` is counted; the clock's by default.
    """
    chain = tuple(_chain(error))
    names = frozenset(cls.__name__ for each in chain for cls in type(each).__mro__)
    status = _status(chain)
    fault = _of_connection(names, chain)
    if fault is not None:
        return fault
    detail = type(error).__name__ if status is None else f"{type(error).__name__} {status}"
    after = _retry_after(chain, now or datetime.now(UTC))
    return replace(_of_status(status, names, chain), detail=detail, retry_after=after)


def _of_connection(names: frozenset[str], chain: tuple[BaseException, ...]) -> Fault | None:
    """Tell of a connection that was not there, or no longer; ``None`` where a server answered."""
    if any(type(each).__name__ == "HTTPStatusError" for each in chain):
        return None
    telling = [type(each).__name__ for each in chain if type(each).__name__ in _NO_CONNECTION]
    # A connection that was not made in time is a time-out by its class, too.
    if telling and ("ConnectTimeout" in names or not names & _TOO_SLOW):
        return Fault("unreachable", retryable=True, detail=telling[-1])
    return None


def _of_status(status: int | None, names: frozenset[str], chain: tuple[BaseException, ...]) -> Fault:
    """Tell what an answer's status means, and a time-out, which the library gives the status 408."""
    text = " ".join(str(each)[:_LONGEST_TEXT] for each in chain)
    fault = Fault(
        "server-error", retryable=status is not None
    )  # without a status: a fault within the library
    if names & _TOO_SLOW or status == 408:
        fault = Fault("slow", retryable=True, billed=True)
    elif status in _REFUSED_KEY:
        fault = Fault("refused-key", retryable=False)
    elif status == 429:
        fault = Fault("rate-limited", retryable=not _NO_CREDIT.search(text))
    elif _is_too_long(status, names, text):
        fault = Fault("too-long", retryable=False)
    elif status is not None and 400 <= status < 500 and status not in _AGAIN:
        complaints = frozenset(name for name, said in _COMPLAINTS if said.search(text))
        fault = Fault("refused-request", retryable=False, complaints=complaints)
    return fault


def _is_too_long(status: int | None, names: frozenset[str], text: str) -> bool:
    if status == 413 or "ContextWindowExceededError" in names:
        return True
    return status in {400, 422} and _TOO_LONG.search(text) is not None


def retry_after_seconds(value: str, now: datetime) -> float | None:
    """Read the header ``Retry-After``: seconds, or an HTTP date (RFC 9110, 10.2.3).

    Returns:
        Seconds, 0 for a moment that is over; ``None`` for what is neither.
    """
    given = value.strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", given):
        return float(given)
    try:
        moment = parsedate_to_datetime(given)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what it came from, the outermost first."""
    seen: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and len(seen) < _LONGEST_CHAIN and not any(each is old for old in seen):
        seen.append(each)
        yield each
        # The library's error in the middle of a stream names the real one in an attribute.
        wrapped = getattr(each, "original_exception", None)
        each = wrapped if isinstance(wrapped, BaseException) else each.__cause__ or each.__context__


def _status(chain: tuple[BaseException, ...]) -> int | None:
    for each in chain:
        status = getattr(each, "status_code", None)
        if isinstance(status, str) and status.isdecimal():
            status = int(status)
        if isinstance(status, int) and 100 <= status < 600:
            return status
    return None


def _retry_after(chain: tuple[BaseException, ...], now: datetime) -> float | None:
    for each in chain:
        response = getattr(each, "response", None)
        for headers in (
            getattr(each, "headers", None),
            getattr(each, "litellm_response_headers", None),
            getattr(response, "headers", None),
        ):
            if isinstance(headers, Mapping):
                named = {str(name).lower(): str(value) for name, value in headers.items()}
                milliseconds = named.get("retry-after-ms", "")
                if re.fullmatch(r"[0-9]{1,12}(\.[0-9]+)?", milliseconds):
                    return float(milliseconds) / 1000
                if "retry-after" in named:
                    return retry_after_seconds(named["retry-after"], now)
    return None
