"""What an exception of the providers' library means: the reason, whether to try again, when."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from memo_coach.coaching.llm.model import FailureReason
from memo_coach.providers.failures import fault_of, retry_after_seconds

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class Refused(Exception):
    """An exception as the library makes them: a status, and the provider's words."""

    def __init__(self, status: int | None, message: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        if status is not None:
            self.status_code = status
        self.headers = headers


class ContextWindowExceededError(Refused):
    """Named as the library names it."""


class InternalServerError(Refused):
    """Named as the library names it."""


def caused_by(error: Exception, cause: Exception) -> Exception:
    error.__context__ = cause
    return error


@pytest.mark.parametrize(
    ("status", "reason", "retryable"),
    [
        (400, "refused-request", False),
        (401, "refused-key", False),
        (403, "refused-key", False),
        (404, "refused-request", False),
        (408, "slow", True),
        (409, "server-error", True),
        (413, "too-long", False),
        (422, "refused-request", False),
        (429, "rate-limited", True),
        (500, "server-error", True),
        (503, "server-error", True),
        (529, "server-error", True),
    ],
)
def test_a_status_tells_the_reason(status: int, reason: FailureReason, retryable: bool) -> None:
    fault = fault_of(Refused(status), now=NOW)
    assert (fault.reason, fault.retryable) == (reason, retryable)


@pytest.mark.parametrize(
    "cause",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("no answer"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("closed"),
        ConnectionRefusedError(),
    ],
)
def test_a_connection_that_failed_is_no_error_of_the_server_though_it_comes_as_500(cause: Exception) -> None:
    fault = fault_of(caused_by(InternalServerError(500, "Connection error."), cause))
    assert (fault.reason, fault.retryable, fault.billed) == ("unreachable", True, False)
    assert fault.detail == type(cause).__name__


def test_a_time_out_while_reading_is_slow_and_may_be_billed() -> None:
    fault = fault_of(caused_by(InternalServerError(500), httpx.ReadTimeout("late")))
    assert (fault.reason, fault.retryable, fault.billed) == ("slow", True, True)


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 8192 tokens.",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "the request exceeds the available context size",
        "Input is too long for requested model.",
    ],
)
def test_a_prompt_that_is_too_long_is_known_by_its_message(message: str) -> None:
    assert fault_of(Refused(400, message)).reason == "too-long"


def test_and_by_the_name_of_the_exception() -> None:
    assert fault_of(ContextWindowExceededError(400)).reason == "too-long"


def test_an_account_without_credit_is_not_asked_again() -> None:
    assert not fault_of(Refused(429, "You exceeded your current quota: insufficient_quota")).retryable


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        ("Unrecognized request argument supplied: response_format", "format"),
        ("'json_schema' is not supported by this model", "format"),
        ("tool_choice is not supported", "format"),
        ("Unsupported value: 'temperature' does not support 0", "temperature"),
        ("unknown field seed", "seed"),
        ("stream_options: Extra inputs are not permitted", "usage"),
        ("Use 'max_completion_tokens' instead of 'max_tokens'", "most-tokens"),
    ],
)
def test_what_a_refused_request_can_do_without_is_named(message: str, complaint: str) -> None:
    assert complaint in fault_of(Refused(400, message)).complaints


def test_an_error_of_the_server_names_nothing() -> None:
    assert not fault_of(Refused(500, "response_format")).complaints


def test_a_fault_within_the_library_is_not_tried_again() -> None:
    fault = fault_of(TypeError("NoneType"))
    assert (fault.reason, fault.retryable, fault.detail) == ("server-error", False, "TypeError")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "Fri, 01 May 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Fri, 01 May 2026 11:59:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_the_provider_wants_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert fault_of(Refused(429, "", headers), now=NOW).retry_after == seconds


def test_it_is_found_on_whatever_the_exception_came_from() -> None:
    inner = httpx.HTTPStatusError(
        "429",
        request=httpx.Request("POST", "http://localhost"),
        response=httpx.Response(429, headers={"Retry-After": "3"}),
    )
    assert fault_of(caused_by(Refused(429), inner), now=NOW).retry_after == 3.0


def test_a_date_without_a_zone_is_read_as_utc() -> None:
    assert retry_after_seconds("Fri, 01 May 2026 12:00:05 -0000", NOW) == 5.0


def test_no_word_of_the_provider_is_kept() -> None:
    fault = fault_of(caused_by(Refused(401, "Bearer test-key: secret memo"), ValueError("test-key")))
    assert "test-key" not in repr(fault)
    assert "memo" not in repr(fault)


def test_a_chain_that_bites_its_tail_is_read_to_its_end() -> None:
    one, other = Refused(None), Refused(503)
    one.__context__, other.__context__ = other, one
    assert fault_of(one).reason == "server-error"
